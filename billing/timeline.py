"""One line of time for an account: what moved its money, and what happened to the service meanwhile."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Subquery, Sum, Window
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import charging, explaining, money, queries
from billing.charging import Tariff
from billing.models import Account, AccountEvent, Dispute, Entry, Kind, PromisedPayment, TariffChange
from customers.models import Subscriber
from incidents.models import Incident
from incidents.queries import chain_of
from staff.models import User
from tickets.models import Ticket

PER_PAGE = 40
MOST_OF_A_KIND = 40


@dataclass
class Line:
    """`what`: entry, tariff, service, promise, incident, ticket. `balance` is what stood on the account after it."""

    at: datetime
    what: str
    title: str
    amount: Decimal | None = None
    balance: Decimal | None = None
    words: list[str] = field(default_factory=list)
    who: str = ""
    url: str = ""
    entry: Entry | None = None
    wrong_by: Decimal | None = None
    question: int | None = None
    order: int = 0


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    older: str  # the mark of the next page, or nothing
    undecided: list[Dispute]  # questions about the account that wait for somebody
    left_out: list[str]  # what these days hold besides, in words


@dataclass(frozen=True)
class Kept:
    """What the page has already read of an account: each costs its statement once."""

    changes: list[TariffChange]
    tariffs: list[Tariff]
    promises: list[PromisedPayment]


def page(account: Account, subscriber: Subscriber, viewer: User, *, kept: Kept, before: str = "") -> Page:
    """Forty entries, newest first, and everything else of the same days. At most six statements.

    What is not an entry belongs to the page that shows its day first: the rest of the day's entries may follow on the
    next page, the day's tickets and faults are not said again there.
    """
    mark = _mark(before)
    entries, has_more = _entries(account, mark)
    span = _Span(_midnight(entries[-1].on) if has_more else None, _midnight(mark[0]) if mark else None)
    tickets, more_tickets = span.of(Ticket.objects.visible_to(viewer).filter(subscriber=subscriber), "opened_at")
    incidents, more_incidents = _incidents(subscriber, viewer, span)
    events = queries.service_events(account)
    questions = list(queries.questions(account, entries))
    lines = [
        *_of_entries(account, entries, kept.tariffs, queries.stops_from(events), questions),
        *(one for one in _of_changes(kept.changes) if span.holds(one.at)),
        *(_of_event(one) for one in events if span.holds(one.at)),
        *(one for one in _of_promises(kept.promises) if span.holds(one.at)),
        *_of_incidents(incidents),
        *_of_tickets(tickets),
    ]
    lines.sort(key=lambda one: (one.at, one.order), reverse=True)
    return Page(
        lines,
        f"{entries[-1].on:%Y-%m-%d}.{entries[-1].pk}" if has_more else "",
        [one for one in questions if one.is_open],
        _left_out(more_tickets, more_incidents),
    )


def _left_out(tickets: int, incidents: int) -> list[str]:
    said = (
        (tickets, ngettext("and %(n)s more ticket", "and %(n)s more tickets", tickets)),
        (incidents, ngettext("and %(n)s more fault of the network", "and %(n)s more faults of the network", incidents)),
    )
    return [words % {"n": n} for n, words in said if n]


@dataclass(frozen=True)
class _Span:
    """From `since`, if it is known, to `until`, not included."""

    since: datetime | None
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)

    def of(self, rows: Any, name: str) -> tuple[list[Any], int]:
        """The newest rows whose moment lies inside, and how many more there are. One statement."""
        if self.since:
            rows = rows.filter(**{f"{name}__gte": self.since})
        if self.until:
            rows = rows.filter(**{f"{name}__lt": self.until})
        found = list(rows.annotate(of_all=Window(Count("pk"))).order_by(f"-{name}", "-pk")[:MOST_OF_A_KIND])
        return found, found[0].of_all - len(found) if found else 0


def _mark(text: str) -> tuple[date, int] | None:
    """ "2026-03-04.17" -> where a page ended; anything else is the first page."""
    day, _dot, number = text.partition(".")
    try:
        return (date.fromisoformat(day), int(number)) if number.isdecimal() and len(number) < 19 else None
    except ValueError:
        return None


def _entries(account: Account, mark: tuple[date, int] | None) -> tuple[list[Entry], bool]:
    rows = queries.with_sources(account.entries.all()).order_by("-on", "-pk")
    if mark:
        rows = rows.filter(on__lte=mark[0]).exclude(on=mark[0], pk__gte=mark[1])
        newer = account.entries.filter(on__gte=mark[0]).exclude(on=mark[0], pk__lt=mark[1])
        total = newer.order_by().values("account").annotate(total=Sum("amount")).values("total")
        rows = rows.annotate(newer=Subquery(total))  # says nothing of the row: the server counts it once
    found = list(rows[: PER_PAGE + 1])
    return found[:PER_PAGE], len(found) > PER_PAGE


def _of_entries(
    account: Account,
    entries: list[Entry],
    tariffs: list[Tariff],
    stopped: list[charging.Stop],
    asked: list[Dispute],
) -> Iterator[Line]:
    questions = {one.entry_id: one for one in asked if one.entry_id}
    given = _given(asked)
    balance = account.balance - (getattr(entries[0], "newer", None) or Decimal(0) if entries else Decimal(0))
    for one in entries:
        question = questions.get(one.pk)
        line = Line(
            at=_moment(one),
            order=one.pk,
            what="entry",
            title=str(one.get_kind_display()),
            amount=one.amount,
            balance=balance,
            words=explaining.entry(one, question, file=one.file or ""),  # type: ignore[attr-defined]
            who=one.actor,
            entry=one,
            question=question.pk if question else None,
        )
        if one.kind == Kind.CHARGE:
            _explain(line, one, tariffs, stopped, given.get(one.pk, Decimal(0)))
        balance -= one.amount
        yield line


def _given(asked: Iterable[Dispute]) -> dict[int, Decimal]:
    """What questions have given back of each charge or are about to: `queries.given_back` of a page."""
    found: dict[int, Decimal] = {}
    for one in asked:
        if one.about_id and not (one.entry and hasattr(one.entry, "reversed_by")):
            found[one.about_id] = found.get(one.about_id, Decimal(0)) + one.amount
    return found


def _explain(line: Line, charge: Entry, tariffs: list[Tariff], stopped: list[charging.Stop], given: Decimal) -> None:
    """What the tariffs give for these days, by how much the charge differs, what of it is still wrong."""
    found = queries.due(charge, tariffs, stopped)
    if not found:
        return
    line.words += explaining.parts(found)
    differs = -charge.amount - charging.total(found)
    if differs and not hasattr(charge, "reversed_by"):
        line.wrong_by = differs if differs < 0 else max(differs - given, Decimal(0))
        more = {"sum": money.words(abs(differs))}
        line.words.append((_("Charged %(sum)s too much.") if differs > 0 else _("Charged %(sum)s too little.")) % more)
        if given > 0:
            line.words.append(_("Already given back: %(sum)s.") % {"sum": money.words(given)})


def _of_changes(changes: Iterable[TariffChange]) -> Iterator[Line]:
    """Each change as it was written; what was overruled by a later one of its day says so."""
    rows = list(changes)
    last = {(one.kind, one.since): one.pk for one in rows}
    for one in rows:
        words = [] if timezone.localdate(one.at) == one.since else [_written(one)]
        if last[one.kind, one.since] != one.pk:
            words.append(_("Corrected by a later change of the same day."))
        yield Line(_midnight(one.since), "tariff", explaining.change(one), words=words, who=one.actor, order=one.pk)


def _written(one: TariffChange) -> str:
    return _("Written down on %(day)s") % {"day": f"{timezone.localtime(one.at):%d.%m.%Y %H:%M}"}


def _of_event(event: AccountEvent) -> Line:
    return Line(event.at, "service", str(event.label), words=[event.data.get("reason", "")], who=event.actor)


def _of_promises(rows: Iterable[PromisedPayment]) -> Iterator[Line]:
    for one in rows:
        words = {"sum": money.words(one.amount), "until": f"{one.until:%d.%m.%Y}"}
        text = _("Promised to pay %(sum)s until %(until)s") % words
        yield Line(one.at, "promise", text, words=[str(one.get_state_display())])


def _incidents(subscriber: Subscriber, viewer: User, span: _Span) -> tuple[list[Incident], int]:
    premise = subscriber.premise
    if premise is None:
        return [], 0
    covering = Incident.objects.visible_to(viewer).covering(
        building_id=premise.building_id, node_ids=chain_of(premise.building, premise.switch_id)
    )
    return span.of(covering.exclude(resolution__in=["dismissed", "merged"]), "started_at")


def _of_incidents(rows: Iterable[Incident]) -> Iterator[Line]:
    for one in rows:
        ended = one.restored_at or one.closed_at
        words = [_("Service restored %(when)s") % {"when": f"{timezone.localtime(ended):%d.%m %H:%M}"}] if ended else []
        yield Line(one.started_at, "incident", _("Fault of the network"), words=words)


def _of_tickets(rows: Iterable[Ticket]) -> Iterator[Line]:
    for one in rows:
        yield Line(one.opened_at, "ticket", f"№ {one.number} {one.subject}", url=_ticket_url(one))


def _ticket_url(ticket: Ticket) -> str:
    """Empty where this process does not serve tickets."""
    try:
        return reverse("tickets:ticket", args=[ticket.number])
    except NoReverseMatch:
        return ""


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _moment(entry: Entry) -> datetime:
    """An entry counts from a day: at its own time if it was posted on that day, else at the day's end."""
    local = timezone.localtime(entry.at)
    return local if local.date() == entry.on else _midnight(entry.on) + timedelta(days=1, seconds=-1)
