"""One line of time for an account: what moved its money, and what happened to the service meanwhile."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing import charging, explaining, money, queries
from billing.charging import Tariff
from billing.models import Account, AccountEvent, Dispute, Entry, Kind, PromisedPayment
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


def page(account: Account, subscriber: Subscriber, viewer: User, *, tariffs: list[Tariff], before: str = "") -> Page:
    """Forty entries, newest first, and everything else of the same days. At most nine statements."""
    mark = _mark(before)
    entries, has_more = _entries(account, mark)
    since = _midnight(entries[-1].on) if has_more else None
    until = _midnight(mark[0] + timedelta(days=1)) if mark else None
    span = _Span(since, until)
    events = queries.service_events(account)
    questions = list(queries.questions(account, entries))
    lines = [
        *_of_entries(account, entries, tariffs, queries.stops_from(events), questions, mark),
        *(one for one in _of_tariffs(tariffs) if span.holds(one.at)),
        *(_of_event(one) for one in events if span.holds(one.at)),
        *_of_promises(span.of(PromisedPayment.objects.visible_to(viewer).filter(account=account), "at")),
        *_of_incidents(subscriber, viewer, span),
        *_of_tickets(span.of(Ticket.objects.visible_to(viewer).filter(subscriber=subscriber), "opened_at")),
    ]
    lines.sort(key=lambda one: (one.at, one.order), reverse=True)
    return Page(
        lines,
        f"{entries[-1].on:%Y-%m-%d}.{entries[-1].pk}" if has_more else "",
        [one for one in questions if one.is_open],
    )


@dataclass(frozen=True)
class _Span:
    """From `since`, if it is known, to `until`, not included."""

    since: datetime | None
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)

    def of(self, rows: Any, name: str) -> list[Any]:
        """The newest rows whose moment lies inside. One statement."""
        if self.since:
            rows = rows.filter(**{f"{name}__gte": self.since})
        if self.until:
            rows = rows.filter(**{f"{name}__lt": self.until})
        return list(rows.order_by(f"-{name}", "-pk")[:MOST_OF_A_KIND])


def _mark(text: str) -> tuple[date, int] | None:
    """ "2026-03-04.17" -> where a page ended; anything else is the first page."""
    day, _dot, number = text.partition(".")
    try:
        return (date.fromisoformat(day), int(number)) if number.isdecimal() and len(number) < 19 else None
    except ValueError:
        return None


def _entries(account: Account, mark: tuple[date, int] | None) -> tuple[list[Entry], bool]:
    rows = account.entries.select_related("by_user", "reversed_by").order_by("-on", "-pk")
    if mark:
        rows = rows.filter(on__lte=mark[0]).exclude(on=mark[0], pk__gte=mark[1])
    found = list(rows[: PER_PAGE + 1])
    return found[:PER_PAGE], len(found) > PER_PAGE


def _newer(account: Account, mark: tuple[date, int] | None) -> Decimal:
    if mark is None:
        return Decimal(0)
    newer = account.entries.filter(on__gte=mark[0]).exclude(on=mark[0], pk__lt=mark[1])
    return newer.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def _of_entries(
    account: Account,
    entries: list[Entry],
    tariffs: list[Tariff],
    stopped: list[charging.Stop],
    asked: list[Dispute],
    mark: tuple[date, int] | None,
) -> Iterator[Line]:
    questions = {one.entry_id: one.pk for one in asked if one.entry_id}
    given = _given(asked)
    balance = account.balance - _newer(account, mark)
    for one in entries:
        line = Line(
            at=_moment(one),
            order=one.pk,
            what="entry",
            title=str(one.get_kind_display()),
            amount=one.amount,
            balance=balance,
            words=[one.text] if one.text else [],
            who=one.actor,
            entry=one,
            question=questions.get(one.pk),
        )
        if one.kind == Kind.CHARGE:
            _explain(line, one, tariffs, stopped, given.get(one.pk, Decimal(0)))
        line.words += explaining.formula(one.formula)
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


def _of_tariffs(tariffs: Iterable[Tariff]) -> Iterator[Line]:
    for one in tariffs:
        words = {"title": one.title, "fee": money.words(one.fee)}
        text = _("From this day “%(title)s” for %(fee)s a month") % words
        yield Line(_midnight(one.since), "tariff", text)


def _of_event(event: AccountEvent) -> Line:
    return Line(event.at, "service", str(event.label), words=[event.data.get("reason", "")], who=event.actor)


def _of_promises(rows: Iterable[PromisedPayment]) -> Iterator[Line]:
    for one in rows:
        words = {"sum": money.words(one.amount), "until": f"{one.until:%d.%m.%Y}"}
        text = _("Promised to pay %(sum)s until %(until)s") % words
        yield Line(one.at, "promise", text, words=[str(one.get_state_display())])


def _of_incidents(subscriber: Subscriber, viewer: User, span: _Span) -> Iterator[Line]:
    if subscriber.building is None:
        return
    covering = Incident.objects.visible_to(viewer).covering(
        building_id=subscriber.building.pk, node_ids=chain_of(subscriber.building, None)
    )
    for one in span.of(covering.exclude(resolution__in=["dismissed", "merged"]), "started_at"):
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
