"""An account's extract: the paper that says what moved it in a span of days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings

from billing import charging, explaining, queries
from billing.models import Account, Dispute, Entry, Kind
from billing.queries import Turnover

MOST_LINES = 500


@dataclass(frozen=True)
class Line:
    """An entry in plain words; `balance` stood on the account after it."""

    entry: Entry
    words: list[str]
    balance: Decimal


@dataclass(frozen=True)
class Extract:
    """`lines` oldest first; none of them when there are more than MOST_LINES: `is_long`."""

    provider: str
    made_on: date
    turnover: Turnover
    lines: list[Line]
    is_long: bool


def of(account: Account, since: date, until: date) -> Extract:
    """Both days included. At most six statements."""
    rows = queries.with_sources(Entry.objects.filter(account=account.pk, on__range=(since, until)))
    entries = list(rows.order_by("on", "pk")[: MOST_LINES + 1])
    is_long = len(entries) > MOST_LINES
    moved = queries.turnover(account, since, until)
    lines = [] if is_long else list(_lines(account, entries, moved.opening))
    return Extract(settings.PROVIDER_NAME, queries.today(), moved, lines, is_long)


def _lines(account: Account, entries: list[Entry], balance: Decimal) -> Iterator[Line]:
    if not entries:
        return
    questions: dict[int | None, Dispute] = {one.entry_id: one for one in queries.questions(account, entries)}
    tariffs, stopped = queries.tariffs_of(account), queries.stops_from(queries.service_events(account))
    for one in entries:
        balance += one.amount
        words = explaining.entry(one, questions.get(one.pk), file=one.file or "")  # type: ignore[attr-defined]
        if one.kind == Kind.CHARGE:
            due = queries.due(one, tariffs, stopped)
            # What the subscriber reads must explain the sum that stands beside it.
            words += explaining.parts(due) if charging.total(due) == -one.amount else []
        yield Line(one, words, balance)
