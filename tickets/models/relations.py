"""What binds tickets to one another: merges, links, and one answer for all that belong to a cause."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common import clock
from tickets.models.ticket import Ticket

UNDO_FOR = timedelta(hours=1)


class Merge(models.Model):
    """One ticket was taken in by another; `was` is what undoing puts back: the source's state, and what the target
    inherited."""

    source = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="merges")
    target = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="took_in")
    was = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["source"], condition=Q(undone_at=None), name="tickets_merged_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="tickets_merged_into_another"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="tickets_merge_undone_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"merge {self.pk}"


class LinkKind(models.TextChoices):
    """What `one` is to `other`."""

    RELATED = "related", _("is about the same as")
    DUPLICATES = "duplicates", _("repeats")
    BLOCKS = "blocks", _("holds up")
    SPLIT = "split", _("gave rise to")


# The same bond, seen from the other side.
BACKWARDS: dict[str, Promise] = {
    LinkKind.RELATED: LinkKind.RELATED.label,
    LinkKind.DUPLICATES: _("is repeated by"),
    LinkKind.BLOCKS: _("waits for"),
    LinkKind.SPLIT: _("was split from"),
}


def words_of(kind: str, *, backwards: bool = False) -> str:
    """What a ticket is to the other one of a link."""
    return str(BACKWARDS[kind] if backwards else LinkKind(kind).label)


class Link(models.Model):
    """Two tickets have to do with each other. Of two that are alike (`related`) the older stands first."""

    one = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="linked_by")
    kind = models.CharField(max_length=10, choices=LinkKind.choices)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["one", "other", "kind"], name="tickets_linked_once"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="tickets_linked_to_another"),
            models.CheckConstraint(
                condition=~Q(kind=LinkKind.RELATED) | Q(one__lt=F("other")), name="tickets_alike_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"link {self.pk}"


class CommonAnswer(models.Model):
    """One answer for all that belongs to a ticket. The worker gives it line by line, then resolves the ticket too."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="common_answers")
    text = models.TextField()
    code = models.CharField(max_length=50, blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=300, blank=True)  # why the ticket itself could not be resolved

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at=None), name="tickets_one_common_answer"),
            models.CheckConstraint(condition=~Q(text=""), name="tickets_common_answer_says"),
        )

    def __str__(self) -> str:
        return f"common answer {self.pk}"

    # Of the lines as they were loaded with it.
    @property
    def count(self) -> int:
        return len(self.lines.all())

    @property
    def done_count(self) -> int:
        return sum(line.done_at is not None for line in self.lines.all())

    @property
    def refused(self) -> "list[CommonAnswerLine]":
        return [line for line in self.lines.all() if line.outcome == "refused"]

    @property
    def untold(self) -> "list[CommonAnswerLine]":
        """Resolved, but nothing left for the subscriber."""
        return [line for line in self.lines.all() if line.outcome == "untold"]


class CommonAnswerLine(models.Model):
    """One ticket that gets the common answer, and what came of it."""

    class Outcome(models.TextChoices):
        TOLD = "told"
        UNTOLD = "untold"  # resolved, but there is no way to write to the subscriber
        SKIPPED = "skipped"  # resolved or taken out meanwhile
        REFUSED = "refused"

    answer = models.ForeignKey(CommonAnswer, on_delete=models.PROTECT, related_name="lines")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    refusal = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["answer", "ticket"], name="tickets_answered_once"),
            models.CheckConstraint(
                condition=Q(done_at=None, outcome="") | Q(done_at__isnull=False, outcome__gt=""),
                name="tickets_answer_line_in_order",
            ),
            models.CheckConstraint(
                condition=Q(refusal="") | Q(outcome="refused"), name="tickets_answer_refused_or_not"
            ),
        )
        indexes = (models.Index(fields=["id"], name="tickets_answers_due", condition=Q(done_at=None)),)

    def __str__(self) -> str:
        return f"line {self.pk}"
