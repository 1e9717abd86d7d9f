import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from common.errors import unavailable


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", status=403)


def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of a bug; or, when a middleware met no database (the session, a door), the words of a view that did."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return unavailable(request)
    return defaults.server_error(request)
