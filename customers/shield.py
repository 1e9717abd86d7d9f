"""The last door before the outsourcer's screen: what somebody wrote into a note reaches her without its numbers.

Pages and REST mask what they know to be a telephone by themselves; this is for words that people typed. A page whose
words are meant to be read out to anybody (`public_words`) is left alone: what people typed stands there through the
filter `shielded`.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common import private
from common.errors import DomainError
from customers.models import Phone
from staff.models import User

_MARK = "says_public_words"
View = TypeVar("View", bound=Callable[..., Any] | type)


def public_words(view: View) -> View:
    """Mark a view whose words are public: prices and telephones of the house are to be said."""
    setattr(view, _MARK, True)
    return view


class HiddenNumbers(DomainError):
    code = "hidden_numbers"
    status = 422


def as_stored(said: str, stored: str, *, by: Any) -> str:
    """What is to be stored when a text comes back from a page: a text that was shown masked and left alone is whole.

    Raises HiddenNumbers where the outsourcer's people changed words between which numbers are hidden: saved like that
    the numbers would be lost.
    """
    if not isinstance(by, User) or not by.is_outsourced or not private.has_mask(said):
        return said
    shown = private.hide(stored, is_public=partial(_is_public_number, private_numbers(stored)))
    if private.as_typed(said) == private.as_typed(shown):
        return stored
    if shown != stored:
        text = _("Numbers in this text are hidden from you: leave it as it is, and write what is new into a note.")
        raise HiddenNumbers(text, fields={"subject": text})
    return said


class OutsourcerShield:
    """Hide telephones, sums and documents in what the outsourcer's people are sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.streaming or not getattr(request.user, "is_outsourced", False) or _is_public(request):
            return response
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind not in {"text/html", "application/json", "text/csv"} or not response.content:
            return response
        text = response.content.decode(response.charset)
        is_public = partial(_is_public_number, private_numbers(text))
        if kind == "text/html":
            said = private.hide_in_html(text, is_public=is_public, typed=_typed(request))
        elif kind == "text/csv":
            said = private.hide(text, is_public=is_public)
        else:
            said = json.dumps(private.hide_in_json(json.loads(text), is_public=is_public), ensure_ascii=False)
        if said != text:
            response.content = said.encode(response.charset)
        return response


def _typed(request: HttpRequest) -> set[str]:
    """What the reader has put into the fields of the page that is shown again."""
    return {
        private.as_typed(str(value))
        for sent in (request.GET, request.POST)
        for _name, all_ in sent.lists()
        for value in all_
    }


def _is_public(request: HttpRequest) -> bool:
    match = request.resolver_match
    view = match.func if match else None
    return bool(getattr(view, _MARK, False) or getattr(getattr(view, "cls", None), _MARK, False))


def private_numbers(text: str) -> set[str]:
    """Numbers of a text that belong to a subscriber. One statement, and none where there is no number but mobiles."""
    fixed = {number for number in private.numbers_in(text) if not number.startswith("9")}
    if not fixed:
        return set()
    rows = Phone.objects.filter(number__in=[f"+7{number}" for number in fixed])
    return {private.digits(number) for number in rows.values_list("number", flat=True)}


def _is_public_number(private_: set[str], number: str) -> bool:
    """A landline of nobody we serve: our office, a shop. A mobile is always a person's."""
    return not number.startswith("9") and number not in private_
