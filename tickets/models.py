"""Work that somebody must do later."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from contacts.models import Channel
from staff.models import Desk, Role, User


class Status(models.TextChoices):
    NEW = "new", _("New")
    IN_WORK = "in_work", _("In work")
    WAITING = "waiting", _("Waiting")
    VISIT = "visit", _("Visit planned")
    RESOLVED = "resolved", _("Resolved")


MOVES: dict[str, frozenset[str]] = {
    Status.NEW: frozenset({Status.IN_WORK, Status.WAITING, Status.VISIT, Status.RESOLVED}),
    Status.IN_WORK: frozenset({Status.NEW, Status.WAITING, Status.VISIT, Status.RESOLVED}),
    Status.WAITING: frozenset({Status.NEW, Status.IN_WORK, Status.VISIT, Status.RESOLVED}),
    Status.VISIT: frozenset({Status.NEW, Status.IN_WORK, Status.WAITING, Status.RESOLVED}),
    Status.RESOLVED: frozenset({Status.NEW, Status.IN_WORK}),
}


class Priority(models.IntegerChoices):
    P1 = 1, "P1"
    P2 = 2, "P2"
    P3 = 3, "P3"
    P4 = 4, "P4"


# The desks whose work is tickets; masters work by visits, supervision by exception.
TICKET_DESKS = (Desk.FIRST_LINE, Desk.SUPPORT, Desk.FINANCE, Desk.DISPATCH)
_OWN_DESK_ONLY = {Role.OPERATOR, Role.LEAD, Role.ACCOUNTANT}


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: User) -> "TicketQuerySet":
        """The in-house desks see all but the finance desk's; the outsourcer and finance see their own desk's."""
        if user.role in {Role.SUPERVISOR, Role.ADMIN}:
            return self
        if user.role in _OWN_DESK_ONLY:
            return self.filter(Q(desk=user.desk) | Q(opened_by=user))
        if user.role in {Role.SUPPORT, Role.DISPATCHER}:
            return self.exclude(desk=Desk.FINANCE)
        return self.none()

    def unresolved(self) -> "TicketQuerySet":
        return self.exclude(status=Status.RESOLVED)

    def with_people(self) -> "TicketQuerySet":
        return self.select_related(
            "topic", "assignee", "subscriber__premise", "building__street", "building__node", "contact"
        )


class Ticket(models.Model):
    number = models.CharField(max_length=12, unique=True)
    desk = models.CharField(max_length=20, choices=Desk.choices)
    topic = models.ForeignKey("contacts.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(_("subject"), max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.P3)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    contact = models.ForeignKey("contacts.Contact", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subscriber = models.ForeignKey(
        "customers.Subscriber", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    building = models.ForeignKey("network.Building", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(
        "incidents.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(default=clock.now)
    first_response_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(blank=True)

    own_sequences: ClassVar[tuple[str, ...]] = ("tickets_number",)  # for common.grants

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(status="resolved", resolved_at__isnull=False)
                | (~Q(status="resolved") & Q(resolved_at=None)),
                name="tickets_resolved_has_date",
            ),
            models.CheckConstraint(condition=Q(desk__in=TICKET_DESKS), name="tickets_desk_takes_tickets"),
            models.CheckConstraint(condition=~Q(subject=""), name="tickets_subject_not_empty"),
        )
        indexes = (
            models.Index(
                fields=["desk", "priority", "due_at", "id"],
                name="tickets_queue",
                condition=~Q(status="resolved"),
            ),
            models.Index(fields=["subscriber", "-opened_at"], name="tickets_subscriber"),
            models.Index(fields=["assignee"], name="tickets_assignee", condition=~Q(status="resolved")),
        )

    def __str__(self) -> str:
        return f"№ {self.number}"

    @property
    def is_resolved(self) -> bool:
        return self.status == Status.RESOLVED

    def live_topics(self) -> list[str]:
        topics = [f"ticket:{self.number}", f"desk:{self.desk}"]
        return [*topics, f"user:{self.assignee_id}"] if self.assignee_id else topics


class TicketEvent(Event):
    thing = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="history")
