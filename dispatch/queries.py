from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from common import clock
from dispatch.choice import Place
from dispatch.models import PENDING, STARTED, Master, Shift, Visit, VisitKind, VisitState, bounds
from incidents.models import Incident
from staff.models import User
from tickets.models import Ticket

BUSY = (VisitState.SCHEDULED, *STARTED)


def masters_on_shift(at: datetime, *, skill: str) -> list[tuple[Master, datetime]]:
    """Skilled masters whose shift holds the moment, with the shift's end. One statement."""
    shifts = (
        Shift.objects.filter(hours__contains=at, master__skills__contains=[skill], master__user__is_active=True)
        .select_related("master__user")
        .order_by("master_id")
    )
    return [(shift.master, bounds(shift.hours)[1]) for shift in shifts]


def days_of(master_ids: list[int], *, after: datetime) -> dict[int, list[Visit]]:
    """What stands on these masters' days from `after` on, and what is still under way. One statement."""
    visits = (
        Visit.objects.filter(master__in=master_ids, state__in=BUSY)
        .filter(Q(window__endswith__gt=after - timedelta(hours=2)) | Q(state__in=STARTED))
        .select_related("building")
        .order_by("window", "pk")
    )
    days: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        days[visit.master_id or 0].append(visit)
    return days


def day_of(master_id: int, *, after: datetime) -> QuerySet[Visit]:
    return Visit.objects.filter(master=master_id, state__in=BUSY, window__endswith__gt=after).order_by("window")


def base_of(master: Master) -> Place | None:
    if master.base_latitude is None or master.base_longitude is None:
        return None
    return master.base_latitude, master.base_longitude


def visits_of(ticket: Ticket) -> QuerySet[Visit]:
    """The visits of a ticket, newest first."""
    return Visit.objects.filter(ticket=ticket).with_place().order_by("-ordered_at", "-pk")


def today_of(user: User) -> QuerySet[Visit]:
    """A master's visits of today in order, with what is late from before. His phone page."""
    start = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Q(window__startswith__lt=start + timedelta(days=1), window__startswith__gte=start)
    return (
        Visit.objects.visible_to(user)
        .filter(today | Q(state__in=STARTED) | Q(state__in=PENDING, window__startswith__lt=start))
        .with_place()
        .order_by("window", "pk")
    )


@dataclass(frozen=True, slots=True)
class Lane:
    """One master's day on the board: his shift and visits."""

    master: Master
    shift: Shift | None
    visits: list[Visit]


@dataclass(frozen=True, slots=True)
class Board:
    emergencies: list[Visit]
    unassigned: list[Visit]
    flagged: list[Visit]
    lanes: list[Lane]

    def has_night(self, day: datetime, now: datetime) -> bool:
        """Does anything stand outside 07:00-23:00 that the short board would hide?"""
        moments = [edge for lane in self.lanes for v in lane.visits if v.window for edge in bounds(v.window)]
        if day <= now < day + timedelta(days=1):
            moments.append(now)
        start, end = day + timedelta(hours=7), day + timedelta(hours=23)
        return any(not start <= at <= end for at in moments)


def board(viewer: User, *, day: datetime) -> Board:
    """The dispatcher's day from local midnight `day` on. Three statements, however many visits."""
    end = day + timedelta(days=1)
    shown = Q(window__overlap=(day, end)) | Q(state=VisitState.REQUESTED) | ~Q(flag="")
    visits = list(
        Visit.objects.visible_to(viewer)
        .exclude(state=VisitState.CANCELLED)
        .filter(shown)
        .with_place()
        .order_by("window", "due_at", "pk")
    )
    masters = Master.objects.filter(user__is_active=True).select_related("user").order_by("user__last_name", "pk")
    shifts = {s.master_id: s for s in Shift.objects.filter(hours__overlap=(day, end)).order_by("-hours")}
    by_master: dict[int | None, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_master[visit.master_id].append(visit)
    return Board(
        emergencies=[v for v in visits if v.kind == VisitKind.IMMEDIATE and not v.is_ended],
        unassigned=[v for v in visits if v.kind == VisitKind.PLANNED and v.state == VisitState.REQUESTED],
        flagged=[v for v in visits if v.flag and not v.is_ended],
        lanes=[Lane(master, shifts.get(master.pk), by_master[master.pk]) for master in masters],
    )


def visits_of_incident(incident: Incident, viewer: User) -> QuerySet[Visit]:
    return Visit.objects.visible_to(viewer).filter(incident=incident).with_place().order_by("ordered_at", "pk")


@dataclass(frozen=True, slots=True)
class Week:
    """One master's shifts, a list for each day (of the shifts that begin on it)."""

    user: User
    skills: list[str]
    days: list[list[Shift]]


def week(users: list[User], days: list[datetime]) -> list[Week]:
    """Two statements, however many masters."""
    masters = {master.user_id: master for master in Master.objects.filter(user__in=users)}
    by_day: dict[tuple[int, datetime], list[Shift]] = defaultdict(list)
    ahead = Shift.objects.filter(hours__startswith__gte=days[0], hours__startswith__lt=days[-1] + timedelta(days=1))
    for shift in ahead.order_by("hours"):
        start = timezone.localtime(bounds(shift.hours)[0])
        by_day[shift.master_id, start.replace(hour=0, minute=0, second=0, microsecond=0)].append(shift)
    return [
        Week(user, master.skills if master else [], [by_day[master.pk, day] if master else [] for day in days])
        for user in users
        for master in [masters.get(user.pk)]
    ]
