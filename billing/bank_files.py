"""Files of payments: CSV statements and the 1C client-bank exchange. Pure: neither Django nor the database."""

import re
from datetime import date
from decimal import Decimal

from billing import files
from billing.files import BadFile, Line, Statement

MARK = "1CClientBankExchange"
# Some of these stand in every exchange file: by them its encoding is known.
_WORDS = ("ВерсияФормата", "Кодировка", "СекцияДокумент", "СекцияРасчСчет", "КонецФайла")
_COLUMNS = {
    "on": {"дата", "date", "дата платежа"},
    "account": {"лицевой счет", "лицевой счёт", "л/с", "account"},
    "amount": {"сумма", "amount", "sum"},
    "number": {"номер", "id", "number", "номер операции", "№"},
    "origin": {"терминал", "номер терминала", "terminal", "касса", "точка приема", "точка приёма"},
    "purpose": {"назначение", "назначение платежа", "purpose"},
    "payer": {"плательщик", "payer"},
}
_IN_PURPOSE = re.compile(r"(?:л\s*/\s*с|лс|лицев\w*\s+сч[её]т\w*|account)\D{0,5}(\d{5,12})", re.IGNORECASE)


def is_exchange(body: bytes) -> bool:
    return body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(MARK.encode())


def identity(source: str, book: str, origin: str, day: date | None, number: str) -> str:
    """What names a payment. A payment order is named by the payer's account, its day and number all over the country;
    a terminal's number begins anew every day, and another network counts by itself."""
    if day is None or not files.fits(number, origin):
        return ""
    return f"1c:{origin}:{day}:{number}" if source == "1c" else f"csv:{book}:{origin}:{day}:{number}"


def exchange(body: bytes) -> Statement:
    """The format of 1C: `key=value` lines, a section for each document, `КонецФайла` at the end. Raises BadFile."""
    rows = [line.strip() for line in files.decoded(body, words=_WORDS).splitlines() if line.strip()]
    if rows[-1] != "КонецФайла":
        raise BadFile("cut")
    documents: list[dict[str, str]] = []
    own: set[str] = set()
    said: Decimal | None = None
    section: dict[str, str] | None = None
    kind = ""
    for row in rows[1:-1]:
        key, _equals, value = row.partition("=")
        value = value.strip()
        if key in {"СекцияДокумент", "СекцияРасчСчет"}:
            section, kind = {}, key
        elif key in {"КонецДокумента", "КонецРасчСчет"} and section is not None:
            if kind == "СекцияДокумент":
                documents.append(section)
            else:
                own.add(section.get("РасчСчет", ""))
                turnover = files.to_sum(section.get("ВсегоПоступило", ""))
                said = (said or Decimal(0)) + turnover if turnover is not None else said
            section = None
        elif section is not None:
            section[key] = value
        elif key == "РасчСчет":  # a file without sections of accounts names ours in its head
            own.add(value)
    if section is not None:
        raise BadFile("cut")
    own.discard("")
    if not own:
        raise BadFile("own")  # what came and what we paid ourselves could not be told apart
    came = [
        one for one in documents if _account_of(one, "Получатель") in own and _account_of(one, "Плательщик") not in own
    ]
    lines = [_document(place, one) for place, one in enumerate(came, 1)]
    return Statement("1c", lines, said, files.total_of(lines))


def _account_of(section: dict[str, str], who: str) -> str:
    return section.get(f"{who}Счет") or section.get(f"{who}РасчСчет") or ""


def _document(place: int, section: dict[str, str]) -> Line:
    purpose = section.get("НазначениеПлатежа", "")
    dated, number, origin = (
        files.to_day(section.get("Дата", "")),
        section.get("Номер", ""),
        _account_of(section, "Плательщик"),
    )
    return _line(
        place,
        number=number,
        origin=origin,
        identity=identity("1c", "", origin, dated, number),
        on=files.to_day(section.get("ДатаПоступило") or section.get("Дата", "")),
        amount=section.get("Сумма", ""),
        account=_account_in(purpose),
        purpose=purpose,
        payer=section.get("Плательщик") or section.get("Плательщик1", ""),
    )


def table(text: str, book: str, control: Decimal | None) -> Statement:
    """A CSV of payments into one of our books; `control`: what it must add up to, if somebody knows. Raises BadFile."""
    found = files.table(text, _COLUMNS, ("on", "amount", "number"))
    lines = []
    for place, cell in enumerate(found.rows, 1):
        if cell is None:
            lines.append(Line(place, "", None, None, "", wrong="columns"))
            continue
        on, number, origin = files.to_day(cell["on"]), cell["number"], cell["origin"]
        lines.append(
            _line(
                place,
                number=number,
                origin=origin,
                identity=identity("csv", book, origin, on, number),
                on=on,
                amount=cell["amount"],
                account=cell["account"] or _account_in(cell["purpose"]),
                purpose=cell["purpose"],
                payer=cell["payer"],
            )
        )
    total = files.total_of(lines)
    found.checked(total, control)
    return Statement("csv", lines, found.said, total)


def _line(
    place: int,
    *,
    number: str,
    origin: str,
    identity: str,
    on: date | None,
    amount: str,
    account: str,
    purpose: str,
    payer: str,
) -> Line:
    value = files.to_sum(amount)
    has_number = files.fits(number, origin)
    wrong = "number" if not has_number else "sum" if value is None else "" if on and identity else "day"
    return Line(
        place,
        number[: files.LONGEST_NUMBER],
        on,
        value,
        account[:20],
        purpose[:300],
        payer[:200],
        wrong,
        origin[: files.LONGEST_ORIGIN],
        identity,
    )


def _account_in(purpose: str) -> str:
    found = _IN_PURPOSE.search(purpose)
    return found[1] if found else ""
