"""Values of custom fields: what is typed becomes one stored text, or a clear error. Pure.

A stored value is always a text: a number in its shortest decimal form, a date as ISO 8601, a choice by its key, a thing
of ours by its id. So what is stored equals itself in an index, whatever door it came through.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST = 500
MOST_OPTIONS = 500
DEEPEST = 3
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")
KINDS = ("text", "number", "date", "choice", "tree", "look_up")


class Wrong(ValueError):
    """A value or a list of choices that cannot be stored: `code` names why, `details` fill its words."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code, self.details = code, details


@dataclass(frozen=True)
class Option:
    """A choice: its stable key, what it is called, what lies under it. A retired one is read, no longer chosen."""

    key: str
    ru: str
    en: str = ""
    active: bool = True
    under: tuple["Option", ...] = ()

    def title(self, language: str) -> str:
        return (self.en if language == "en" else "") or self.ru


@dataclass(frozen=True)
class Kind:
    """What a value must be: its kind, the bounds of a number, the choices."""

    kind: str
    lowest: Decimal | None = None
    highest: Decimal | None = None
    options: tuple[Option, ...] = field(default=())


def clean(kind: Kind, typed: object) -> str:
    """What is stored of what was typed; empty for nothing. Raises Wrong."""
    if typed is None:
        return ""
    if isinstance(typed, bool) or not isinstance(typed, str | int | float | Decimal):
        raise Wrong("type")
    text = str(typed).strip()
    if not text:
        return ""
    if any((sign < " " and sign != "\t") or "\ud800" <= sign <= "\udfff" for sign in text):
        raise Wrong("signs")
    if len(text) > LONGEST:
        raise Wrong("long", most=LONGEST)
    if kind.kind == "number":
        return _number(kind, text)
    if kind.kind == "date":
        return _date(text)
    if kind.kind in {"choice", "tree"}:
        return _choice(kind, text)
    return text


def _number(kind: Kind, text: str) -> str:
    plain = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".").replace("\u2212", "-")
    if not (plain.isascii() and _NUMBER.fullmatch(plain)):
        raise Wrong("number")
    value = Decimal(plain)
    if kind.lowest is not None and value < kind.lowest:
        raise Wrong("low", least=shortest(kind.lowest))
    if kind.highest is not None and value > kind.highest:
        raise Wrong("high", most=shortest(kind.highest))
    return shortest(value)


def shortest(value: Decimal) -> str:
    """A number without needless zeros or an exponent: 12.50 is "12.5", -0 is "0"."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def number(text: str) -> Decimal | None:
    """The bound of a range as it was typed; None for nothing. Raises Wrong."""
    stored = clean(Kind("number"), text)
    try:
        return Decimal(stored) if stored else None
    except InvalidOperation as error:  # no text that `clean` lets through
        raise Wrong("number") from error


def _date(text: str) -> str:
    for form in _DATES:
        try:
            found: date = datetime.strptime(text, form).date()
        except ValueError:
            continue
        if 1900 <= found.year <= 2200:
            return found.isoformat()
    raise Wrong("date")


def _choice(kind: Kind, key: str) -> str:
    for path in paths(kind.options):
        if path[-1].key == key:
            if path[-1].under:
                raise Wrong("deeper")
            if not all(one.active for one in path):
                raise Wrong("retired")
            return key
    raise Wrong("choice")


def paths(options: Iterable[Option], above: tuple[Option, ...] = ()) -> Iterator[tuple[Option, ...]]:
    """Every option with those above it, in the order of the list."""
    for one in options:
        yield (*above, one)
        yield from paths(one.under, (*above, one))


def shown(kind: Kind, value: str, language: str) -> str:
    """A stored value in words. What is unknown by now is shown as it was stored."""
    if kind.kind == "number":
        return value.replace(".", ",") if language == "ru" else value
    if kind.kind == "date":
        try:
            return f"{date.fromisoformat(value):%d.%m.%Y}"
        except ValueError:
            return value
    if kind.kind in {"choice", "tree"}:
        for path in paths(kind.options):
            if path[-1].key == value:
                return " › ".join(one.title(language) for one in path)
    return value


def parse(text: str, *, nested: bool) -> tuple[Option, ...]:
    """Choices as lines: `key: Русский / English`; a tree's lower levels begin with one or two hyphens. Raises Wrong.

    The part after the slash may be missing. `line` in the error's details counts from 1.
    """
    rows: list[tuple[int, Option]] = []
    seen: set[str] = set()
    for at, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        level = len(line) - len(line.lstrip("-"))
        key, colon, titles = line.lstrip("- ").partition(":")
        ru, _slash, en = titles.partition(" / ")
        key, ru, en = key.strip(), ru.strip(), en.strip()
        if not colon or not _KEY.fullmatch(key) or not ru or max(len(ru), len(en)) > 80:
            raise Wrong("line", line=at)
        if key in seen:
            raise Wrong("twice", line=at, key=key)
        if level and not nested:
            raise Wrong("flat", line=at)
        if level >= DEEPEST or level > (rows[-1][0] + 1 if rows else 0):
            raise Wrong("level", line=at)
        seen.add(key)
        rows.append((level, Option(key, ru, en)))
    if not rows:
        raise Wrong("no_options")
    if len(rows) > MOST_OPTIONS:
        raise Wrong("many", most=MOST_OPTIONS)
    return _tree(rows, 0)


def _tree(rows: Sequence[tuple[int, Option]], level: int) -> tuple[Option, ...]:
    found: list[Option] = []
    starts = [at for at, (depth, _one) in enumerate(rows) if depth == level]
    for start, end in zip(starts, [*starts, len(rows)][1:], strict=True):
        found.append(replace(rows[start][1], under=_tree(rows[start + 1 : end], level + 1)))
    return tuple(found)


def lines(options: Iterable[Option], level: int = 0) -> str:
    """The lines that `parse` reads, without what is retired."""
    said = []
    for one in options:
        if one.active:
            title = f"{one.ru} / {one.en}" if one.en else one.ru
            said.append(f"{'-' * level}{' ' if level else ''}{one.key}: {title}")
            if below := lines(one.under, level + 1):
                said.append(below)
    return "\n".join(said)


def keep(old: Iterable[Option], new: Iterable[Option]) -> tuple[Option, ...]:
    """The new choices, and after them the old ones that they leave out, retired: their tickets still say them."""
    fresh = tuple(new)
    known = {path[-1].key for path in paths(fresh)}
    left = tuple(
        Option(one.key, " › ".join(up.ru for up in path), " › ".join(up.en or up.ru for up in path), active=False)
        for path in paths(old)
        if (one := path[-1]).key not in known and not one.under
    )
    return (*fresh, *left)


def pack(options: Iterable[Option]) -> list[dict[str, Any]]:
    """Choices as JSON."""
    return [
        {"key": one.key, "ru": one.ru, "en": one.en, "active": one.active, "under": pack(one.under)} for one in options
    ]


def unpack(stored: Iterable[dict[str, Any]]) -> tuple[Option, ...]:
    """What `pack` made."""
    return tuple(
        Option(one["key"], one["ru"], one.get("en", ""), one.get("active", True), unpack(one.get("under", [])))
        for one in stored
    )
