"""The doors of the finance process, on every request: the office's network, and a second factor always."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect
from django.urls import reverse

from billing.office import is_office

_HEALTH = {"/healthz", "/readyz"}


class OfficeOnlyMiddleware:
    """404 for whoever is not in an office network, and his session is ended. No forwarded header is believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in _HEALTH or is_office(request.META.get("REMOTE_ADDR", "")):
            return self.get_response(request)
        request.session.flush()
        return HttpResponseNotFound()


class SecondFactorMiddleware:
    """Whoever has no second factor yet gets the page that sets one up, and nothing else of the finance desk."""

    _OPEN = ("/security/", "/login/", "/logout/", "/i18n/", "/healthz", "/readyz")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and not request.path.startswith(self._OPEN) and not is_mfa_enabled(user):
            return redirect(reverse("mfa_activate_totp"))
        return self.get_response(request)
