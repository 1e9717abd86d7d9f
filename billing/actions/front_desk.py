"""The queue at the office and the times agreed before."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from billing import events
from billing.models import Appointment, WalkIn
from common import clock, history
from common.errors import DomainError
from customers.models import Subscriber
from staff.models import User

State = WalkIn.State
# Advisory locks: numbers of the day are given one by one, and so are the times; a desk calls one person at once.
_NUMBERS, _TIMES, _DESK = 5_006, 5_007, 5_009
FURTHEST = timedelta(days=60)


class SlotTaken(DomainError):
    code = "slot_taken"


class BadSlot(DomainError):
    code = "bad_slot"
    status = 422


class NotWaiting(DomainError):
    code = "not_waiting"


class AlreadyCalled(DomainError):
    code = "already_called"


def _alone(lock: int, who: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [lock, who])


@transaction.atomic
def take_number(
    *,
    by: User,
    subscriber: Subscriber | None = None,
    note: str = "",
    appointment: Appointment | None = None,
    key: str = "",
) -> WalkIn:
    """Put somebody into the queue under the next number of the day; the same `key` again is the same number."""
    _alone(_NUMBERS)
    if key and (known := WalkIn.objects.filter(key=key).first()):
        return known
    now = clock.now()
    day = timezone.localdate(now)
    last = WalkIn.objects.filter(day=day).aggregate(last=Max("number"))["last"] or 0
    made = WalkIn.objects.create(
        day=day,
        number=last + 1,
        subscriber=subscriber,
        note=note.strip()[:200],
        appointment=appointment,
        key=key or None,
        came_at=now,
    )
    history.record(made, events.visitor_came, by=by, number=made.number)
    return made


@transaction.atomic
def call_next(*, by: User, at_desk: int | None = None) -> WalkIn | None:
    """Call whoever is next; the visitor who is still at this desk counts as served. None when nobody waits.

    Who had an appointment goes first, then the numbers in order. Two desks never call the same person.
    `at_desk`: the id of the visitor whom the caller saw at the desk. Raises AlreadyCalled when it is another by now:
    a second click would send away who has just been called.
    """
    _alone(_DESK, by.pk)
    current = WalkIn.objects.select_for_update(of=("self",)).filter(called_by=by, state=State.CALLED).first()
    if (current.pk if current else None) != at_desk:
        if current:
            raise AlreadyCalled(_("Number %(n)s is already called.") % {"n": current.number})
        raise AlreadyCalled(_("The visitor has left your desk: look at the queue again."))
    if current:
        _end(current, State.SERVED, by=by)
    queue = WalkIn.objects.filter(day=timezone.localdate(clock.now())).in_turn()
    following = queue.select_for_update(of=("self",), skip_locked=True).first()
    if following:
        following.state, following.called_at, following.called_by = State.CALLED, clock.now(), by
        following.save(update_fields=["state", "called_at", "called_by"])
        history.record(following, events.visitor_called, by=by, number=following.number)
    return following


@transaction.atomic
def name_visitor(*, walk_in: WalkIn, subscriber: Subscriber, by: User) -> WalkIn:
    """It turns out who the visitor is. Raises NotWaiting when the visit is over."""
    locked = WalkIn.objects.select_for_update(of=("self",)).get(pk=walk_in.pk)
    if locked.state in WalkIn.ENDED:
        raise NotWaiting(_("This visitor is not in the queue any more."))
    locked.subscriber = subscriber
    locked.save(update_fields=["subscriber"])
    history.record(locked, events.visitor_named, by=by)
    return locked


@transaction.atomic
def end_visit(*, walk_in: WalkIn, state: str, by: User) -> WalkIn:
    """Served, or left without being served. Raises NotWaiting when it is over already."""
    locked = WalkIn.objects.select_for_update(of=("self",)).get(pk=walk_in.pk)
    if state not in WalkIn.ENDED or locked.state in WalkIn.ENDED:
        raise NotWaiting(_("This visitor is not in the queue any more."))
    _end(locked, state, by=by)
    return locked


def _end(walk_in: WalkIn, state: str, *, by: User) -> None:
    walk_in.state, walk_in.ended_at = state, clock.now()
    walk_in.save(update_fields=["state", "ended_at"])
    history.record(walk_in, events.visitor_gone, by=by, state=state)


@transaction.atomic
def book(*, subscriber: Subscriber, starts_at: datetime, note: str = "", by: User) -> Appointment:
    """A quarter of an hour at one of the office's desks; the same again is the same appointment. Raises BadSlot (past,
    too far, outside the hours), SlotTaken."""
    local = timezone.localtime(starts_at)
    step = local.minute % Appointment.MINUTES or local.second or local.microsecond
    if step or not Appointment.OPENS <= local.time() < Appointment.CLOSES or local.weekday() > 4:
        raise BadSlot(_("Choose a quarter of an hour of a working day."), fields={"at": _("Choose another time.")})
    if not clock.now() < starts_at < clock.now() + FURTHEST:
        raise BadSlot(_("Choose a time from now to two months ahead."), fields={"at": _("Choose another time.")})
    _alone(_TIMES)
    taken = {one.place: one for one in Appointment.objects.standing().filter(starts_at=starts_at)}
    for one in taken.values():
        if one.subscriber_id == subscriber.pk:
            return one
    place = next((place for place in range(1, settings.FRONT_DESKS + 1) if place not in taken), None)
    if place is None:
        text = _("This time is taken: choose another.")
        raise SlotTaken(text, fields={"at": text})
    made = Appointment.objects.create(
        subscriber=subscriber, starts_at=starts_at, place=place, note=note.strip()[:200], made_by=by
    )
    history.record(made, events.appointment_made, by=by)
    return made


@transaction.atomic
def arrive(*, appointment: Appointment, by: User) -> WalkIn:
    """Who had an appointment is here: into the queue, before the rest. Raises NotWaiting."""
    locked = _open(appointment)
    locked.state = Appointment.State.CAME
    locked.save(update_fields=["state"])
    history.record(locked, events.appointment_kept, by=by)
    return take_number(by=by, subscriber=locked.subscriber, note=locked.note, appointment=locked)


@transaction.atomic
def cancel(*, appointment: Appointment, by: User) -> Appointment:
    """The time is free again. Raises NotWaiting."""
    locked = _open(appointment)
    locked.state = Appointment.State.CANCELLED
    locked.save(update_fields=["state"])
    history.record(locked, events.appointment_cancelled, by=by)
    return locked


def _open(appointment: Appointment) -> Appointment:
    locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if locked.state != Appointment.State.BOOKED:
        raise NotWaiting(_("This appointment is over or cancelled."))
    return locked
