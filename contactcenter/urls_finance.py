"""The finance desk's own web process, on the office's address only."""

from django.urls import include, path

from contactcenter.urls_common import urlpatterns as common

urlpatterns = [
    *common,
    path("accounts/", include(("billing.urls", "billing"))),
    path("questions/", include(("billing.urls_questions", "questions"))),
    path("applications/", include(("billing.urls_applications", "applications"))),
    path("handed/", include(("billing.urls_handed", "handed"))),
    path("not-sent/", include(("billing.urls_typed", "typed"))),
    path("letters/", include(("billing.urls_letters", "letters"))),
    path("front-desk/", include(("billing.urls_front_desk", "frontdesk"))),
    path("statements/", include(("billing.urls_statements", "statements"))),
    path("compensation/", include(("billing.urls_compensation", "compensation"))),
]

handler500 = "common.views.server_error"
