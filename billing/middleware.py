"""The doors of the finance process, on every request: the office's network, a second factor, a log of what was read."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from billing import actions
from billing.office import is_office
from common import clock
from common.errors import unavailable
from staff.access import may

Next = Callable[[HttpRequest], HttpResponse]
_HEALTH = {"/healthz", "/readyz"}
IDLE_S = 10 * 60
NOTED_EVERY_S = 60


class OfficeOnlyMiddleware:
    """404 for whoever is not in an office network. A session used from there is ended, and everybody concerned told.

    No forwarded header is believed.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        if request.path in _HEALTH or is_office(address):
            return self.get_response(request)
        user_id = request.session.get(SESSION_KEY)
        request.session.flush()
        if user_id:
            actions.sound_alarm(user_id=int(user_id), address=address, path=request.path)
        return HttpResponseNotFound()


class IdleMiddleware:
    """A page left open and unattended is signed out after ten minutes; what a page asks by itself is no attendance."""

    _SEEN = "seen"

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now, seen = clock.now().timestamp(), request.session.get(self._SEEN)
        if seen is not None and now - seen > IDLE_S:
            logout(request)
            messages.info(request, _("Nothing was done for ten minutes: sign in again."))
            return redirect(f"{reverse('account_login')}?next={request.path}" if request.method == "GET" else "/login/")
        by_itself = request.method == "GET" and "part" in request.GET
        if not by_itself and (seen is None or now - seen > NOTED_EVERY_S):
            request.session[self._SEEN] = now
        return self.get_response(request)


class SecondFactorMiddleware:
    """Whoever has no second factor yet gets the page that sets one up, and nothing else of the finance desk."""

    _OPEN = ("/security/", "/login/", "/logout/", "/i18n/", "/healthz", "/readyz")

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and not request.path.startswith(self._OPEN) and not is_mfa_enabled(user):
            return redirect(reverse("mfa_activate_totp"))
        return self.get_response(request)


class ReadingMiddleware:
    """Every page, part and file of the finance desk is noted before it is shown; what cannot be noted is not shown."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, named: dict[str, Any]) -> HttpResponse | None:
        code = getattr(view, "permission", "")
        if not code.startswith("billing.") or not may(request.user, code):
            return None
        match = request.resolver_match
        assert match is not None
        try:
            actions.note_reading(
                user_id=request.user.pk,  # type: ignore[arg-type]
                page=match.view_name,
                of=" ".join(str(one) for one in named.values() if one is not None),
                method=str(request.method),
                address=request.META.get("REMOTE_ADDR") or None,
            )
        except (OperationalError, InterfaceError):
            return unavailable(request)
        return None
