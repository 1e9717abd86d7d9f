"""Who wants to be connected, where, and how far it has come; and who asked in vain."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from dispatch.models.visits import Visit
from network.models import ConnectionState
from staff.models import OUTSOURCED_ROLES, Role, User


class Wants(models.TextChoices):
    INTERNET = "internet", _("Internet")
    TV = "tv", _("TV")
    BOTH = "both", _("Internet and TV")


class RequestState(models.TextChoices):
    NEW = "new", _("To be called back")
    CHECKING = "checking", _("An engineer checks")
    OFFERED = "offered", _("A window is to be chosen")
    BOOKED = "booked", _("Visit booked")
    CONNECTED = "connected", _("Connected")
    REFUSED = "refused", _("Cannot be connected")
    LOST = "lost", _("Not wanted any more")


OPEN_STATES = (RequestState.NEW, RequestState.CHECKING, RequestState.OFFERED, RequestState.BOOKED)
_OPEN = Q(state__in=["new", "checking", "offered", "booked"])


class ConnectionRequestQuerySet(models.QuerySet["ConnectionRequest"]):
    def visible_to(self, user: User) -> "ConnectionRequestQuerySet":
        """The desks that connect see all; who took it by phone sees his own, and his lead those of her people."""
        if user.role in {Role.MASTER, Role.ACCOUNTANT}:
            return self.none()
        if user.role == Role.LEAD:
            return self.filter(asked_by__role__in=OUTSOURCED_ROLES)
        return self.filter(asked_by=user) if user.role == Role.OPERATOR else self

    def unfinished(self) -> "ConnectionRequestQuerySet":
        return self.filter(state__in=OPEN_STATES)


class ConnectionRequest(models.Model):
    """A wish to be connected at one flat. `address` holds what was typed where the register has no such house."""

    contact = models.ForeignKey("contacts.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="+")
    building = models.ForeignKey("network.Building", null=True, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    flat = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    wants = models.CharField(max_length=10, choices=Wants.choices, default=Wants.INTERNET)
    tariff = models.CharField(max_length=200, blank=True)
    # What was said about the address at that moment, and what became of an engineer's check.
    verdict = models.CharField(max_length=5, choices=ConnectionState.choices)
    why = models.CharField(max_length=300, blank=True)
    is_feasible = models.BooleanField(null=True)
    check_by = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=RequestState.choices)
    reason = models.CharField(max_length=300, blank=True)  # of a refusal or a loss
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    objects = ConnectionRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(building__isnull=False, address="") | Q(building=None, address__gt=""),
                name="dispatch_connection_has_one_place",
            ),
            models.UniqueConstraint("building", Lower("flat"), condition=_OPEN, name="dispatch_connection_one_a_flat"),
            models.UniqueConstraint(
                Lower("address"),
                Lower("flat"),
                condition=_OPEN & Q(building=None),
                name="dispatch_connection_one_an_address",
            ),
            models.UniqueConstraint(fields=["ticket"], name="dispatch_connection_one_a_ticket"),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="dispatch_connection_state_known"),
            models.CheckConstraint(condition=Q(wants__in=Wants.values), name="dispatch_connection_wants_known"),
            models.CheckConstraint(condition=Q(verdict__in=["green", "amber"]), name="dispatch_connection_not_red"),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "lost"]) | ~Q(reason=""), name="dispatch_connection_end_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["booked", "connected"]) | Q(visit__isnull=False),
                name="dispatch_connection_booked_has_visit",
            ),
            models.CheckConstraint(
                condition=(Q(state="checking", is_feasible=None, check_by__isnull=False) | ~Q(state="checking")),
                name="dispatch_connection_check_has_date",
            ),
        )
        indexes = (models.Index(fields=["state", "-asked_at"], name="dispatch_connection_state"),)

    def __str__(self) -> str:
        return f"connection request {self.pk}"

    @property
    def place(self) -> str:
        """The address in words; costs queries unless the building and its street are loaded."""
        where = self.building.title if self.building else self.address
        return f"{where}, кв. {self.flat}" if self.flat else where

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def live_topics(self) -> list[str]:
        return ["desk:dispatch", "visits:all", f"contact:{self.contact_id}"] if self.contact_id else ["visits:all"]


class ConnectionRequestEvent(Event):
    thing = models.ForeignKey(ConnectionRequest, on_delete=models.PROTECT, related_name="history")


class HouseVote(models.Model):
    """Somebody asked where we are not: one vote of a contact for a house, or for an address that was typed."""

    contact = models.ForeignKey("contacts.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    building = models.ForeignKey("network.Building", null=True, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    SHOWN: ClassVar[int] = 200

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(building__isnull=False, address="") | Q(building=None, address__gt=""),
                name="dispatch_vote_has_one_place",
            ),
            models.UniqueConstraint(
                fields=["contact", "building"], condition=Q(building__isnull=False), name="dispatch_vote_once_a_house"
            ),
            models.UniqueConstraint(
                "contact", Lower("address"), condition=Q(building=None), name="dispatch_vote_once_an_address"
            ),
        )

    def __str__(self) -> str:
        return f"vote {self.pk}"
