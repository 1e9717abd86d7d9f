"""The doors of the finance process, on every request: the office's network, a second factor, a log of what was read."""

from collections.abc import Callable
from typing import Any, ClassVar

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from billing import actions, typed
from billing.office import is_office
from billing.shown import shown
from common import clock
from common.http import go
from staff.access import may

Next = Callable[[HttpRequest], HttpResponse]
_HEALTH = {"/healthz", "/readyz"}
IDLE_S = 10 * 60
LONGEST_S = 12 * 3600
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
    """Signs out after ten minutes without a person, and after twelve hours in any case. What was typed is kept.

    What a page asks by itself is no attendance; a sum that is computed anew while somebody types is.
    """

    _SEEN, _SINCE = "seen", "since"
    _BY_HAND: ClassVar[set[str]] = {"sum"}

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now, session = clock.now().timestamp(), request.session
        seen = session.get(self._SEEN)
        if now - session.setdefault(self._SINCE, now) > LONGEST_S:
            return _sign_out(request, _("Twelve hours have passed: sign in again."))
        if seen is not None and now - seen > IDLE_S:
            return _sign_out(request, _("Nothing was done for ten minutes: sign in again."))
        by_itself = request.method == "GET" and request.GET.get("part", "") not in {"", *self._BY_HAND}
        if not by_itself and (seen is None or now - seen > NOTED_EVERY_S):
            session[self._SEEN] = now
        if request.method == "POST":
            typed.forget(request)
        return self.get_response(request)


def _sign_out(request: HttpRequest, why: str) -> HttpResponse:
    """To the sign-in, and from there back to the page, or to what was about to be sent."""
    kept = None if request.path.startswith(SecondFactorMiddleware.OPEN) else typed.of(request)
    back = reverse("typed:again") if kept else request.path if request.method == "GET" else "/"
    logout(request)
    messages.info(request, why)
    if kept:
        typed.keep(request, kept)
    return go(request, f"{reverse('account_login')}?next={back}")


class SecondFactorMiddleware:
    """Whoever has no second factor yet gets the page that sets one up, and nothing else of the finance desk."""

    OPEN: ClassVar[tuple[str, ...]] = ("/security/", "/login/", "/logout/", "/i18n/", "/healthz", "/readyz")

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and not request.path.startswith(self.OPEN) and not is_mfa_enabled(user):
            return redirect(reverse("mfa_activate_totp"))
        return self.get_response(request)


class ReadingMiddleware:
    """Every page, part and file of the finance desk is noted before it leaves; what cannot be noted is not shown.

    A deed is noted before it is done. A page is noted when it is made, for only then is it known whose data it holds.
    """

    _PAGE = "finance_page"

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        accounts = shown(request)
        if hasattr(request, self._PAGE) and (request.method in {"GET", "HEAD"} or accounts):
            self._note(request, accounts)
        return response

    def process_view(self, request: HttpRequest, view: Any, _args: Any, named: dict[str, Any]) -> HttpResponse | None:
        code = getattr(view, "permission", "")
        if not code.startswith("billing.") or not may(request.user, code):
            return None
        setattr(request, self._PAGE, " ".join(str(one) for one in named.values() if one is not None))
        if request.method not in {"GET", "HEAD"}:
            self._note(request, [named["account_number"]] if "account_number" in named else [])
        return None

    def _note(self, request: HttpRequest, accounts: list[str]) -> None:
        assert request.resolver_match is not None
        actions.note_reading(
            user_id=request.user.pk,  # type: ignore[arg-type]
            page=request.resolver_match.view_name,
            of=getattr(request, self._PAGE),
            method=str(request.method),
            address=request.META.get("REMOTE_ADDR") or None,
            accounts=accounts,
        )
