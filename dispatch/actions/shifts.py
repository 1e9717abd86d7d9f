"""Who works when, and what he can be sent to."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from common import history
from common.errors import DomainError
from dispatch import events
from dispatch.models import Master, Shift, Skill, Visit, bounds
from dispatch.queries import BUSY
from staff.models import Role, User

LONGEST = timedelta(hours=24)


class NoShift(DomainError):
    code = "no_shift"
    status = 422


class ShiftTaken(DomainError):
    code = "shift_taken"


class ShiftBusy(DomainError):
    code = "shift_busy"


@transaction.atomic
def set_shifts(*, user: User, hours: Iterable[tuple[datetime, datetime]], by: User) -> list[Shift]:
    """Let a master work in each of these periods: all of them, or none. His first shift makes him known to dispatch.

    Raises NoShift for hours that are none or for somebody who is no master, ShiftTaken where he works already.
    """
    if user.role != Role.MASTER or not user.is_active:
        raise NoShift(_("Choose a master."))
    master, _is_new = Master.objects.get_or_create(user=user, defaults={"skills": list(Skill.values)})
    shifts = []
    for start, end in hours:
        if not timedelta() < end - start <= LONGEST:
            raise NoShift(_("A shift ends after it starts, within a day."))
        try:
            with transaction.atomic():
                shifts.append(Shift.objects.create(master=master, hours=DateTimeTZRange(start, end)))
        except IntegrityError as error:
            if "dispatch_shift_no_overlap" not in str(error):
                raise
            raise ShiftTaken(_("%(who)s already works at that time.") % {"who": user.title}) from error
        history.record(master, events.shift_set, by=by, start=start.isoformat(), end=end.isoformat())
    return shifts


@transaction.atomic
def remove_shift(*, shift: Shift, by: User) -> None:
    """He does not work then after all. Raises ShiftBusy while a visit of his lies in it: move that first."""
    master = Master.objects.select_for_update().get(pk=shift.master_id)
    if Visit.objects.filter(master=master, state__in=BUSY, window__overlap=shift.hours).exists():
        raise ShiftBusy(_("He has visits in this shift: give them to somebody else first."))
    start, end = bounds(shift.hours)
    shift.delete()
    history.record(master, events.shift_removed, by=by, start=start.isoformat(), end=end.isoformat())


@transaction.atomic
def set_skills(*, user: User, skills: Iterable[str], by: User) -> Master:
    """What a master can be sent to; the detector's visits ask for one of them."""
    chosen = sorted(set(skills) & set(Skill.values))
    if user.role != Role.MASTER:
        raise NoShift(_("Choose a master."))
    Master.objects.get_or_create(user=user, defaults={"skills": list(Skill.values)})
    master = Master.objects.select_for_update().get(user=user)
    if master.skills != chosen:
        old, master.skills = master.skills, chosen
        master.save(update_fields=["skills"])
        history.record(master, events.skills_set, by=by, old=old, new=chosen)
    return master
