"""What is said on a ticket: messages of the subscriber and to him, notes of colleagues, what is half-written."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from staff.models import User


class Conversing(models.Model):
    """A ticket's part in a conversation, kept beside the ticket so that boards and clocks need no join."""

    # The way to the subscriber; empty until he wrote or was written to.
    conversation = models.ForeignKey(
        "messaging.Conversation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    last_message = models.ForeignKey(
        "tickets.TicketMessage", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    last_in_at = models.DateTimeField(null=True, blank=True)
    last_out_at = models.DateTimeField(null=True, blank=True)
    # Since when the subscriber's oldest unanswered message waits.
    awaits_reply_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class TicketMessage(models.Model):
    """A message belongs to a ticket. Ids grow in the order in which messages joined it: it is locked meanwhile."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="messages")
    message = models.OneToOneField("messaging.Message", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"message {self.pk}"


class Kind(models.TextChoices):
    """What somebody writes: to the subscriber, or for colleagues only."""

    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")


class Draft(models.Model):
    """What a person has written on a ticket and not sent yet. One of each kind."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    text = models.TextField(blank=True)
    # The newest message (TicketMessage) that the writer had seen when he began; 0 = there was none.
    seen = models.BigIntegerField(default=0)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "user", "kind"], name="tickets_one_draft_of_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="tickets_draft_kind"),
        )
        indexes = (models.Index(fields=["saved_at"], name="tickets_draft_saved"),)

    def __str__(self) -> str:
        return f"draft {self.pk}"


class TicketFile(models.Model):
    """A file on a ticket: of a draft, of a note, or of a message. Whoever may see the ticket may have it."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="files")
    attachment = models.OneToOneField("messaging.Attachment", on_delete=models.CASCADE, related_name="+")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="files")
    note = models.ForeignKey("tickets.TicketEvent", null=True, on_delete=models.PROTECT, related_name="files")
    said = models.ForeignKey(TicketMessage, null=True, on_delete=models.PROTECT, related_name="files")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(draft__isnull=False, note=None, said=None)
                | Q(draft=None, note__isnull=False, said=None)
                | Q(draft=None, note=None, said__isnull=False),
                name="tickets_file_of_one_thing",
            ),
        )

    def __str__(self) -> str:
        return f"file {self.pk}"


class Mention(models.Model):
    """A note called a colleague by name."""

    note = models.ForeignKey("tickets.TicketEvent", on_delete=models.PROTECT, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (models.UniqueConstraint(fields=["note", "user"], name="tickets_mentioned_once"),)
        indexes = (models.Index(fields=["user", "-at"], name="tickets_mentions_of"),)

    def __str__(self) -> str:
        return f"mention {self.pk}"


class TicketViewer(models.Model):
    """Who has a ticket's page open, and what he types. A row lives as long as the page says so."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="viewers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=clock.now)
    typing = models.CharField(max_length=5, choices=Kind.choices, blank=True)
    typing_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "user"], name="tickets_viewer_once"),
            models.CheckConstraint(
                condition=Q(typing="", typing_at=None) | Q(typing__in=Kind.values, typing_at__isnull=False),
                name="tickets_viewer_types_since",
            ),
        )
        indexes = (models.Index(fields=["seen_at"], name="tickets_viewer_seen"),)

    def __str__(self) -> str:
        return f"viewer {self.pk}"
