"""People who come to the office: a number in the queue, or a time agreed before."""

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from staff.models import Role, User


class FrontDeskQuerySet(models.QuerySet["WalkIn"]):
    def visible_to(self, user: User) -> "FrontDeskQuerySet":
        return self if user.role == Role.ACCOUNTANT else self.none()

    def in_turn(self) -> "FrontDeskQuerySet":
        """Who waits, in the order of being called: appointments by their time, then the numbers."""
        waiting = self.filter(state=WalkIn.State.WAITS)
        return waiting.order_by(F("appointment__starts_at").asc(nulls_last=True), "number")


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: User) -> "AppointmentQuerySet":
        return self if user.role == Role.ACCOUNTANT else self.none()

    def standing(self) -> "AppointmentQuerySet":
        return self.exclude(state=Appointment.State.CANCELLED)


class Appointment(models.Model):
    """A quarter of an hour at the office, for one subscriber at one of the desks (`place`, from 1)."""

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        CAME = "came", _("Came")
        CANCELLED = "cancelled", _("Cancelled")

    OPENS, CLOSES, MINUTES = time(9), time(18), 15

    starts_at = models.DateTimeField()
    place = models.PositiveSmallIntegerField(default=1)
    subscriber = models.ForeignKey("customers.Subscriber", on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.BOOKED)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["starts_at", "place"], condition=~Q(state="cancelled"), name="billing_one_appointment_at_a_desk"
            ),
            models.UniqueConstraint(
                fields=["subscriber", "starts_at"],
                condition=~Q(state="cancelled"),
                name="billing_one_appointment_of_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"appointment {self.pk}"

    def live_topics(self) -> list[str]:
        return ["frontdesk:all"]


class AppointmentEvent(Event):
    thing = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="history")


class WalkIn(models.Model):
    """Somebody waits at the front desk under a number of the day; who had an appointment goes before the rest."""

    class State(models.TextChoices):
        WAITS = "waits", _("Waits")
        CALLED = "called", _("At the desk")
        SERVED = "served", _("Served")
        LEFT = "left", _("Left")

    ENDED: ClassVar[tuple[str, ...]] = (State.SERVED, State.LEFT)

    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    subscriber = models.ForeignKey("customers.Subscriber", null=True, on_delete=models.PROTECT, related_name="+")
    appointment = models.OneToOneField(Appointment, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    # The form's: a second click gives the same number.
    key = models.CharField(max_length=40, unique=True, null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITS)
    came_at = models.DateTimeField(default=clock.now)
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = FrontDeskQuerySet.as_manager()

    class Meta:
        ordering = ("day", "number")
        constraints = (
            models.UniqueConstraint(fields=["day", "number"], name="billing_number_of_the_day"),
            models.UniqueConstraint(
                fields=["called_by"], condition=Q(state="called"), name="billing_one_visitor_at_a_desk"
            ),
            models.CheckConstraint(
                condition=Q(state="waits", called_by=None, ended_at=None)
                | Q(state="called", called_by__isnull=False, ended_at=None)
                | Q(state__in=["served", "left"], ended_at__isnull=False),
                name="billing_walk_in_state_has_its_dates",
            ),
        )
        indexes = (models.Index(fields=["day", "number"], name="billing_queue", condition=Q(state="waits")),)

    def __str__(self) -> str:
        return f"walk-in {self.pk}"

    def live_topics(self) -> list[str]:
        return ["frontdesk:all"]


class WalkInEvent(Event):
    thing = models.ForeignKey(WalkIn, on_delete=models.PROTECT, related_name="history")
