"""What happens when a promise's time passes: people are told, the ticket is raised or moved."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from common import clock, history
from common.history import System
from staff import actions as staff
from staff.models import User
from tickets import events, queries
from tickets.actions.assignment import hand_over
from tickets.actions.clocks import BATCH, history_of, refresh, rules_of
from tickets.actions.editing import edit
from tickets.models import ClockKind, Priority, SlaStep, Ticket, TicketClock
from tickets.sla.clock import Kind, reaches, runs


def ring_alarms() -> int:
    """Do what the steps say whose time has come; how many clocks rang. Each step happens once a run, whoever sweeps."""
    rung = 0
    now = clock.now()
    for pk, ticket_id in (
        TicketClock.objects.filter(alarm_at__lte=now).order_by("alarm_at").values_list("pk", "ticket_id")[:BATCH]
    ):
        with transaction.atomic():
            # The ticket first, as every deed does; one that somebody works on right now is looked at again soon.
            ticket = Ticket.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=ticket_id).first()
            if ticket is not None and _ring(ticket, pk):
                rung += 1
    return rung


def _ring(ticket: Ticket, pk: int) -> bool:
    """One clock's steps that have come. What was late to be computed is computed first."""
    refresh(ticket)
    one = TicketClock.objects.filter(pk=pk, alarm_at__lte=clock.now()).first()
    rules = rules_of(ticket)
    if one is None or rules is None:
        return False
    run = runs(Kind(one.kind), history_of(ticket), frozenset(rules.policy.pauses))[one.run]
    target = timedelta(seconds=one.target_s)
    later = SlaStep.objects.of(ticket.desk).filter(kind=one.kind, percent__gt=one.passed_percent)
    come = [step for step in later if _by_now(reaches(run, rules.calendar, target * step.percent / 100))]
    TicketClock.objects.filter(pk=pk).update(passed_percent=max(step.percent for step in come))
    for percent in sorted({step.percent for step in come}):
        history.record(ticket, events.promise_passed, by=System.SWEEP, promise=one.kind, percent=percent)
    for step in come:
        ticket = _do(step, ticket)
    refresh(ticket)
    return True


def _by_now(at: datetime | None) -> bool:
    return at is not None and at <= clock.now()


def _do(step: SlaStep, ticket: Ticket) -> Ticket:
    """What a step orders, through the ordinary deeds; the ticket as it is then."""
    match step.deed:
        case SlaStep.Deed.RAISE if ticket.priority > Priority.P1:
            return edit(ticket=ticket, by=System.SWEEP, priority=ticket.priority - 1)
        case SlaStep.Deed.MOVE if step.to != ticket.desk and not ticket.is_resolved:
            return hand_over(ticket=ticket, to=step.to, by=System.SWEEP, reason=gettext_noop("The promise is late."))
        case SlaStep.Deed.WARN:
            _tell(queries.in_charge(ticket), step, ticket)
        case SlaStep.Deed.LEAD:
            _tell(queries.leads(ticket.desk), step, ticket)
    return ticket


_WORDS = {
    ClockKind.FIRST: gettext_noop("№ %(number)s: %(percent)d %% of the time for a first answer has passed"),
    ClockKind.NEXT: gettext_noop("№ %(number)s: %(percent)d %% of the time to answer the subscriber has passed"),
    ClockKind.RESOLUTION: gettext_noop("№ %(number)s: %(percent)d %% of the time to solve it has passed"),
}


def _tell(people: Iterable[User], step: SlaStep, ticket: Ticket) -> None:
    for person in people:
        staff.notify(
            user=person,
            text=_WORDS[ClockKind(step.kind)],
            url=ticket.get_absolute_url(),
            by=System.SWEEP,
            number=ticket.number,
            percent=step.percent,
        )
