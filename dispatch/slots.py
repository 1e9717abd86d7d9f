"""Windows that can be promised: only what somebody on shift can really keep."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from common import clock
from dispatch.models import Master, Shift, Visit, VisitState, bounds
from dispatch.queries import BUSY

LENGTH = timedelta(hours=2)
NOTICE = timedelta(minutes=30)  # a master cannot be promised sooner than this


@dataclass(frozen=True, slots=True)
class Slot:
    """A window and how many masters could still keep it."""

    start: datetime
    end: datetime
    masters: int


def free_slots(*, skill: str, within: timedelta = timedelta(hours=24), length: timedelta = LENGTH) -> list[Slot]:
    """The windows of the next `within` that at least one skilled master on shift is free for. Two statements."""
    now = clock.now()
    until = now + within
    shifts = list(
        Shift.objects.filter(
            hours__overlap=(now, until + length), master__skills__contains=[skill], master__user__is_active=True
        )
    )
    rows = Visit.objects.filter(state__in=BUSY, window__overlap=(now, until + length))
    busy = [(visit.master_id, *bounds(visit.window)) for visit in rows.only("master", "window") if visit.window]
    hours = [(shift.master_id, *bounds(shift.hours)) for shift in shifts]
    slots = []
    start = _next_even_hour(now + NOTICE)
    while start < until:
        end = start + length
        free = {
            master
            for master, begins, ends in hours
            if begins <= start
            and end <= ends
            and not any(m == master and lower < end and upper > start for m, lower, upper in busy)
        }
        if free:
            slots.append(Slot(start, end, len(free)))
        start = end
    return slots


def free_master(*, start: datetime, length: timedelta, skill: str) -> Master | None:
    """The skilled master who is on shift and free in this window and has least to do that day."""
    window = (start, start + length)
    busy = Visit.objects.filter(state__in=BUSY, window__overlap=window).values("master")
    day = timezone.localtime(start).date()
    return (
        Master.objects.filter(shifts__hours__contains=window, skills__contains=[skill], user__is_active=True)
        .exclude(pk__in=busy)
        .annotate(
            load=Count(
                "visits", filter=Q(visits__window__startswith__date=day) & ~Q(visits__state=VisitState.CANCELLED)
            )
        )
        .order_by("load", "pk")
        .first()
    )


def _next_even_hour(at: datetime) -> datetime:
    """Windows begin at 9, 11, 13 ... local time, so that people can say them."""
    local = timezone.localtime(at).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return local if local.hour % 2 else local + timedelta(hours=1)
