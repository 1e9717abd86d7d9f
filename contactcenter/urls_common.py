"""What every web process serves: signing in, language, health."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

from common.views import gallery
from contactcenter import health
from staff import views as staff
from staff.access import public

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("login/", public(account.login), name="account_login"),
    path("logout/", public(account.logout), name="account_logout"),
    path("login/code/", public(mfa.authenticate), name="mfa_authenticate"),
    path("i18n/setlang/", public(set_language), name="set_language"),
    path("", include(("staff.urls", "staff"))),
    path("home/", staff.home, name="home"),
]
if settings.DEBUG:
    urlpatterns.append(path("ui/", public(gallery), name="gallery"))
