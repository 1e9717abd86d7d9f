"""Masters, their shifts, and visits: a promise that somebody will stand at a door at a certain time."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from common import clock
from common.history import Event
from staff.models import Role, User


class Skill(models.TextChoices):
    COPPER = "copper", _("In-house wiring")
    FIBRE = "fibre", _("Fibre")
    SWITCH = "switch", _("Network equipment")
    TV = "tv", _("TV")
    CONNECTION = "connection", _("New connections")


class Master(models.Model):
    """A field technician. His base is where he starts a shift, for "nearest" before the first visit of the day."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    skills = ArrayField(models.CharField(max_length=10, choices=Skill.choices), default=list)
    base_latitude = models.FloatField(null=True, blank=True)
    base_longitude = models.FloatField(null=True, blank=True)
    phone = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ("user__last_name", "id")

    def __str__(self) -> str:
        return f"master {self.pk}"

    def live_topics(self) -> list[str]:
        return [f"user:{self.user_id}", "desk:dispatch", "visits:all"]


class MasterEvent(Event):
    thing = models.ForeignKey(Master, on_delete=models.PROTECT, related_name="history")


class Shift(models.Model):
    """When a master works."""

    master = models.ForeignKey(Master, on_delete=models.CASCADE, related_name="shifts")
    hours = DateTimeRangeField()

    class Meta:
        ordering = ("hours",)
        constraints = (
            ExclusionConstraint(
                name="dispatch_shift_no_overlap",
                expressions=[
                    (Func(F("master"), F("master"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    ("hours", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(hours__isempty=False, hours__lower_inf=False, hours__upper_inf=False),
                name="dispatch_shift_has_both_ends",
            ),
        )

    def __str__(self) -> str:
        return f"shift {self.pk}"


class VisitKind(models.TextChoices):
    PLANNED = "planned", _("Planned")
    IMMEDIATE = "immediate", _("Immediate")


class VisitState(models.TextChoices):
    REQUESTED = "requested", _("No master yet")
    SCHEDULED = "scheduled", _("Scheduled")
    EN_ROUTE = "en_route", _("On the way")
    ON_SITE = "on_site", _("On site")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Cause(models.TextChoices):
    """What the master found; asked for when a visit ends."""

    CABLE = "cable", _("Cable damaged")
    EQUIPMENT = "equipment", _("Our equipment")
    POWER = "power", _("No power in the building")
    ROUTER = "router", _("Subscriber's router")
    CONNECTED = "connected", _("Connected")
    NO_FAULT = "no_fault", _("No fault found")
    NO_ACCESS = "no_access", _("No access")
    NOBODY_HOME = "nobody_home", _("Nobody at home")
    NEEDS_PARTS = "needs_parts", _("Parts are needed")


CAUSES_OF_FAILURE = frozenset({Cause.NO_ACCESS, Cause.NOBODY_HOME, Cause.NEEDS_PARTS})

MOVES: dict[str, frozenset[str]] = {
    VisitState.REQUESTED: frozenset({VisitState.SCHEDULED, VisitState.CANCELLED}),
    VisitState.SCHEDULED: frozenset(
        {VisitState.REQUESTED, VisitState.SCHEDULED, VisitState.EN_ROUTE, VisitState.CANCELLED}
    ),
    VisitState.EN_ROUTE: frozenset({VisitState.ON_SITE, VisitState.SCHEDULED, VisitState.FAILED, VisitState.CANCELLED}),
    VisitState.ON_SITE: frozenset({VisitState.DONE, VisitState.FAILED}),
    VisitState.DONE: frozenset(),
    VisitState.FAILED: frozenset(),
    VisitState.CANCELLED: frozenset(),
}
STARTED = (VisitState.EN_ROUTE, VisitState.ON_SITE)
NOT_STARTED = (VisitState.REQUESTED, VisitState.SCHEDULED)
PENDING = (*NOT_STARTED, *STARTED)
ENDED = (VisitState.DONE, VisitState.FAILED, VisitState.CANCELLED)


def bounds(window: DateTimeTZRange) -> tuple[datetime, datetime]:
    """Both ends of a window or of a shift's hours: the constraints below let no open one in."""
    assert window.lower is not None
    assert window.upper is not None
    return window.lower, window.upper


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: User) -> "VisitQuerySet":
        """A master sees his own from yesterday on; the finance desk none; the other desks all."""
        if user.role == Role.MASTER:
            since = clock.now() - timedelta(days=1)
            return self.filter(master__user=user).filter(Q(ended_at=None) | Q(ended_at__gt=since))
        return self.none() if user.role == Role.ACCOUNTANT else self

    def pending(self) -> "VisitQuerySet":
        return self.filter(state__in=PENDING)

    def with_place(self) -> "VisitQuerySet":
        return self.select_related(
            "building__street", "building__node", "subscriber__premise", "master__user", "incident__node", "ticket"
        )


class Visit(models.Model):
    kind = models.CharField(max_length=10, choices=VisitKind.choices)
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.REQUESTED)
    building = models.ForeignKey("network.Building", null=True, on_delete=models.PROTECT, related_name="+")
    subscriber = models.ForeignKey("customers.Subscriber", null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", null=True, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey("incidents.Incident", null=True, on_delete=models.PROTECT, related_name="+")
    skill = models.CharField(max_length=10, choices=Skill.choices, default=Skill.COPPER)
    master = models.ForeignKey(Master, null=True, on_delete=models.PROTECT, related_name="visits")
    # The stubs' range fields know no NULL.
    window: "models.Field[Any, DateTimeTZRange | None]" = DateTimeRangeField(null=True)  # type: ignore[misc]
    ordered_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    en_route_at = models.DateTimeField(null=True)
    on_site_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=12, choices=Cause.choices, blank=True)
    report = models.TextField(blank=True)
    # Why a dispatcher must look: nobody was free, it was moved for an emergency, its incident became part of another.
    flag = models.CharField(max_length=20, blank=True)

    SHORTEST: ClassVar[timedelta] = timedelta(minutes=10)
    LONGEST: ClassVar[timedelta] = timedelta(hours=12)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ("ordered_at", "id")
        constraints = (
            # int8range needs no btree_gist, which the embedded server lacks. Take the master's row lock first:
            # two single inserts may deadlock on an exclusion constraint instead of failing cleanly.
            ExclusionConstraint(
                name="dispatch_visit_no_overlap",
                condition=Q(state__in=["scheduled", "en_route", "on_site"]),
                expressions=[
                    (Func(F("master"), F("master"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    ("window", RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(kind="immediate"), name="dispatch_one_immediate_visit"
            ),
            models.CheckConstraint(
                condition=(Q(master=None, window=None) & Q(state__in=["requested", "cancelled"]))
                | (
                    Q(master__isnull=False, window__isempty=False, window__lower_inf=False, window__upper_inf=False)
                    & ~Q(state="requested")
                ),
                name="dispatch_visit_window_with_master",
            ),
            models.CheckConstraint(
                condition=Q(kind="immediate", incident__isnull=False) | Q(kind="planned"),
                name="dispatch_immediate_has_incident",
            ),
            models.CheckConstraint(
                condition=Q(building__isnull=False) | Q(incident__isnull=False), name="dispatch_visit_has_place"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed", "cancelled"], ended_at__isnull=False)
                | (~Q(state__in=["done", "failed", "cancelled"]) & Q(ended_at=None)),
                name="dispatch_visit_end_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "failed"]) | ~Q(cause=""), name="dispatch_visit_end_has_cause"
            ),
        )
        indexes = (
            models.Index(fields=["master", "window"], name="dispatch_master_day"),
            models.Index(fields=["due_at"], name="dispatch_waiting", condition=Q(state="requested")),
        )

    def __str__(self) -> str:
        return f"visit {self.pk}"

    @property
    def place(self) -> str:
        """Where to go, in words; costs queries unless loaded `with_place`."""
        if self.building is None:
            return self.incident.scope_title if self.incident else ""
        flat = f", кв. {self.subscriber.premise.number}" if self.subscriber and self.subscriber.premise else ""
        return f"{self.building.title}{flat}"

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    def live_topics(self) -> list[str]:
        topics = [f"visit:{self.pk}", "desk:dispatch", "visits:all"]
        return [*topics, f"user:{self.master.user_id}"] if self.master else topics


class VisitEvent(Event):
    own_functions: ClassVar[tuple[str, ...]] = ("erase_visit_history(bigint)",)  # for common.grants

    thing = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="history")
