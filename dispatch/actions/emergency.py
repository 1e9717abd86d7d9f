"""The immediate visit: one for each opened incident, the best master at once, or a loud alarm."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from common import clock, history
from common.history import System
from dispatch import events, queries
from dispatch.actions.rules import Actor, lock_masters, locked, move
from dispatch.choice import Booking, Candidate, Choice, Place, choose, first_gap
from dispatch.models import NOT_STARTED, STARTED, Skill, Visit, VisitKind, VisitState, bounds
from incidents import queries as incidents

if TYPE_CHECKING:
    from incidents.models import Incident

LENGTH = timedelta(hours=2)
ARRIVE_WITHIN = timedelta(hours=1)
STEP = timedelta(minutes=30)

NOBODY_FREE = "nobody_free"
MOVED = "moved"
MERGED = "merged"
OVER = "over"  # the incident ended while its master was on the way: call him back, or let him look


@transaction.atomic
def order_immediate(*, incident: "Incident", by: Actor) -> Visit:
    """Order the one immediate visit of an opened incident and find its master. The second order finds the first."""
    now = clock.now()
    visit, is_new = Visit.objects.get_or_create(
        incident=incident,
        kind=VisitKind.IMMEDIATE,
        defaults={
            "building": incidents.where_to_go(incident),
            "skill": Skill.FIBRE if incident.scope_kind == "building" else Skill.SWITCH,
            "ordered_at": now,
            "due_at": now + ARRIVE_WITHIN,
        },
    )
    if is_new:
        history.record(visit, events.visit_ordered, by=by)
        find_master(visit=visit)
    return visit


@transaction.atomic
def find_master(*, visit: Visit) -> bool:
    """Give a waiting immediate visit to the best master, moving planned visits that must give way.

    Without a free master the visit keeps waiting, flagged for the dispatcher; the sweep tries again. Returns
    whether somebody goes.
    """
    now = clock.now()
    on_shift = queries.masters_on_shift(now, skill=visit.skill)
    lock_masters([master.pk for master, _ in on_shift])
    visit = locked(visit)
    if visit.state != VisitState.REQUESTED:
        return visit.master_id is not None
    days = queries.days_of([master.pk for master, _ in on_shift], after=now)
    candidates = [
        Candidate(master.pk, shift_end, [_booking(v) for v in days[master.pk]], queries.base_of(master))
        for master, shift_end in on_shift
    ]
    choice = choose(candidates, place=_place(visit), now=now, length=LENGTH)
    if choice is None:
        if visit.flag != NOBODY_FREE:
            visit.flag = NOBODY_FREE
            visit.save(update_fields=["flag"])
            history.record(visit, events.visit_flagged, by=System.DETECTOR, flag=NOBODY_FREE)
        return False
    shift_ends = {master.pk: shift_end for master, shift_end in on_shift}
    _give_way(choice, until=shift_ends[choice.master_id])
    move(visit, VisitState.SCHEDULED)
    visit.master_id, visit.flag = choice.master_id, ""
    visit.window = DateTimeTZRange(choice.start, choice.end)
    visit.save(update_fields=["state", "master", "window", "flag"])
    history.record(
        visit,
        events.visit_scheduled,
        by=System.DETECTOR,
        master=choice.master_id,
        start=choice.start.isoformat(),
        end=choice.end.isoformat(),
        why="immediate",
    )
    return True


def _give_way(choice: Choice, *, until: datetime) -> None:
    """Move the displaced planned visits to the master's next gap inside their promise, else back to the queue.

    First all of them leave their places, then each finds a new one: else two could block each other.
    """
    displaced = list(Visit.objects.filter(pk__in=choice.displaced).order_by("window", "pk").select_for_update())
    lengths = {visit.pk: _length(visit) for visit in displaced}
    for visit in displaced:
        visit.state, visit.master, visit.window, visit.flag = VisitState.REQUESTED, None, None, MOVED
        visit.accepted_at = None
        visit.save(update_fields=["state", "master", "window", "flag", "accepted_at"])
    taken = [(choice.start, choice.end)]
    for visit in displaced:
        day = queries.day_of(choice.master_id, after=choice.start)
        busy = taken + [bounds(v.window) for v in day if v.window]
        length = lengths[visit.pk]
        latest = min(until, visit.due_at)
        start = first_gap(busy, after=choice.end, until=latest, length=length, step=STEP)
        if start is None:
            history.record(visit, events.visit_unassigned, by=System.DETECTOR, master=choice.master_id, why="immediate")
            continue
        visit.state, visit.master_id = VisitState.SCHEDULED, choice.master_id
        visit.window = DateTimeTZRange(start, start + length)
        visit.save(update_fields=["state", "master", "window"])
        history.record(
            visit,
            events.visit_scheduled,
            by=System.DETECTOR,
            master=choice.master_id,
            start=start.isoformat(),
            end=(start + length).isoformat(),
            why="gave way to an emergency",
        )


def _booking(visit: Visit) -> Booking:
    gives_way = visit.kind == VisitKind.PLANNED and visit.state == VisitState.SCHEDULED
    assert visit.window is not None
    start, end = bounds(visit.window)
    if visit.state in STARTED:  # one that overruns its window still holds its master
        end = max(end, clock.now() + STEP)
    return Booking(visit.pk, start, end, gives_way, _place(visit))


def _length(visit: Visit) -> timedelta:
    assert visit.window is not None
    start, end = bounds(visit.window)
    return end - start


def _place(visit: Visit) -> Place | None:
    building = visit.building
    if building is None or building.latitude is None or building.longitude is None:
        return None
    return building.latitude, building.longitude


@transaction.atomic
def incident_over(*, incident: "Incident", why: str, by: Actor) -> None:
    """The incident ended or joined a wider one: who has not left stays; who has left, the dispatcher decides."""
    for visit in Visit.objects.filter(incident=incident).pending().select_for_update().order_by("pk"):
        if visit.state in NOT_STARTED:
            visit.state, visit.ended_at, visit.flag = VisitState.CANCELLED, clock.now(), ""
            visit.save(update_fields=["state", "ended_at", "flag"])
            history.record(visit, events.visit_cancelled, by=by, why=why)
        elif why == MERGED or visit.state == VisitState.EN_ROUTE:
            visit.flag = MERGED if why == MERGED else OVER
            visit.save(update_fields=["flag"])
            history.record(visit, events.visit_flagged, by=by, flag=visit.flag)


def assign_waiting() -> None:
    """Try again for every immediate visit that still waits for a master. For the sweep."""
    waiting = Visit.objects.filter(state=VisitState.REQUESTED, kind=VisitKind.IMMEDIATE).order_by("due_at", "pk")
    for visit in waiting:
        find_master(visit=visit)


def order_missing_visits() -> None:
    """An open incident without its visit can only mean a bug or a hand in the database: repair and say so."""
    for incident in incidents.open_without(Visit.objects.filter(kind=VisitKind.IMMEDIATE).values("incident")):
        order_immediate(incident=incident, by=System.SWEEP)
