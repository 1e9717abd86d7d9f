"""Files of payments: CSV statements and the 1C client-bank exchange. Pure: neither Django nor the database.

A file is read whole or refused whole: a statement that was cut in half must never be posted by its first half.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from billing import money

MOST_LINES = 20_000
_MARK = "1CClientBankExchange"
_ENCODINGS = {"windows": "cp1251", "dos": "cp866", "utf-8": "utf-8-sig"}
_COLUMNS = {
    "on": {"дата", "date", "дата платежа"},
    "account": {"лицевой счет", "лицевой счёт", "л/с", "account"},
    "amount": {"сумма", "amount", "sum"},
    "number": {"номер", "id", "number", "номер операции", "№"},
    "purpose": {"назначение", "назначение платежа", "purpose"},
    "payer": {"плательщик", "payer"},
}
_IN_PURPOSE = re.compile(r"(?:л\s*/\s*с|лс|лицев\w*\s+сч[её]т\w*|account)\D{0,5}(\d{5,12})", re.IGNORECASE)
_DAYS = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y")


class BadFile(ValueError):
    """The file as a whole cannot be used; `code`: empty, encoding, cut, columns, large, unknown."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Line:
    """One payment, `place` in the file from 1. `wrong`: empty, or why it cannot be posted: sum, day, number."""

    place: int
    number: str
    on: date | None
    amount: Decimal | None
    account: str
    purpose: str = ""
    payer: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class Statement:
    """`said`: the turnover that the file itself declares, in roubles; None when it declares none."""

    source: str
    lines: list[Line]
    said: Decimal | None = None
    total: Decimal = field(default=Decimal(0))


def read(body: bytes) -> Statement:
    """The payments of a file of either kind. Raises BadFile."""
    if not body.strip():
        raise BadFile("empty")
    if b"\x00" in body:
        raise BadFile("encoding")
    text = _text(body)
    found = _exchange(text) if text.lstrip("\ufeff").startswith(_MARK) else _csv(text)
    if len(found.lines) > MOST_LINES:
        raise BadFile("large")
    if not found.lines:
        raise BadFile("empty")
    return found


def _text(body: bytes) -> str:
    said = re.search(
        rb"(?im)^(?:\xca\xee\xe4\xe8\xf0\xee\xe2\xea\xe0|" + "Кодировка".encode() + rb")=(\S+)", body[:2000]
    )
    if said:
        encoding = _ENCODINGS.get(said[1].decode("ascii", "replace").lower(), "cp1251")
        try:
            return body.decode(encoding)
        except UnicodeDecodeError as error:
            raise BadFile("encoding") from error
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile("encoding")


def _exchange(text: str) -> Statement:
    """The format of 1C: `key=value` lines, a section for each document, `КонецФайла` at the end."""
    rows = [line.strip() for line in text.splitlines() if line.strip()]
    if rows[-1] != "КонецФайла":
        raise BadFile("cut")
    lines: list[Line] = []
    own: set[str] = set()
    said: Decimal | None = None
    section: dict[str, str] | None = None
    kind = ""
    for row in rows[1:-1]:
        key, _equals, value = row.partition("=")
        if key in {"СекцияДокумент", "СекцияРасчСчет"}:
            section, kind = {}, key
        elif key in {"КонецДокумента", "КонецРасчСчет"} and section is not None:
            if kind == "СекцияРасчСчет":
                own.add(section.get("РасчСчет", ""))
                turnover = _sum(section.get("ВсегоПоступило", ""))
                said = (said or Decimal(0)) + turnover if turnover is not None else said
            elif not own or section.get("ПолучательСчет", section.get("ПолучательРасчСчет", "")) in own:
                lines.append(_document(len(lines) + 1, section))  # what we paid ourselves is none of ours
            section = None
        elif section is not None:
            section[key] = value
    if section is not None:
        raise BadFile("cut")
    return Statement("1c", lines, said, _total(lines))


def _document(place: int, section: dict[str, str]) -> Line:
    purpose = section.get("НазначениеПлатежа", "")
    payer = section.get("Плательщик", section.get("Плательщик1", ""))
    on = _day(section.get("ДатаПоступило") or section.get("Дата", ""))
    number = "/".join((section.get("ПлательщикСчет", ""), section.get("Дата", ""), section.get("Номер", "")))
    return _line(place, number if section.get("Номер") else "", on, section.get("Сумма", ""), "", purpose, payer)


def _csv(text: str) -> Statement:
    head, _newline, _rest = text.partition("\n")
    reader = csv.reader(io.StringIO(text), delimiter=";" if head.count(";") >= head.count(",") else ",")
    try:
        rows = list(reader)
    except csv.Error as error:
        raise BadFile("unknown") from error
    if not rows:
        raise BadFile("empty")
    names = [name.strip().lower().lstrip("\ufeff") for name in rows[0]]
    places = {key: next((n for n, name in enumerate(names) if name in known), None) for key, known in _COLUMNS.items()}
    if places["on"] is None or places["amount"] is None or places["number"] is None:
        raise BadFile("columns")
    lines = []
    for place, row in enumerate((row for row in rows[1:] if any(row)), 1):
        if len(row) < len(names):
            raise BadFile("cut")
        cell = {key: row[n].strip() if n is not None else "" for key, n in places.items()}
        on = _day(cell["on"])
        lines.append(_line(place, cell["number"], on, cell["amount"], cell["account"], cell["purpose"], cell["payer"]))
    return Statement("csv", lines, None, _total(lines))


def _line(place: int, number: str, on: date | None, amount: str, account: str, purpose: str, payer: str) -> Line:
    value = _sum(amount)
    wrong = "number" if not number else "sum" if value is None else "day" if on is None else ""
    named = account or _account_in(purpose)
    return Line(place, number[:100], on, value, named[:20], purpose[:300], payer[:200], wrong)


def _account_in(purpose: str) -> str:
    found = _IN_PURPOSE.search(purpose)
    return found[1] if found else ""


def _sum(text: str) -> Decimal | None:
    try:
        return money.parse(text)
    except money.BadSum:
        return None


def _day(text: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    return None


def _total(lines: list[Line]) -> Decimal:
    return sum((one.amount for one in lines if one.amount is not None), Decimal(0))
