from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from contacts.models import Channel
from customers.models import Phone
from staff.models import Desk, Role, User
from tickets.models.conversation import Conversing


class Status(models.TextChoices):
    NEW = "new", _("New")
    IN_WORK = "in_work", _("In work")
    WAITING = "waiting", _("Waits for the subscriber")
    POSTPONED = "postponed", _("Postponed")
    VISIT = "visit", _("Visit planned")
    RESOLVED = "resolved", _("Resolved")


class Category(models.TextChoices):
    """What a state means for work: somebody must act, nobody can act yet, nothing is left to do."""

    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    RESOLVED = "resolved", _("Resolved tickets")


CATEGORY: dict[str, Category] = {
    Status.NEW: Category.OPEN,
    Status.IN_WORK: Category.OPEN,
    Status.WAITING: Category.PAUSED,
    Status.POSTPONED: Category.PAUSED,
    Status.VISIT: Category.PAUSED,
    Status.RESOLVED: Category.RESOLVED,
}
# Every move there can be; a desk may allow fewer (`DeskPolicy.moves`).
_UNFINISHED = frozenset(Status) - {Status.RESOLVED}
MOVES: dict[str, frozenset[str]] = {
    **{status: frozenset(Status) - {status} for status in _UNFINISHED},
    Status.RESOLVED: frozenset({Status.NEW, Status.IN_WORK}),
}


class Priority(models.IntegerChoices):
    P1 = 1, "P1"
    P2 = 2, "P2"
    P3 = 3, "P3"
    P4 = 4, "P4"


# The desks whose work is tickets; masters work by visits, supervision by exception.
TICKET_DESKS = (Desk.FIRST_LINE, Desk.SUPPORT, Desk.FINANCE, Desk.DISPATCH)
OWN_DESK_ONLY = {Role.OPERATOR, Role.LEAD, Role.ACCOUNTANT}


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: User) -> "TicketQuerySet":
        """The in-house desks see all but the finance desk's; the outsourcer and finance see their own desk's."""
        if user.role in {Role.SUPERVISOR, Role.ADMIN}:
            return self
        if user.role in OWN_DESK_ONLY:
            return self.filter(Q(desk=user.desk) | Q(opened_by=user))
        if user.role in {Role.SUPPORT, Role.DISPATCHER}:
            return self.exclude(desk=Desk.FINANCE)
        return self.none()

    def unresolved(self) -> "TicketQuerySet":
        return self.exclude(status=Status.RESOLVED)

    def with_field(self, key: str, value: str) -> "TicketQuerySet":
        """Those whose custom field holds this stored value; a walk of its index."""
        return self.exclude(fields={}).filter(fields__contains={key: value})

    def with_people(self) -> "TicketQuerySet":
        """With what a row or a head shows. Every further join is paid in planning: nine cost 3 ms, five 1.6."""
        return self.select_related("topic", "assignee", "subscriber", "building__street")

    def with_phones(self) -> "TicketQuerySet":
        """With the subscriber's numbers in `phone_rows`, in the same statement."""
        numbers = Phone.objects.filter(subscriber=OuterRef("subscriber")).order_by("pk")
        return self.annotate(phone_rows=ArraySubquery(numbers.values(row=JSONObject(pk="pk", number="number"))))


class Ticket(Conversing, models.Model):
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
    changed_at = models.DateTimeField(default=clock.now)
    first_response_at = models.DateTimeField(null=True, blank=True)
    # The promise of a solution, and the nearest promise of any kind that runs now: see tickets.actions.clocks.
    due_at = models.DateTimeField(null=True, blank=True)
    act_by = models.DateTimeField(null=True, blank=True)
    wait_until = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution_code = models.ForeignKey(
        "tickets.ResolutionCode", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolution = models.TextField(blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    # The same trouble came back too late to reopen the earlier ticket.
    continues = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="continued_by")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    # A merge is a pointer: nothing is moved, so undoing it is taking the pointer away.
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")

    # Values of custom fields by their keys, all texts: tickets.custom_fields. Empty ones are left out.
    fields = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    # What history notes by itself, old and new, whatever the deed.
    tracked: ClassVar[tuple[str, ...]] = (
        *("status", "desk", "assignee", "priority", "topic", "subject", "due_at", "wait_until", "resolution_code"),
        *("subscriber", "building", "incident", "parent", "merged_into", "continues"),
    )
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
            models.CheckConstraint(
                condition=Q(status="postponed", wait_until__isnull=False)
                | (~Q(status="postponed") & Q(wait_until=None)),
                name="tickets_postponed_has_date",
            ),
            models.CheckConstraint(
                condition=Q(resolution_code=None) | Q(status="resolved"), name="tickets_code_only_when_resolved"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(status="resolved"), name="tickets_merged_is_resolved"
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")) & ~Q(parent=F("id")) & ~Q(continues=F("id")),
                name="tickets_not_its_own_kin",
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
            models.Index(fields=["wait_until"], name="tickets_postponed", condition=Q(status="postponed")),
            # One for each order of a board, so that its first page is a walk and never a sort.
            models.Index(fields=["-opened_at", "-id"], name="tickets_newest"),
            models.Index(fields=["priority", "due_at", "id"], name="tickets_urgent", condition=~Q(status="resolved")),
            models.Index(fields=["desk", "due_at"], name="tickets_late", condition=~Q(status="resolved")),
            models.Index(fields=["-resolved_at", "-id"], name="tickets_done", condition=Q(status="resolved")),
            models.Index(
                fields=["desk", "-resolved_at", "-id"], name="tickets_desk_done", condition=Q(status="resolved")
            ),
            models.Index(
                fields=["awaits_reply_since"], name="tickets_awaits_reply", condition=~Q(awaits_reply_since=None)
            ),
            # Only `TicketQuerySet.with_field` asks it, with the index's own condition.
            GinIndex(fields=["fields"], opclasses=["jsonb_path_ops"], name="tickets_fields", condition=~Q(fields={})),
        )

    def __str__(self) -> str:
        return f"№ {self.number}"

    def get_absolute_url(self) -> str:
        return f"/tickets/{self.number}/"

    @property
    def is_resolved(self) -> bool:
        return self.status == Status.RESOLVED

    @property
    def category(self) -> Category:
        return CATEGORY[self.status]

    def live_topics(self) -> list[str]:
        topics = [f"ticket:{self.number}", f"desk:{self.desk}"]
        return [*topics, f"user:{self.assignee_id}"] if self.assignee_id else topics


class TicketEvent(Event):
    own_functions: ClassVar[tuple[str, ...]] = ("erase_ticket_history(bigint)",)  # for common.grants

    thing = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="history")
