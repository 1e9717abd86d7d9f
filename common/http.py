"""What every request meets before a view: input no view should have to fear, and headers."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import resolve

from common import cards

MAX_DEPTH = 32
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadInput(ValueError):
    """Input that can't be stored as it is; the text names what is wrong."""


def clean_text(value: str, *, where: str = "text") -> str:
    """The same text, or BadInput: PostgreSQL stores neither NUL bytes nor lone surrogates."""
    if "\x00" in value:
        raise BadInput(f"{where}: NUL byte")
    if _SURROGATE.search(value):
        raise BadInput(f"{where}: lone surrogate")
    return value


def strict_json(body: bytes) -> Any:
    """Parse JSON that can be stored: no NUL, no surrogates, no NaN, at most MAX_DEPTH levels. Raises BadInput."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadInput(f"body: not JSON ({type(error).__name__})") from error
    _check(value, 0)
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BadInput("body: nested too deeply")
    if isinstance(value, str):
        clean_text(value, where="body")
    elif isinstance(value, dict):
        for key, item in value.items():
            clean_text(key, where="body")
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)


class StrictInputMiddleware:
    """400 for NUL bytes and broken UTF-8 in the path and the query, and for JSON that could not be stored.

    Without it such input reaches the database driver and becomes a 500.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            clean_text(request.path, where="path")
            _check_query(request.META.get("QUERY_STRING", ""))
            if request.path.startswith("/api/v1/") and request.content_type == "application/json":
                length = int(request.META.get("CONTENT_LENGTH") or 0)
                # The CTI door parses its own body once, strictly; parsing it here too would be paid twice.
                if 0 < length <= 2_097_152 and not request.path.startswith("/api/v1/cti/"):
                    strict_json(request.body)
        except (BadInput, ValueError) as error:
            return JsonResponse({"code": "bad_input", "message": str(error), "fields": {}}, status=400)
        if request.method in {"POST", "PUT", "PATCH"} and not request.path.startswith("/api/"):
            try:
                _check_form(request)
            except BadInput as error:
                return JsonResponse({"code": "bad_input", "message": str(error), "fields": {}}, status=400)
        return self.get_response(request)


def _check_form(request: HttpRequest) -> None:
    """What cannot be stored is refused; a card's number never comes further than here. Raises BadInput."""
    found = {}
    for name, values in request.POST.lists():
        for value in values:
            clean_text(value, where=name)
        # A password is hashed, not stored: changed here it would be another one.
        if "password" not in name and (said := cards.masked(values)) != values:
            found[name] = said
    if found:
        form = request.POST.copy()
        for name, values in found.items():
            form.setlist(name, values)
        request.POST = form  # type: ignore[assignment]


_resolve = lru_cache(maxsize=64)(resolve)  # a PBX knows one or two addresses


class MachineDoorMiddleware:
    """A PBX goes straight to its view: it brings no session, cookie, form or language, and shows no page.

    The other middleware took a quarter of an event's time. Each of its views checks the token itself.
    """

    DOORS = ("/api/v1/cti/",)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(self.DOORS):
            return self.get_response(request)
        request.get_host()  # refuses strange hosts, as CommonMiddleware does
        view, arguments, named = _resolve(request.path_info)
        response: HttpResponse = view(request, *arguments, **named)
        response["Content-Length"] = str(len(response.content))
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _check_query(query: str) -> None:
    raw = unquote_to_bytes(query)
    if b"\x00" in raw:
        raise BadInput("query: NUL byte")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("query: not UTF-8") from error


class SignedOutMiddleware:
    """A part of a page that meets no session leaves the page for the sign-in, instead of taking that in as its part."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sign_in = resolve_url(settings.LOGIN_URL)
        if not request.headers.get("HX-Request") or not response.headers.get("Location", "").startswith(sign_in):
            return response
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = quote(here.path + (f"?{here.query}" if here.query else "")) if here.path else ""
        # Not a redirect: a browser would follow it unseen and hand htmx the page of the sign-in.
        return HttpResponse(status=401, headers={"HX-Redirect": f"{sign_in}?next={back}" if back else sign_in})


class NoStoreMiddleware:
    """Pages behind the sign-in stay out of every cache: they hold personal data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, parts: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    """Render a screen, or, for htmx with `?part=name`, only the partial of that name from the same template.

    One view and one permission answer for the page and its fragments.
    """
    part = request.GET.get("part", "")
    if getattr(request, "htmx", False) and part in parts:
        template = f"{template}#{part}"
    return render(request, template, context, status=status)


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to another page after a deed, through htmx or without it."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
