"""Promises in rows: calendars of working time, targets by desk, topic and priority, what happens on the way to being
late, and each ticket's clocks as they stand."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from staff.models import Desk, User
from tickets.models.ticket import TICKET_DESKS, Priority, Status, Ticket
from tickets.sla import hours
from tickets.sla.calendars import WHOLE_DAY, Calendar, Day
from tickets.sla.clock import Kind


class ClockKind(models.TextChoices):
    FIRST = Kind.FIRST, _("First response")
    NEXT = Kind.NEXT, _("Next response")
    RESOLUTION = Kind.RESOLUTION, _("Resolution")


class WorkCalendar(models.Model):
    """Working hours by weekday. `week`: seven lists of `[start, end]` in minutes of the local day, Monday first."""

    code = models.SlugField(unique=True)
    title_ru = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    zone = models.CharField(max_length=40, default="Europe/Moscow")
    week = models.JSONField()
    # Days off and moved working days come from the state's calendar, each year anew; people edit on top.
    follows_holidays = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") else self.title_ru

    def live_topics(self) -> list[str]:
        return []

    def pure(self, days: "dict[date, Day] | None" = None) -> Calendar:
        """What the clocks count by. Reads the days that differ, unless they are given. Raises BadCalendar."""
        if days is None:
            days = {day.date: day.pure for day in self.days.all()}
        week = tuple(tuple((start, end) for start, end in day) for day in self.week)
        return Calendar(self.zone, week, days)  # type: ignore[arg-type]  # its length is checked there


class WorkCalendarEvent(Event):
    thing = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="history")


class CalendarDay(models.Model):
    """A day with other hours than its weekday; no hours at all: a day off."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="days")
    date = models.DateField()
    hours = models.JSONField(default=list, blank=True)  # as in WorkCalendar.week
    title = models.CharField(max_length=120, blank=True)
    # What people set stays when the state's calendar is read again.
    is_own = models.BooleanField(default=False)

    class Meta:
        ordering = ("date",)
        constraints = (models.UniqueConstraint(fields=["calendar", "date"], name="tickets_calendar_day_once"),)

    def __str__(self) -> str:
        return f"{self.calendar_id}: {self.date}"

    @property
    def pure(self) -> Day:
        return tuple((start, end) for start, end in self.hours)

    @property
    def words(self) -> str:
        return hours.shown(self.pure)


