"""Numbers that are nobody's business outside the house: telephones, sums of money, documents, hidden in any text. Pure.

For texts that people wrote freely. Short numbers, addresses, accounts, dates and times are left alone.
"""

import re
from collections.abc import Callable, Collection
from html import escape, unescape
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
_MARKUP = re.compile(r"(<textarea\b[^<>]*>[^<]*</textarea>|<[^<>]*>)")
_ATTRIBUTE = re.compile(r"""(?<==)"[^"]*"|(?<==)'[^']*'""")
_OWN = re.compile(r"\bdata-own\b")
_MASKS = re.compile(r"\*\*\* \*\*\*-\d\d-\d\d|••• ₽|•••• ••••••|(?<!•)•••(?!•)")

_DIGITS = re.compile(r"\d")

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


def has_mask(text: str) -> bool:
    """Does something stand in it that `hide` has put there?"""
    return _MASKS.search(text) is not None


def as_typed(text: str) -> str:
    """A text without what a browser does to it on its way into a field and back."""
    return text.replace("\r\n", "\n").strip()


def hide_in_html(page: str, *, is_public: IsOurs = lambda _number: False, typed: Collection[str] = frozenset()) -> str:
    """The same for a page: its words, what its fields hold and what its tags say.

    What the reader has just typed (`typed`, each `as_typed`) comes back as it was, and so does a field marked
    `data-own`: only the reader's own words ever stand in it.
    """

    def in_quotes(found: re.Match[str]) -> str:
        quote, value = found[0][0], found[0][1:-1]
        return f"{quote}{field(value)}{quote}"

    def field(value: str) -> str:
        plain = unescape(value)
        said = hide(plain, is_public=is_public)
        return value if said == plain or as_typed(plain) in typed else escape(said)

    def tag(markup: str) -> str:
        if hide(markup, is_public=is_public) == markup or _OWN.search(markup):
            return markup
        head, end, rest = markup.partition(">")
        words, close, tail = rest.partition("</")  # of a text area
        return f"{_ATTRIBUTE.sub(in_quotes, head)}{end}{field(words)}{close}{tail}"

    pieces = _MARKUP.split(page)  # text, tag, text, ...
    pieces[::2] = [hide(words, is_public=is_public) if len(words) > LEAST else words for words in pieces[::2]]
    pieces[1::2] = [tag(markup) if _DIGITS.search(markup) else markup for markup in pieces[1::2]]
    return "".join(pieces)


def hide_in_json(value: Any, *, is_public: IsOurs = lambda _number: False) -> Any:
    """The same JSON value with its texts hidden; keys stay."""
    if isinstance(value, str):
        return hide(value, is_public=is_public)
    if isinstance(value, dict):
        return {key: hide_in_json(item, is_public=is_public) for key, item in value.items()}
    return [hide_in_json(item, is_public=is_public) for item in value] if isinstance(value, list) else value
