"""Numbers that are nobody's business outside the house: telephones, sums of money, documents, hidden in any text. Pure.

For texts that people wrote freely. Short numbers, addresses, accounts, dates and times are left alone.
"""

import re
from collections.abc import Callable
from typing import Any

_GAP = r"[ \u00a0()-]{0,2}"
_TAIL = rf"\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}(?![\w-])"
_PHONE = re.compile(rf"(?<![\w+*/.-])(?:\+?7|8){_GAP}\d{{3}}{_GAP}{_TAIL}")
_MOBILE = re.compile(rf"(?<![\w+*/.-])9\d{{2}}{_GAP}{_TAIL}")
_BLANK = r"[ \u00a0\u202f]?"
_SUM = re.compile(
    rf"(?<![\w.,])[-+\u2212]?\d{{1,3}}(?:{_BLANK}\d{{3}}){{0,3}}(?:[.,]\d{{1,2}})?{_BLANK}"
    r"(?:₽|руб(?:\.|л(?:ь|я|ей|ю|и|ям|ем)?)?(?!\w)|р\.)"
)
# A passport: four digits and six; an insurance number: three times three and two.
_PASSPORT = re.compile(r"(?<![\w.-])\d{2} ?\d{2}(?: ?№ ?| )\d{6}(?![\w-])")
_SNILS = re.compile(r"(?<![\w.-])\d{3}-\d{3}-\d{3}[ -]\d{2}(?!\d)")
# What stands between tags, apart from what a form would send back.
_MARKUP = re.compile(r"(<textarea\b[^<>]*>[^<]*</textarea>|<[^<>]*>)")

LEAST = 4  # no shorter text holds such a number
IsOurs = Callable[[str], bool]


def digits(number: str) -> str:
    """The last ten digits of a number as it was written: the same for +7, 8 and 7."""
    return re.sub(r"\D", "", number)[-10:]


def numbers_in(text: str) -> set[str]:
    """All telephone numbers of a text, each as its ten digits."""
    return {digits(found[0]) for found in _PHONE.finditer(text)}


def hide(text: str, *, is_public: IsOurs = lambda _number: False) -> str:
    """The text with telephones, sums and documents hidden. `is_public(ten digits)`: this number may stay."""

    def phone(found: re.Match[str]) -> str:
        number = digits(found[0])
        return found[0] if is_public(number) else f"*** ***-{number[6:8]}-{number[8:]}"

    text = _PASSPORT.sub("•••• ••••••", _SNILS.sub("•••", text))
    return _SUM.sub("••• ₽", _MOBILE.sub(phone, _PHONE.sub(phone, text)))


def hide_in_html(page: str, *, is_public: IsOurs = lambda _number: False) -> str:
    """The same for the words of a page; tags with their attributes, and what is typed into it, stay as they are."""
    pieces = _MARKUP.split(page)  # text, tag, text, ...
    pieces[::2] = [hide(words, is_public=is_public) if len(words) > LEAST else words for words in pieces[::2]]
    return "".join(pieces)


def hide_in_json(value: Any, *, is_public: IsOurs = lambda _number: False) -> Any:
    """The same JSON value with its texts hidden; keys stay."""
    if isinstance(value, str):
        return hide(value, is_public=is_public)
    if isinstance(value, dict):
        return {key: hide_in_json(item, is_public=is_public) for key, item in value.items()}
    return [hide_in_json(item, is_public=is_public) for item in value] if isinstance(value, list) else value
