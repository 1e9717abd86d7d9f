"""REST under /api/v1/: each thing is served by the lowest package that knows all its fields."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from calls import api as calls
from calls.urls import cti
from contacts import api as contacts
from customers import api as customers
from dispatch import api as dispatch
from incidents import api as incidents
from messaging import api as messaging
from tickets import api as tickets

router = SimpleRouter()
for app in (customers, contacts, calls, incidents, messaging, dispatch, tickets):
    for prefix, viewset in app.routes:
        router.register(prefix, viewset, basename=prefix)

urlpatterns = [
    path("cti/", include((cti, "calls"))),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    *router.urls,
]
