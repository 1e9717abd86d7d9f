"""The finance desk's own web process, on the office's address only."""

from django.urls import include, path

from contactcenter.urls_common import urlpatterns as common

urlpatterns = [
    *common,
    path("", include("billing.urls")),
]

handler500 = "common.views.server_error"
