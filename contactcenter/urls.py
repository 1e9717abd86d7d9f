"""The ordinary web process: everything but the finance desk."""

from django.contrib import admin
from django.urls import include, path

from contactcenter.urls_common import urlpatterns as common

urlpatterns = [
    *common,
    path("api/v1/", include("contactcenter.api_urls")),
    path("calls/", include(("firstline.urls", "firstline"))),
    path("", include(("tickets.urls", "tickets"))),
    path("", include(("guidance.urls", "guidance"))),
    path("", include(("messaging.urls", "messaging"))),
    path("", include(("knowledge.urls", "knowledge"))),
    path("incidents/", include(("techsupport.urls", "techsupport"))),
    path("visits/", include(("dispatch.urls", "dispatch"))),
    path("settings/topics/", include(("contacts.urls", "contacts"))),
    path("settings/personal-data/", include(("customers.urls", "customers"))),
    path("overview/", include(("supervision.urls", "supervision"))),
    path("admin/", admin.site.urls),
]

handler500 = "common.views.server_error"
