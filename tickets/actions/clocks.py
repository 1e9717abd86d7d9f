"""Each ticket's clocks, computed from its history and kept in rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q

from common import clock
from tickets import events
from tickets.models import Priority, SlaPolicy, SlaStep, StaleClock, Status, Ticket, TicketClock, TicketEvent
from tickets.sla.calendars import Calendar
from tickets.sla.clock import Fact, Kind, Run, What, reaches, read, runs

if TYPE_CHECKING:
    from contacts.models import Topic

BATCH = 200

# What the facts mean to the clocks, where the change of state does not already say it.
_MEANING = {
    events.ticket_opened.code: What.OPENED,
    events.ticket_taken.code: What.TAKEN,
    events.ticket_given.code: What.TAKEN,
    "subscriber_wrote": What.ASKED,
    "replied": What.ANSWERED,
}
_TAKEN_BACK = events.reply_taken_back.code
_UNMERGED = events.ticket_unmerged.code
_TOOK_IN, _PARTED = events.ticket_took_in.code, events.ticket_parted.code


@dataclass(frozen=True)
class Rules:
    """What holds for one ticket: its policy, the policy's calendar, the steps of each clock."""

    policy: SlaPolicy
    calendar: Calendar
    steps: dict[str, list[int]]

    def next_step(self, kind: str, after: int) -> int | None:
        return next((percent for percent in self.steps.get(kind, []) if percent > after), None)


def rules_of(ticket: Ticket) -> Rules | None:
    """The most exact policy for this ticket, or None. Three queries."""
    fits = Q(topic=None) | Q(topic=ticket.topic_id), Q(priority=None) | Q(priority=ticket.priority)
    policy = (
        SlaPolicy.objects.filter(*fits, desk=ticket.desk, is_active=True)
        .select_related("calendar")
        .order_by(F("topic").desc(nulls_last=True), F("priority").desc(nulls_last=True))
        .first()
    )
    if policy is None:
        return None
    steps: dict[str, list[int]] = {}
    of_desk = SlaStep.objects.of(ticket.desk).order_by("percent")
    for kind, percent in of_desk.values_list("kind", "percent").distinct():
        steps.setdefault(kind, []).append(percent)
    return Rules(policy, policy.calendar.pure(), steps)


def in_working_time(*, desk: str, amount: timedelta, topic: "Topic | None" = None) -> datetime:
    """When so much of a desk's working time has passed from now on; without a policy every hour counts."""
    rules = rules_of(Ticket(desk=desk, topic=topic, priority=Priority.P3))
    return rules.calendar.add(clock.now(), amount) if rules else clock.now() + amount


def facts_of(rows: Iterable[tuple[str, datetime, dict[str, Any], dict[str, Any] | None]]) -> list[Fact]:
    """The facts that clocks know, from `(kind, at, data, changed)` of a ticket's history in order.

    A reply taken back was none; a merge that was undone never stopped a clock. Who asked on a ticket that was taken in
    waits for his answer here since then.
    """
    found: list[tuple[Fact, object]] = []
    for kind, at, data, changed in rows:
        before, after = (changed or {}).get("status") or _told(kind, data)
        what = _MEANING.get(kind)
        if after == Status.RESOLVED:
            what = What.RESOLVED
        elif before == Status.RESOLVED:
            what = What.REOPENED
        if kind == _TAKEN_BACK:
            found = [one for one in found if one[1] != ("replied", data.get("message"))]
        elif kind == _TOOK_IN and data.get("asked"):
            found.append((Fact(datetime.fromisoformat(data["asked"]), What.ASKED), (kind, data.get("merge"))))
        elif kind == _PARTED:
            found = [one for one in found if one[1] != (_TOOK_IN, data.get("merge"))]
        elif kind == _UNMERGED and after:
            last = next((one for one in reversed(found) if one[0].what is What.RESOLVED), None)
            found = [one for one in found if one is not last]
            found.append((Fact(at, What.MOVED, after), None))
        elif what or after:
            found.append((Fact(at, what or What.MOVED, after), (kind, data.get("message"))))
    return sorted((fact for fact, _ in found), key=lambda fact: fact.at)


def _told(kind: str, data: dict[str, Any]) -> tuple[str | None, str | None]:
    """The states before and after, of rows that are older than the column which says what changed."""
    if kind == events.ticket_moved.code:
        return str(data.get("old")), str(data.get("new"))
    after = {
        events.ticket_opened.code: Status.NEW,
        events.ticket_resolved.code: Status.RESOLVED,
        events.ticket_reopened.code: Status.NEW,
    }.get(kind)
    return (Status.RESOLVED if kind == events.ticket_reopened.code else None), after