class SlaPolicy(models.Model):
    """Targets in working minutes for a desk's tickets, or for those of one topic or priority; none = no promise.

    The most exact policy holds: topic and priority, then topic, then priority, then the desk's own.
    """

    desk = models.CharField(max_length=20, choices=[(d.value, d.label) for d in TICKET_DESKS])
    topic = models.ForeignKey("contacts.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    priority = models.PositiveSmallIntegerField(null=True, blank=True, choices=Priority.choices)
    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="+")
    first_min = models.PositiveIntegerField(null=True, blank=True)
    next_min = models.PositiveIntegerField(null=True, blank=True)
    resolution_min = models.PositiveIntegerField(null=True, blank=True)
    pauses = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("desk", F("topic").asc(nulls_first=True), F("priority").asc(nulls_first=True))
        constraints = (
            models.UniqueConstraint(
                fields=["desk", "topic", "priority"],
                condition=Q(is_active=True),
                name="tickets_sla_one_policy",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(desk__in=TICKET_DESKS), name="tickets_sla_desk"),
            models.CheckConstraint(
                condition=(Q(first_min=None) | Q(first_min__gte=1))
                & (Q(next_min=None) | Q(next_min__gte=1))
                & (Q(resolution_min=None) | Q(resolution_min__gte=1)),
                name="tickets_sla_minutes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.desk}/{self.topic_id or '*'}/{self.priority or '*'}"

    def live_topics(self) -> list[str]:
        return []

    def target(self, kind: str) -> timedelta | None:
        minutes: int | None = getattr(self, f"{kind}_min")
        return None if minutes is None else timedelta(minutes=minutes)


class SlaPolicyEvent(Event):
    thing = models.ForeignKey(SlaPolicy, on_delete=models.PROTECT, related_name="history")


class SlaStepQuerySet(models.QuerySet["SlaStep"]):
    def of(self, desk: str) -> "SlaStepQuerySet":
        """What is in force for this desk's tickets: everybody's steps and its own."""
        return self.filter(desk__in=["", desk], removed_at=None)


class SlaStep(models.Model):
    """What happens when so much of a promise's time has passed."""

    class Deed(models.TextChoices):
        WARN = "warn", _("Tell who has it in work")
        LEAD = "lead", _("Tell the supervisor and the desk's lead")
        RAISE = "raise", _("Raise the priority")
        MOVE = "move", _("Move to another desk")

    desk = models.CharField(max_length=20, blank=True, choices=[(d.value, d.label) for d in TICKET_DESKS])
    kind = models.CharField(max_length=10, choices=ClockKind.choices)
    percent = models.PositiveSmallIntegerField()
    deed = models.CharField(max_length=10, choices=Deed.choices)
    to = models.CharField(max_length=20, blank=True, choices=[(d.value, d.label) for d in TICKET_DESKS])
    # Its own history: a step is added and removed, never changed.
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = SlaStepQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "percent", "id")
        constraints = (
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=500), name="tickets_sla_step_percent"),
            models.CheckConstraint(
                condition=(Q(deed="move") & ~Q(to="")) | (~Q(deed="move") & Q(to="")), name="tickets_sla_step_to"
            ),
            models.UniqueConstraint(
                fields=["desk", "kind", "percent", "deed"], condition=Q(removed_at=None), name="tickets_sla_step_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.desk or '*'} {self.kind} {self.percent} % {self.deed}"


class TicketClock(models.Model):
    """One run of one clock, as computed from the history when it last changed."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=10, choices=ClockKind.choices)
    run = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    target_s = models.PositiveIntegerField()
    due_at = models.DateTimeField(null=True)
    # Working seconds that were left when it came to rest; while it runs, `due_at` tells.
    left_s = models.IntegerField()
    met_at = models.DateTimeField(null=True)
    alarm_at = models.DateTimeField(null=True)
    # The highest step that has happened in this run: nothing happens twice.
    passed_percent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("ticket", "kind", "run")
        constraints = (
            models.UniqueConstraint(fields=["ticket", "kind", "run"], name="tickets_clock_run_once"),
            models.CheckConstraint(condition=Q(met_at=None) | Q(alarm_at=None), name="tickets_clock_met_is_silent"),
        )
        indexes = (models.Index(fields=["alarm_at"], name="tickets_clock_alarm", condition=~Q(alarm_at=None)),)

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.kind} {self.run}"

    @property
    def left(self) -> str:
        """Hours and minutes of working time that were left when it came to rest."""
        hours, minutes = divmod(max(self.left_s, 0) // 60, 60)
        return f"{hours}:{minutes:02d}"

    @property
    def is_paused(self) -> bool:
        return self.met_at is None and self.due_at is None

    @property
    def is_late(self) -> bool:
        """Late now, or met too late."""
        return self.due_at is not None and self.due_at < (self.met_at or clock.now())


class StaleClock(models.Model):
    """A ticket whose clocks are to be computed again, because the rules have changed. Emptied by the sweep."""

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.ticket_id)


OFFICE_WEEK = [[[540, 1080]]] * 5 + [[], []]
CALENDARS: list[dict[str, Any]] = [
    dict(code="always", title_ru="Круглосуточно", title_en="Around the clock", week=[[list(WHOLE_DAY[0])]] * 7),
    dict(
        code="office",
        title_ru="Офис: пн–пт 9–18",
        title_en="Office: Mon-Fri 9-18",
        week=OFFICE_WEEK,
        follows_holidays=True,
    ),
]
_DAY, _HOUR = 24 * 60, 60
# What cannot be solved remotely is visited within a day: a planned visit does not stop that promise's clock.
POLICIES: list[dict[str, Any]] = [
    dict(desk=Desk.FIRST_LINE, first_min=15, next_min=_HOUR, resolution_min=_DAY, calendar="always"),
    dict(desk=Desk.SUPPORT, first_min=30, next_min=_HOUR, resolution_min=_DAY, calendar="always"),
    dict(desk=Desk.DISPATCH, first_min=30, next_min=_HOUR, resolution_min=_DAY, calendar="always"),
    dict(desk=Desk.FINANCE, first_min=_HOUR, next_min=2 * _HOUR, resolution_min=9 * _HOUR, calendar="office"),
]
STEPS: list[dict[str, Any]] = [
    dict(kind=kind, percent=percent, deed=deed)
    for kind in ClockKind.values
    for percent, deed in ((80, SlaStep.Deed.WARN), (100, SlaStep.Deed.LEAD))
]


def seed_sla(**_: Any) -> None:
    """The first promises of an empty system; a supervisor's edits are never overwritten."""
    WorkCalendar.objects.bulk_create([WorkCalendar(**row) for row in CALENDARS], ignore_conflicts=True)
    if SlaPolicy.objects.exists():
        return
    calendars = {calendar.code: calendar for calendar in WorkCalendar.objects.all()}
    pauses = [Status.WAITING, Status.POSTPONED]
    SlaPolicy.objects.bulk_create(
        [SlaPolicy(**{**row, "calendar": calendars[row["calendar"]], "pauses": pauses}) for row in POLICIES]
    )
    SlaStep.objects.bulk_create([SlaStep(**row) for row in STEPS])


__all__ = [
    "CalendarDay",
    "ClockKind",
    "SlaPolicy",
    "SlaPolicyEvent",
    "SlaStep",
    "StaleClock",
    "TicketClock",
    "WorkCalendar",
    "WorkCalendarEvent",
    "seed_sla",
]
