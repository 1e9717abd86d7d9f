"""The office check of the finance process: by the connection's own address, on every request."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

_HEALTH = {"/healthz", "/readyz"}


def is_office(address: str) -> bool:
    """Is it an address of an office network? What is no address at all is none of theirs."""
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(place in ipaddress.ip_network(network) for network in settings.OFFICE_NETWORKS)


class OfficeOnlyMiddleware:
    """404 for whoever is not in an office network, and his session is ended. No forwarded header is believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in _HEALTH or is_office(request.META.get("REMOTE_ADDR", "")):
            return self.get_response(request)
        request.session.flush()
        return HttpResponseNotFound()