def history_of(ticket: Ticket) -> list[Fact]:
    rows = TicketEvent.objects.filter(thing=ticket).order_by("at", "pk")
    return facts_of(rows.values_list("kind", "at", "data", "changed"))


def _clocks(ticket: Ticket, facts: list[Fact], rules: Rules, passed: dict[tuple[str, int], int]) -> list[TicketClock]:
    """Every clock of the ticket as it stands now. `passed`: the highest step that each run has seen."""
    found = []
    pausing = frozenset(rules.policy.pauses)
    for kind in Kind:
        target = rules.policy.target(kind)
        if target is None:
            continue
        for n, run in enumerate(runs(kind, facts, pausing)):
            found.append(_clock(ticket, kind, n, run, target, rules, passed.get((kind, n), 0)))
    return found


def _clock(ticket: Ticket, kind: Kind, n: int, run: Run, target: timedelta, rules: Rules, passed: int) -> TicketClock:
    reading = read(run, rules.calendar, target)
    step = rules.next_step(kind, passed)
    rings = run.met_at is None and step is not None
    return TicketClock(
        ticket=ticket,
        kind=kind,
        run=n,
        started_at=run.started_at,
        target_s=int(target.total_seconds()),
        due_at=reading.due_at,
        left_s=int(reading.left.total_seconds()),
        met_at=run.met_at,
        alarm_at=reaches(run, rules.calendar, target * step / 100) if rings and step else None,
        passed_percent=passed,
    )


def start(ticket: Ticket) -> list[TicketClock]:
    """The clocks of a ticket that is being opened, and its dates; the caller saves both."""
    rules = rules_of(ticket)
    if rules is None:
        return []
    clocks = _clocks(ticket, [Fact(ticket.opened_at, What.OPENED, Status.NEW)], rules, {})
    _date(ticket, clocks)
    return clocks


def refresh(ticket: Ticket) -> None:
    """Compute the ticket's clocks from its history again. Runs inside the transaction of what has just happened."""
    rules = rules_of(ticket)
    known = {(one.kind, one.run): one for one in TicketClock.objects.filter(ticket=ticket)}
    clocks: list[TicketClock] = []
    if rules is not None:
        clocks = _clocks(ticket, history_of(ticket), rules, {key: one.passed_percent for key, one in known.items()})
    gone = known.keys() - {(one.kind, one.run) for one in clocks}
    if gone:
        TicketClock.objects.filter(pk__in=[known[key].pk for key in gone]).delete()
    if clocks:
        TicketClock.objects.bulk_create(
            clocks,
            update_conflicts=True,
            unique_fields=["ticket", "kind", "run"],
            update_fields=["started_at", "target_s", "due_at", "left_s", "met_at", "alarm_at"],
        )
    before = ticket.due_at, ticket.act_by
    _date(ticket, clocks)
    if (ticket.due_at, ticket.act_by) != before:
        Ticket.objects.filter(pk=ticket.pk).update(due_at=ticket.due_at, act_by=ticket.act_by)


def _date(ticket: Ticket, clocks: list[TicketClock]) -> None:
    """The ticket's own dates. A promise that rests keeps its last date: nobody is told that there is none."""
    running = [(one.due_at, one.kind) for one in clocks if one.met_at is None and one.due_at]
    ticket.act_by = min((due_at for due_at, _ in running), default=None)
    ticket.due_at = next((due_at for due_at, kind in running if kind == Kind.RESOLUTION), ticket.due_at)


def mark_stale(*, desk: str = "") -> int:
    """After a change of rules: the clocks of open tickets are computed again by the sweep; how many tickets."""
    tickets = Ticket.objects.unresolved()
    if desk:
        tickets = tickets.filter(desk=desk)
    rows = [StaleClock(ticket_id=pk) for pk in tickets.values_list("pk", flat=True).iterator(chunk_size=5000)]
    StaleClock.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5000)
    return len(rows)


def refresh_stale() -> int:
    """Some of the tickets whose rules have changed; how many. Called again and again by the sweep."""
    with transaction.atomic():
        stale = list(StaleClock.objects.select_for_update(skip_locked=True).order_by("pk")[:BATCH])
        ids = [one.ticket_id for one in stale]
        tickets = Ticket.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
        for ticket in tickets:
            refresh(ticket)
        StaleClock.objects.filter(pk__in=ids).delete()
    return len(ids)
