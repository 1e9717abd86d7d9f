"""A script walked with one caller: by the first line, then by whoever receives the contact."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from contacts.models import Contact
from guidance.models.script import Script, ScriptVersion
from staff.models import Role, User
from tickets.models import Ticket


class Leaf(models.TextChoices):
    SOLVED = "solved", _("Solved")
    HAND_OVER = "hand_over", _("Handed over")
    VISIT = "visit", _("Master's visit")
    INCIDENT = "incident", _("Incident")
    CALL_BACK = "call_back", _("Will call back")


class WalkQuerySet(models.QuerySet["Walk"]):
    def visible_to(self, user: User) -> "WalkQuerySet":
        """Whoever sees the contact or the ticket sees what was asked."""
        if user.role == Role.MASTER:
            return self.none()
        if not user.is_outsourced:
            return self
        contacts, tickets = Contact.objects.visible_to(user), Ticket.objects.visible_to(user)
        return self.filter(Q(contact__in=contacts) | Q(ticket__in=tickets))

    def of_ticket(self, ticket: Ticket) -> "WalkQuerySet":
        """Its own, and those of the contact it was made from."""
        mine = Q(ticket=ticket)
        return self.filter(mine | Q(contact=ticket.contact_id) if ticket.contact_id else mine)


class Walk(models.Model):
    """`node` is where it stands; it has ended while it stands at a leaf."""

    script = models.ForeignKey(Script, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ScriptVersion, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="+")
    node = models.CharField(max_length=40)
    since = models.DateTimeField(default=clock.now)  # when it came to this node
    started_at = models.DateTimeField(default=clock.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    leaf = models.CharField(max_length=10, choices=Leaf.choices, blank=True)

    objects = WalkQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(contact=None, ticket__isnull=False) | Q(contact__isnull=False, ticket=None),
                name="guidance_walk_has_one_home",
            ),
            models.UniqueConstraint(fields=["contact", "script"], name="guidance_walk_once_a_contact"),
            models.UniqueConstraint(fields=["ticket", "script"], name="guidance_walk_once_a_ticket"),
            models.CheckConstraint(
                condition=Q(ended_at=None, leaf="") | Q(ended_at__isnull=False, leaf__gt=""),
                name="guidance_walk_ended_at_leaf",
            ),
        )
        indexes = (models.Index(fields=["version", "started_at"], name="guidance_walk_version"),)

    def __str__(self) -> str:
        return f"walk {self.pk}"

    def live_topics(self) -> list[str]:
        return [f"ticket:{self.ticket.number}" if self.ticket else f"contact:{self.contact_id}"]


class WalkEvent(Event):
    thing = models.ForeignKey(Walk, on_delete=models.PROTECT, related_name="history")


class WalkStep(models.Model):
    """A question that was answered, by a person or by what the house knew (`source`). Taken back, it stays."""

    walk = models.ForeignKey(Walk, on_delete=models.PROTECT, related_name="steps")
    place = models.PositiveSmallIntegerField()  # the how-manieth step it is
    node = models.CharField(max_length=40)
    answer = models.CharField(max_length=40)
    words = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    seconds = models.PositiveIntegerField(default=0)  # how long the question stood there
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("walk", "place", "id")
        constraints = (
            # Of two who answer at once one is first.
            models.UniqueConstraint(
                fields=["walk", "place"], condition=Q(taken_back_at=None), name="guidance_step_once"
            ),
            models.CheckConstraint(
                condition=Q(by=None, source__gt="") | Q(by__isnull=False, source=""), name="guidance_step_one_source"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None) | Q(taken_back_at__gte=F("at")), name="guidance_step_back_after"
            ),
        )

    def __str__(self) -> str:
        return f"step {self.pk}"
