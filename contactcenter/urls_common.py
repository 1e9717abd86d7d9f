"""What every web process serves: signing in, language, health."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from common.views import gallery
from contactcenter import health
from staff import views as staff
from staff.access import needs_sign_in, public

urlpatterns = [
    # Pages of other makers name no icon; browsers then ask for this one.
    path("favicon.ico", public(RedirectView.as_view(url=static("img/icon.svg")))),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("login/", public(account.login), name="account_login"),
    path("logout/", public(account.logout), name="account_logout"),
    path("login/code/", public(mfa.authenticate), name="mfa_authenticate"),
    path("login/again/", needs_sign_in(account.reauthenticate), name="account_reauthenticate"),
    path("login/again/code/", needs_sign_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("security/", needs_sign_in(mfa.index), name="mfa_index"),
    path("security/app/", needs_sign_in(totp.activate_totp), name="mfa_activate_totp"),
    path("security/app/remove/", needs_sign_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("security/codes/", needs_sign_in(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("security/codes/new/", needs_sign_in(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("security/password/", needs_sign_in(account.password_change), name="account_change_password"),
    path("i18n/setlang/", public(set_language), name="set_language"),
    path("", include(("staff.urls", "staff"))),
    path("home/", staff.home, name="home"),
]
if settings.DEBUG:
    urlpatterns.append(path("ui/", public(gallery), name="gallery"))
