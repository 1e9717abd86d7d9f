"""The rules of promises: targets, steps, calendars. Each change reaches the open tickets through the sweep."""

from datetime import date
from typing import Any

import holidays
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common import clock, history
from common.errors import DomainError
from common.history import System
from staff.models import User
from tickets import events
from tickets.actions.clocks import mark_stale
from tickets.models import CalendarDay, SlaPolicy, SlaStep, WorkCalendar
from tickets.sla.calendars import BadCalendar, Day

_FIELDS = {"desk", "topic", "priority", "calendar", "first_min", "next_min", "resolution_min", "pauses"}


class TwoPromises(DomainError):
    code = "two_promises"
    status = 422


class StepKnown(DomainError):
    code = "step_known"
    status = 422


class WrongHours(DomainError):
    code = "wrong_hours"
    status = 422


@transaction.atomic
def save_promise(*, policy: SlaPolicy | None, by: User, **fields: Any) -> SlaPolicy:
    """Write or change a policy. Raises TwoPromises where one for the same desk, topic and priority holds already."""
    assert fields.keys() <= _FIELDS
    if policy is None:
        policy, old = SlaPolicy(), {}
    else:
        policy = SlaPolicy.objects.select_for_update().get(pk=policy.pk)
        old = {name: getattr(policy, name) for name in fields}
    differs = {name: [_plain(old.get(name)), _plain(value)] for name, value in fields.items() if old.get(name) != value}
    if not differs:
        return policy
    for name, value in fields.items():
        setattr(policy, name, value)
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError as error:
        text = _("A promise for this desk, topic and priority exists: change that one.")
        raise TwoPromises(text, fields={"topic": text}) from error
    history.record(policy, events.promise_changed, by=by, **differs)
    mark_stale()
    return policy


def _plain(value: Any) -> Any:
    return getattr(value, "pk", value)


@transaction.atomic
def retire_promise(*, policy: SlaPolicy, by: User) -> None:
    """From now on the next less exact promise holds."""
    policy = SlaPolicy.objects.select_for_update().get(pk=policy.pk)
    if policy.is_active:
        policy.is_active = False
        policy.save(update_fields=["is_active"])
        history.record(policy, events.promise_changed, by=by, is_active=[True, False])
        mark_stale()


@transaction.atomic
def add_step(*, by: User, kind: str, percent: int, deed: str, desk: str = "", to: str = "") -> SlaStep:
    """Something more happens on the way to being late. Raises StepKnown."""
    try:
        with transaction.atomic():
            step = SlaStep.objects.create(desk=desk, kind=kind, percent=percent, deed=deed, to=to, added_by=by)
    except IntegrityError as error:
        raise StepKnown(_("This happens already, or it does not say where the ticket moves.")) from error
    mark_stale()
    return step


@transaction.atomic
def remove_step(*, step: SlaStep, by: User) -> None:
    if SlaStep.objects.filter(pk=step.pk, removed_at=None).update(removed_at=clock.now(), removed_by=by):
        mark_stale()


@transaction.atomic
def set_week(*, calendar: WorkCalendar, week: list[Day], by: User) -> WorkCalendar:
    """The hours of the week, Monday first. Raises WrongHours."""
    calendar = WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    old, new = calendar.week, [[list(span) for span in day] for day in week]
    if old == new:
        return calendar
    calendar.week = new
    try:
        calendar.pure({})
    except BadCalendar as error:
        raise WrongHours(_("A calendar needs at least one working hour a week.")) from error
    calendar.save(update_fields=["week"])
    history.record(calendar, events.calendar_changed, by=by, hours=[old, new])
    mark_stale()
    return calendar


@transaction.atomic
def set_day(*, calendar: WorkCalendar, day: date, hours: Day, by: User, title: str = "") -> CalendarDay:
    """A day with hours of its own: off, or a moved working day."""
    WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    old = CalendarDay.objects.filter(calendar=calendar, date=day).first()
    written = [list(span) for span in hours]
    one, _created = CalendarDay.objects.update_or_create(
        calendar=calendar, date=day, defaults={"hours": written, "title": title.strip()[:120], "is_own": True}
    )
    said = {"day": day.isoformat(), "hours": [old.hours if old else None, written]}
    history.record(calendar, events.calendar_changed, by=by, **said)
    mark_stale()
    return one


@transaction.atomic
def forget_day(*, day: CalendarDay, by: User) -> None:
    """The day is like its weekday again."""
    said = {"day": day.date.isoformat(), "hours": [day.hours, None]}
    day.delete()
    history.record(day.calendar, events.calendar_changed, by=by, **said)
    mark_stale()


def follow_holidays() -> int:
    """The state's days off of this year and the next, into the calendars that follow them; how many days were new.

    Transferred days are decided by the government each year: what the library does not know yet, people set, and what
    people have set stays. For the sweep: costs one query when nothing is missing.
    """
    this_year = clock.now().year
    years = [this_year, this_year + 1]
    added = 0
    for calendar in WorkCalendar.objects.filter(follows_holidays=True):
        known = set(calendar.days.filter(date__year__in=years).values_list("date", flat=True))
        if {day.year for day in known} == set(years):
            continue
        off = holidays.country_holidays("RU", years=years, language="ru")
        week = calendar.pure({}).week
        new = [
            CalendarDay(calendar=calendar, date=day, hours=[], title=title[:120])
            for day, title in sorted(off.items())
            if day not in known and week[day.weekday()]
        ]
        with transaction.atomic():
            CalendarDay.objects.bulk_create(new, ignore_conflicts=True)
            if new:
                first = f"{new[0].date.isoformat()} …"
                history.record(calendar, events.calendar_changed, by=System.SWEEP, day=first, hours=[None, []])
                mark_stale()
        added += len(new)
    return added
