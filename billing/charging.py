"""What a span of days costs by the tariffs in force. Pure: neither Django nor the database.

A monthly fee is for the calendar month: a day costs the fee over the days of its own month. A day on which the
service was suspended from midnight to midnight costs nothing; the day of the suspension and that of the resumption
are charged. Within a month the parts of a service are rounded by running totals (`money.by_running_total`), so that
a month cut in pieces never costs a kopeck more or less than the same month whole.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from billing import money

DAY = timedelta(days=1)
Stop = tuple[date, date | None]  # the day a service was suspended and the day it was resumed, if it was


@dataclass(frozen=True, order=True)
class Tariff:
    """`kind` of service at `fee` roubles a month from `since` to `until`, both included; None: it goes on."""

    kind: str
    since: date
    until: date | None
    title: str
    fee: Decimal


@dataclass(frozen=True)
class Change:
    """From `since` the service is bought as `title` at `fee` roubles a month; no fee: it is not bought any more."""

    kind: str
    since: date
    title: str
    fee: Decimal | None


@dataclass(frozen=True)
class Part:
    """`days` of the `month_days` of one month at one fee; `idle` days more were suspended and cost nothing."""

    kind: str
    title: str
    fee: Decimal
    since: date
    until: date
    days: int
    idle: int
    month_days: int
    amount: Decimal


@dataclass(frozen=True)
class Idle:
    """Days without the service, both ends included."""

    since: date
    until: date


def in_force(changes: Iterable[Change]) -> list[Tariff]:
    """What changes, in the order in which they were written, come to: the last one of a day wins, and each runs until
    the next day of its service that has one."""
    last = sorted({(one.kind, one.since): one for one in changes}.items())
    found: list[Tariff] = []
    for n, (_key, one) in enumerate(last):
        after = last[n + 1][1] if n + 1 < len(last) else None
        until = after.since - DAY if after and after.kind == one.kind else None
        if one.fee is not None:
            found.append(Tariff(one.kind, one.since, until, one.title, one.fee))
    return found


def charged(tariffs: Iterable[Tariff], idle: Sequence[Idle], since: date, until: date) -> list[Part]:
    """The parts of the span in the order of month, service, day; what nobody bought makes no part."""
    ordered = sorted(tariffs)
    parts: list[Part] = []
    for first, last in months(since, until):
        for kind in sorted({one.kind for one in ordered}):
            parts += _month([one for one in ordered if one.kind == kind], idle, first, last)
    return parts


def total(parts: Iterable[Part]) -> Decimal:
    return sum((one.amount for one in parts), Decimal(0))


def months(since: date, until: date) -> Iterator[tuple[date, date]]:
    """The span cut at the ends of months."""
    while since <= until:
        last = since.replace(day=monthrange(since.year, since.month)[1])
        yield since, min(last, until)
        since = last + DAY


def idle_days(stops: Iterable[Stop], until: date, *, today: date) -> list[Idle]:
    """Suspensions as (day it began, day it ended or None) -> their whole days, up to `until`.

    One that goes on counts up to yesterday: the service may come back today, and on days that have not come yet nobody
    was without it.
    """
    spans = [Idle(began + DAY, min((ended or today) - DAY, until)) for began, ended in stops]
    return [one for one in spans if one.since <= one.until]


def _month(tariffs: list[Tariff], idle: Sequence[Idle], first: date, last: date) -> list[Part]:
    month_days = monthrange(first.year, first.month)[1]
    spans = [
        (one, max(one.since, first), min(one.until or last, last))
        for one in tariffs
        if one.since <= last and (one.until is None or one.until >= first)
    ]
    counted = []
    for tariff, begins, ends in spans:
        whole = (ends - begins).days + 1
        lost = sum(_common(begins, ends, one) for one in idle)
        counted.append((tariff, begins, ends, whole - lost, lost))
    amounts = money.by_running_total([Fraction(t.fee) * days / month_days for t, _, _, days, _ in counted])
    return [
        Part(t.kind, t.title, t.fee, begins, ends, days, lost, month_days, amount)
        for (t, begins, ends, days, lost), amount in zip(counted, amounts, strict=True)
    ]


def _common(since: date, until: date, idle: Idle) -> int:
    return max(0, (min(until, idle.until) - max(since, idle.since)).days + 1)
