"""Charges of the billing system as CSV. Pure: neither Django nor the database."""

from decimal import Decimal

from billing import files
from billing.files import Line, Statement

_COLUMNS = {
    "account": {"лицевой счет", "лицевой счёт", "л/с", "account"},
    "service": {"услуга", "service"},
    "since": {"с", "начало", "since"},
    "until": {"по", "конец", "until"},
    "amount": {"сумма", "amount", "sum"},
    "number": {"номер", "id", "number", "№"},
}
_SERVICES = {
    "internet": {"internet", "интернет"},
    "tv": {"tv", "тв", "телевидение", "кабельное тв"},
    "phone": {"phone", "телефон", "телефония"},
}


def is_charges(text: str) -> bool:
    """Whether the head names what only charges have: a service and its days."""
    names = set(files.columns(text))
    return all(names & _COLUMNS[one] for one in ("service", "since", "until"))


def table(text: str, control: Decimal | None) -> Statement:
    """A CSV of charges; `control`: what it must add up to, if somebody knows. Raises BadFile."""
    found = files.table(text, _COLUMNS, tuple(_COLUMNS))
    lines = [
        Line(place, "", None, None, "", wrong="columns") if cell is None else _line(place, cell)
        for place, cell in enumerate(found.rows, 1)
    ]
    total = files.total_of(lines)
    found.checked(total, control)
    return Statement("charges", lines, found.said, total)


def identity(number: str) -> str:
    """The billing system numbers a charge once and for ever."""
    return f"charges:{number}" if files.fits(number) else ""


def service_from(text: str) -> str:
    return next((kind for kind, names in _SERVICES.items() if text.lower() in names), "")


def _line(place: int, cell: dict[str, str]) -> Line:
    number, amount, service = cell["number"], files.to_sum(cell["amount"]), service_from(cell["service"])
    since, until = files.to_day(cell["since"]), files.to_day(cell["until"])
    is_span = since is not None and until is not None and since <= until
    return Line(
        place,
        number[: files.LONGEST_NUMBER],
        since if is_span else None,
        amount,
        cell["account"][:20],
        cell["service"][:300],
        wrong=_wrong(number, amount, service, is_span),
        identity=identity(number),
        service=service,
        since=since if is_span else None,
        until=until if is_span else None,
    )


def _wrong(number: str, amount: Decimal | None, service: str, is_span: bool) -> str:
    if not files.fits(number):
        return "number"
    if amount is None:
        return "sum"
    if not is_span:
        return "day"
    return "" if service else "service"
