"""Errors a person can cause and a person can mend. Everything else is a bug and stays a 500."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import exception_handler

Text = str | Promise
TOO_MANY = 429


class DomainError(Exception):
    """An obstacle met by an action: a code for machines, a translated text for people.

    Concrete ones stand beside the action that raises them.
    """

    code = "refused"
    status = 409

    def __init__(
        self, text: Text, *, code: str | None = None, fields: Mapping[str, Text] | None = None, link: str = ""
    ) -> None:
        super().__init__(str(text))
        self.text = text
        self.link = link  # the place on a page where it can be mended
        self.code = code or self.code
        self.fields = dict(fields or {})


def into_form(form: BaseForm, error: DomainError) -> None:
    """Say the refusal beside the fields it names, so that the page comes back with everything that was typed."""
    for name, text in (error.fields or {"": error.text}).items():
        form.add_error(name if name in form.fields else None, str(text))


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


class DomainErrorMiddleware:
    """Shows a DomainError where it happened: htmx gets the toast, a browser the page it came from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError | InterfaceError):
            return unavailable(request)
        is_htmx = getattr(request, "htmx", False)
        if isinstance(error, Http404 | PermissionDenied) and is_htmx and request.method == "POST":
            return _gone(request, error)
        if not isinstance(error, DomainError):
            return None
        if is_api(request):
            return JsonResponse(_body(error.code, str(error.text), error.fields), status=error.status)
        if is_htmx:
            return _toast(
                request, error.text, link=error.link, status=error.status if error.status == TOO_MANY else 422
            )
        if error.status == TOO_MANY:
            return render(request, "429.html", {"text": error.text}, status=TOO_MANY)
        messages.error(request, str(error.text))
        back = request.headers.get("Referer", "")
        here = request.build_absolute_uri("/")
        return redirect(back if back.startswith(here) else "/")


def _toast(request: HttpRequest, text: Text, *, status: int, link: str = "") -> HttpResponse:
    response = render(request, "ui/_toast_error.html", {"text": text, "link": link}, status=status)
    response["HX-Retarget"] = "#toasts"
    response["HX-Reswap"] = "beforeend"
    return response


def _gone(request: HttpRequest, error: Exception) -> HttpResponse:
    """A deed on what is gone or hidden by now: the page of the error must not take the region's place."""
    if isinstance(error, Http404):
        return _toast(request, _("It is no longer there, or belongs to another desk. Nothing was done."), status=404)
    return _toast(request, _("You may not do this. Nothing was done."), status=403)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database is away: say so, with when to come back. Nothing was stored."""
    response: HttpResponse
    if is_api(request):
        response = JsonResponse({"error": "database unavailable", "field": None}, status=503)
    else:
        response = HttpResponse(
            "База данных временно недоступна, повторите через несколько секунд. / "
            "The database is briefly unavailable, please retry in a few seconds.",
            status=503,
            content_type="text/plain; charset=utf-8",
        )
    response["Retry-After"] = "5"
    return response


def _body(code: str, message: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "fields": dict(fields or {})}


def api_exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's errors and ours in one shape: `{code, message, fields}`."""
    if isinstance(error, DomainError):
        return Response(_body(error.code, str(error.text), error.fields), status=error.status)
    if isinstance(error, ValidationError):
        error = drf.ValidationError(getattr(error, "message_dict", error.messages))
    if isinstance(error, Http404):
        error = drf.NotFound()
    if isinstance(error, PermissionDenied):
        error = drf.PermissionDenied()
    response = exception_handler(error, context)
    if response is None or not isinstance(error, drf.APIException):
        return response
    fields = error.detail if isinstance(error, drf.ValidationError) else {}
    if isinstance(fields, list):
        fields = {"non_field_errors": fields}
    message = "Invalid input." if isinstance(error, drf.ValidationError) else str(error.detail)
    response.data = _body(str(error.default_code), message, fields if isinstance(fields, dict) else {})
    return response
