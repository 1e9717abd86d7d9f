"""What files of the ledger have in common: letters, tables, an end. Pure: neither Django nor the database.

A file is read whole or refused whole: one that was cut in half must never be posted by its first half.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from billing import money

MOST_LINES = 20_000
LONGEST_NUMBER, LONGEST_ORIGIN = 100, 40
_DAYS = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y")
_TOTAL = re.compile(r"(?:итого|всего|total)\b.*", re.IGNORECASE)


class BadFile(ValueError):
    """The file as a whole cannot be used; `code`: empty, encoding, cut, columns, large, unknown, kind, own,
    control, name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Line:
    """One payment or charge, `place` in the file from 1. `origin`: the payer's account at his bank, or the terminal.

    `identity` names it in the world it comes from, whatever files bring it; empty where its number or day is missing.
    `service`, `since`, `until`: of a charge. `wrong`: empty, or why it cannot be posted: sum, day, number, columns,
    service.
    """

    place: int
    number: str
    on: date | None
    amount: Decimal | None
    account: str
    purpose: str = ""
    payer: str = ""
    wrong: str = ""
    origin: str = ""
    identity: str = ""
    service: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Statement:
    """`said`: the sum that the file itself declares, in roubles; None when it declares none."""

    source: str
    lines: list[Line]
    said: Decimal | None = None
    total: Decimal = field(default=Decimal(0))


def key(line: Line) -> str:
    """What two lines share only when they are the same: an identity with its sum, account, service and days."""
    parts = (line.identity, f"{line.amount:.2f}", line.account, line.service, line.since or "", line.until or "")
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:40]


def decoded(body: bytes, *, words: Iterable[str] = ()) -> str:
    """The text in the first encoding that fits and in which one of the `words` is met. Raises BadFile.

    A declaration inside the file is not asked: programs leave "Windows" in files that were saved anew as UTF-8.
    """
    if b"\x00" in body:
        raise BadFile("encoding")
    known = tuple(words)
    for encoding in ("utf-8-sig", "cp1251", "cp866") if known else ("utf-8-sig", "cp1251"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError as error:
            if error.reason == "unexpected end of data":  # UTF-8 up to the half of a letter
                raise BadFile("cut") from error
            continue
        if not known or text.isascii() or any(word in text for word in known):
            return text
    raise BadFile("encoding")


@dataclass(frozen=True)
class Table:
    """Cells by the keys of their columns; None for a row with more cells than the head has names."""

    rows: list[dict[str, str] | None]
    said: Decimal | None
    is_ended: bool  # the last row ends with a newline

    def checked(self, total: Decimal, control: Decimal | None) -> None:
        """Raises BadFile("cut") where nothing shows that the end of the file is there: neither a newline after its last
        row, nor a total that fits."""
        if not self.is_ended and total not in {self.said, control}:
            raise BadFile("cut")


def columns(text: str) -> list[str]:
    """The names of a CSV's columns, in small letters. Raises BadFile."""
    head = _head(text)
    try:
        names = next(csv.reader([head], delimiter=_between(head)), [])
    except csv.Error as error:
        raise BadFile("unknown") from error
    return [name.strip().lower().lstrip("\ufeff") for name in names]


def _head(text: str) -> str:
    return next(iter(text.splitlines()), "")


def table(text: str, known: Mapping[str, set[str]], needed: Iterable[str]) -> Table:
    """A CSV with a head. `known`: the names of columns by key. A last row that begins with "Итого" is its total.
    Raises BadFile."""
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=_between(_head(text)), strict=True))
    except csv.Error as error:
        raise BadFile("cut" if "end of data" in str(error) else "unknown") from error
    rows = [row for row in found if any(cell.strip() for cell in row)]
    if not rows:
        raise BadFile("empty")
    names = columns(text)
    places = {key: next((n for n, name in enumerate(names) if name in words), None) for key, words in known.items()}
    if any(places[key] is None for key in needed):
        raise BadFile("columns")
    said = None
    if len(rows) > 1 and _TOTAL.fullmatch(next(cell.strip() for cell in rows[-1] if cell.strip())):
        last = rows.pop()
        at = places["amount"] or 0
        said = to_sum(last[at]) if len(last) > at else None
        if said is None:
            raise BadFile("cut")
    return Table([_cells(row, names, places) for row in rows[1:]], said, text.endswith(("\n", "\r")))


def _between(head: str) -> str:
    return ";" if head.count(";") >= head.count(",") else ","


def _cells(row: list[str], names: list[str], places: dict[str, int | None]) -> dict[str, str] | None:
    if len(row) < len(names):
        raise BadFile("cut")
    if any(cell.strip() for cell in row[len(names) :]):
        return None  # a comma of kopecks between commas of columns: the sum would be read wrong
    return {key: row[n].strip() if n is not None else "" for key, n in places.items()}


def to_sum(text: str) -> Decimal | None:
    try:
        return money.parse(text)
    except money.BadSum:
        return None


def to_day(text: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    return None


def total_of(lines: Iterable[Line]) -> Decimal:
    return sum((one.amount for one in lines if one.amount is not None), Decimal(0))


def fits(number: str, origin: str = "") -> bool:
    """Whether these name a line: a number that had to be cut would be somebody else's too."""
    return 0 < len(number) <= LONGEST_NUMBER and len(origin) <= LONGEST_ORIGIN
