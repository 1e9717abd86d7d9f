"""The queue at the office and the times agreed before."""

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from billing import events
from billing.models import Appointment, WalkIn
from common import clock, history
from common.errors import DomainError
from customers.models import Subscriber
from staff.models import User

State = WalkIn.State
_NUMBERS = 5_006  # the advisory lock that numbers of the day are given under
FURTHEST = timedelta(days=60)


class SlotTaken(DomainError):
    code = "slot_taken"


class BadSlot(DomainError):
    code = "bad_slot"
    status = 422


class NotWaiting(DomainError):
    code = "not_waiting"


@transaction.atomic
def take_number(
    *, by: User, subscriber: Subscriber | None = None, note: str = "", appointment: Appointment | None = None
) -> WalkIn:
    """Put somebody into the queue under the next number of the day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERS])
    now = clock.now()
    day = timezone.localdate(now)
    last = WalkIn.objects.filter(day=day).aggregate(last=Max("number"))["last"] or 0
    made = WalkIn.objects.create(
        day=day, number=last + 1, subscriber=subscriber, note=note.strip()[:200], appointment=appointment, came_at=now
    )
    history.record(made, events.visitor_came, by=by, number=made.number)
    return made


@transaction.atomic
def call_next(*, by: User) -> WalkIn | None:
    """Call whoever is next; the visitor who is still at this desk counts as served. None when nobody waits.

    Who had an appointment goes first, then the numbers in order. Two desks never call the same person.
    """
    for one in WalkIn.objects.select_for_update(of=("self",)).filter(called_by=by, state=State.CALLED):
        _end(one, State.SERVED, by=by)
    today = WalkIn.objects.filter(state=State.WAITS, day=timezone.localdate(clock.now()))
    in_turn = today.order_by(F("appointment__starts_at").asc(nulls_last=True), "number")
    following = in_turn.select_for_update(of=("self",), skip_locked=True).first()
    if following:
        following.state, following.called_at, following.called_by = State.CALLED, clock.now(), by
        following.save(update_fields=["state", "called_at", "called_by"])
        history.record(following, events.visitor_called, by=by, number=following.number)
    return following


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


def book(*, subscriber: Subscriber, starts_at: datetime, note: str = "", by: User) -> Appointment:
    """A quarter of an hour at the office. Raises BadSlot (past, too far, outside the hours), SlotTaken."""
    local = timezone.localtime(starts_at)
    step = local.minute % Appointment.MINUTES or local.second or local.microsecond
    if step or not Appointment.OPENS <= local.time() < Appointment.CLOSES or local.weekday() > 4:
        raise BadSlot(_("Choose a quarter of an hour of a working day."), fields={"at": _("Choose another time.")})
    if not clock.now() < starts_at < clock.now() + FURTHEST:
        raise BadSlot(_("Choose a time from now to two months ahead."), fields={"at": _("Choose another time.")})
    try:
        with transaction.atomic():
            made = Appointment.objects.create(
                subscriber=subscriber, starts_at=starts_at, note=note.strip()[:200], made_by=by
            )
            history.record(made, events.appointment_made, by=by)
    except IntegrityError as error:
        text = _("This time is taken: choose another.")
        raise SlotTaken(text, fields={"at": text}) from error
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
