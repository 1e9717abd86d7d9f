"""What hours without the service are worth. Pure: neither Django nor the database.

fee of the month / hours of the month * hours without the service, for each service and calendar month (Rules of
telecom services, Government Decree of 31.12.2021 No 2607: the fee falls with the time the service was not given). Hours
are counted to a hundredth; a day on which the service was suspended for money counts nothing. Sums are rounded by
running totals (`money.by_running_total`).
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from billing import money
from billing.charging import DAY, Idle, Tariff

HUNDREDTH = Decimal("0.01")
HOUR_S = 3600
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Lost:
    """`hours` of the `month_hours` of one month without a service bought at `tariff`."""

    tariff: Tariff
    hours: Decimal
    month_hours: int


def left(start: datetime, end: datetime, taken: Iterable[Span]) -> list[Span]:
    """What of the span remains without the spans that are compensated already, in order."""
    found: list[Span] = []
    for begins, ends in sorted(taken):
        if begins > start:
            found.append((start, min(begins, end)))
        start = max(start, ends)
        if start >= end:
            break
    if start < end:
        found.append((start, end))
    return [one for one in found if one[0] < one[1]]


def lost(tariffs: Iterable[Tariff], idle: Sequence[Idle], spans: Iterable[Span]) -> list[Lost]:
    """The hours of the spans between local moments by service, tariff and month; what nobody bought is not lost."""
    seconds: dict[tuple[Tariff, int, int], float] = {}
    ordered = sorted(tariffs)
    for day, share in (part for start, end in spans for part in _days(start, end)):
        if any(one.since <= day <= one.until for one in idle):
            continue
        for tariff in ordered:
            if tariff.since <= day and (tariff.until is None or tariff.until >= day):
                key = (tariff, day.year, day.month)
                seconds[key] = seconds.get(key, 0) + share
    found = [(tariff, month_hours(date(year, month, 1)), sum_s) for (tariff, year, month), sum_s in seconds.items()]
    return [Lost(tariff, _hours(sum_s), whole) for tariff, whole, sum_s in found]


def month_hours(day: date) -> int:
    """Hours of the calendar month of a day; clocks are not turned in this country."""
    return 24 * monthrange(day.year, day.month)[1]


def priced(found: Iterable[Lost]) -> list[dict[str, Any]]:
    """Each loss with its sum, as plain values to be stored and said (`billing.explaining`)."""
    rows = list(found)
    sums = money.by_running_total(Fraction(one.tariff.fee) * Fraction(one.hours) / one.month_hours for one in rows)
    return [
        {
            "service": one.tariff.kind,
            "title": one.tariff.title,
            "fee": str(one.tariff.fee),
            "hours": str(one.hours),
            "month_hours": one.month_hours,
            "amount": str(amount),
        }
        for one, amount in zip(rows, sums, strict=True)
    ]


def total(lines: Iterable[dict[str, Any]]) -> Decimal:
    return sum((Decimal(one["amount"]) for one in lines), Decimal(0))


def _days(start: datetime, end: datetime) -> Iterator[tuple[date, float]]:
    """The span cut at midnights: each day with its seconds."""
    while start < end:
        midnight = datetime.combine(start.date() + DAY, time.min, start.tzinfo)
        stop = min(midnight, end)
        yield start.date(), (stop - start) / timedelta(seconds=1)
        start = stop


def _hours(seconds: float) -> Decimal:
    return (Decimal(seconds) / HOUR_S).quantize(HUNDREDTH, ROUND_HALF_UP)
