"""Money back for an outage: one sheet for an incident, a line for each subscriber."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import Account
from billing.models.entries import Entry
from common import clock
from common.history import Event
from staff.models import Role, User


class SheetQuerySet(models.QuerySet["CompensationSheet"]):
    def visible_to(self, user: User) -> "SheetQuerySet":
        return self if user.role == Role.ACCOUNTANT else self.none()


class CompensationSheet(models.Model):
    """What an incident costs us: made when it is closed, looked through, posted in one step."""

    class State(models.TextChoices):
        DRAFT = "draft", _("To be checked")
        POSTED = "posted", _("Posted")
        DROPPED = "dropped", _("Dropped")

    incident = models.OneToOneField("incidents.Incident", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    made_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("why it is dropped"), max_length=200, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="billing_sheet_lasts"),
            models.CheckConstraint(
                condition=Q(state="draft", decided_at=None, decided_by=None)
                | Q(state__in=["posted", "dropped"], decided_at__isnull=False, decided_by__isnull=False),
                name="billing_sheet_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(reason=""), name="billing_dropped_sheet_says_why"
            ),
        )

    def __str__(self) -> str:
        return f"sheet {self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    def live_topics(self) -> list[str]:
        return ["desk:finance", "sheets:all"]


class SheetEvent(Event):
    """Never a sum here: listeners of every fact stand outside the finance desk."""

    thing = models.ForeignKey(CompensationSheet, on_delete=models.PROTECT, related_name="history")


class CompensationLine(models.Model):
    """`amount` roubles for one account, by the `formula` of `billing.compensating`; `included` until unticked."""

    MOST: ClassVar[int] = 100_000

    sheet = models.ForeignKey(CompensationSheet, on_delete=models.PROTECT, related_name="lines", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    hours = models.DecimalField(max_digits=8, decimal_places=2)
    formula = models.JSONField(default=dict)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    included = models.BooleanField(default=True)
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    words: list[str]  # filled by the page: the formula as it is read

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["sheet", "account"], name="billing_sheet_has_account_once"),
            models.CheckConstraint(condition=Q(amount__gt=0, hours__gt=0), name="billing_compensation_above_zero"),
            models.CheckConstraint(condition=Q(entry=None) | Q(included=True), name="billing_unticked_is_not_posted"),
        )

    def __str__(self) -> str:
        return f"line {self.pk}"
