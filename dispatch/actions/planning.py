"""Planned visits: a window inside the promise, a master who is free then."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from common import clock, history
from common.errors import DomainError
from dispatch import events, slots
from dispatch.actions.rules import Actor, SlotTaken, lock_masters, locked, move, no_double_booking
from dispatch.models import Master, Skill, Visit, VisitKind, VisitState, bounds
from tickets import actions as tickets
from tickets.models import Status, Ticket

if TYPE_CHECKING:
    from network.models import Building


class NowhereToGo(DomainError):
    code = "nowhere_to_go"
    status = 422


class TooLate(DomainError):
    code = "too_late"


@transaction.atomic
def book(
    *,
    ticket: Ticket,
    start: datetime,
    by: Actor,
    skill: str = Skill.COPPER,
    length: timedelta = slots.LENGTH,
    master: Master | None = None,
    building: "Building | None" = None,
) -> Visit:
    """Promise a visit for a ticket: this window, with this master or the least busy free one.

    Raises NowhereToGo without an address, TooLate for a window in the past, SlotTaken when nobody is free.
    """
    place = building or ticket.building
    if place is None:
        raise NowhereToGo(_("The ticket has no address: choose the building first."))
    if start < clock.now() - timedelta(minutes=5):
        raise TooLate(_("This window has already begun. Choose a later one."))
    chosen = master or slots.free_master(start=start, length=length, skill=skill)
    if chosen is None:
        raise SlotTaken(_("Nobody is free in this window any more. Choose another one."))
    lock_masters([chosen.pk])
    visit = Visit(
        kind=VisitKind.PLANNED,
        state=VisitState.SCHEDULED,
        ticket=ticket,
        building=place,
        subscriber=ticket.subscriber,
        skill=skill,
        master=chosen,
        window=DateTimeTZRange(start, start + length),
        due_at=max(ticket.due_at or start, start + length),
    )
    with no_double_booking():
        visit.save()
    history.record(visit, events.visit_ordered, by=by)
    _record_window(visit, by=by, why="booked")
    if ticket.status != Status.VISIT:
        tickets.set_status(ticket=ticket, status=Status.VISIT, by=by)
    return visit


@transaction.atomic
def reschedule(*, visit: Visit, master: Master, start: datetime, by: Actor, length: timedelta | None = None) -> Visit:
    """Give the visit another master or window; an emergency that waited is helped the same way."""
    lock_masters([master.pk])
    visit = locked(visit)
    move(visit, VisitState.SCHEDULED)
    if length is None:
        length = slots.LENGTH
        if visit.window:
            begins, ends = bounds(visit.window)
            length = ends - begins
    visit.master, visit.window, visit.flag, visit.accepted_at = master, DateTimeTZRange(start, start + length), "", None
    with no_double_booking():
        visit.save(update_fields=["state", "master", "window", "flag", "accepted_at"])
    _record_window(visit, by=by, why="dispatcher")
    return visit


@transaction.atomic
def cancel(*, visit: Visit, by: Actor, why: str) -> Visit:
    """Nobody goes. A visit that has started can still be called back while the master is on the way."""
    visit = locked(visit)
    move(visit, VisitState.CANCELLED)
    visit.ended_at, visit.flag = clock.now(), ""
    visit.save(update_fields=["state", "ended_at", "flag"])
    history.record(visit, events.visit_cancelled, by=by, why=why)
    if visit.ticket and visit.ticket.status == Status.VISIT:
        tickets.set_status(ticket=visit.ticket, status=Status.NEW, by=by)
    return visit


@transaction.atomic
def clear_flag(*, visit: Visit, by: Actor) -> Visit:
    """The dispatcher has seen it."""
    visit = locked(visit)
    if visit.flag:
        visit.flag = ""
        visit.save(update_fields=["flag"])
        history.record(visit, events.visit_flagged, by=by, flag="")
    return visit


def _record_window(visit: Visit, *, by: Actor, why: str) -> None:
    assert visit.window is not None
    begins, ends = bounds(visit.window)
    history.record(
        visit,
        events.visit_scheduled,
        by=by,
        master=visit.master_id,
        start=begins.isoformat(),
        end=ends.isoformat(),
        why=why,
    )
