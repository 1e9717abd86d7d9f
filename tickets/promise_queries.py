"""What the supervisor's pages about promises show."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from common import clock
from tickets.models import CalendarDay, SlaPolicy, SlaStep, StaleClock, WorkCalendar
from tickets.sla.clock import Kind


@dataclass(frozen=True)
class Promised:
    """A policy with what a ticket opened at this moment would be due."""

    policy: SlaPolicy
    first: datetime | None
    next: datetime | None
    resolution: datetime | None


def promises() -> list[Promised]:
    """Every policy in force, by desk, the general ones first. Three queries."""
    now, found = clock.now(), []
    rows = (
        SlaPolicy.objects.filter(is_active=True).select_related("topic", "calendar").prefetch_related("calendar__days")
    )
    for policy in rows:
        calendar = policy.calendar.pure()
        targets = {kind: policy.target(kind) for kind in Kind}
        due = {kind: calendar.add(now, target) if target else None for kind, target in targets.items()}
        found.append(Promised(policy, due[Kind.FIRST], due[Kind.NEXT], due[Kind.RESOLUTION]))
    return found


def steps() -> QuerySet[SlaStep]:
    return SlaStep.objects.filter(removed_at=None).order_by("desk", "kind", "percent", "pk")


def stale() -> int:
    """How many tickets wait for their clocks to be counted anew."""
    return StaleClock.objects.count()


def days(calendar: WorkCalendar) -> QuerySet[CalendarDay]:
    """The days of this year and later that differ from their weekday."""
    return calendar.days.filter(date__year__gte=timezone.localdate(clock.now()).year).order_by("date")
