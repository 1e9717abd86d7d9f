"""What is done with a subscriber's personal data: asked for, exported, erased; the act is kept."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from customers.models.subscriber import Subscriber

LONGEST_REASON = 1000


class SubscriberEvent(Event):
    """Who asked for, exported or erased a subscriber's data."""

    thing = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="history")


class Erasure(models.Model):
    """A request to erase one subscriber's personal data, and how far it came."""

    class Basis(models.TextChoices):
        """Federal law 152-FZ of 27.07.2006; the operator's lawyer confirms the choice."""

        CONSENT = "consent", _("Consent withdrawn (152-FZ, art. 21 part 5)")
        PURPOSE = "purpose", _("Purpose reached (152-FZ, art. 21 part 4)")
        UNLAWFUL = "unlawful", _("Unlawful processing (152-FZ, art. 21 part 3)")
        EXCESS = "excess", _("Not needed for the purpose (152-FZ, art. 14, art. 20 part 3)")
        ORDER = "order", _("Order of a court or of the regulator")

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for confirmation")
        CONFIRMED = "confirmed", _("Being erased")
        DONE = "done", _("Erased")
        CANCELLED = "cancelled", _("Cancelled request")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="erasures")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    reason = models.TextField(max_length=LONGEST_REASON)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Section -> {"count", "at"}: what is done already, so that a worker that dies goes on where it stopped.
    progress = models.JSONField(default=dict)
    # What appeared after the confirmation and must end first: people read it on the page.
    waits_for = models.JSONField(default=list)

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["subscriber"],
                condition=Q(state__in=["asked", "confirmed"]),
                name="customers_one_erasure_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="customers_erasure_has_reason"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "cancelled"], confirmed_by=None, confirmed_at=None)
                | Q(state__in=["confirmed", "done"], confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="customers_erasure_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "cancelled"], ended_at__isnull=False)
                | Q(state__in=["asked", "confirmed"], ended_at=None),
                name="customers_erasure_end_has_date",
            ),
        )
        indexes = (models.Index(fields=["id"], name="customers_erasure_to_do", condition=Q(state="confirmed")),)

    def __str__(self) -> str:
        return f"erasure {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.ASKED, self.State.CONFIRMED}


def _sha256(text: Any) -> Func:
    raw = Func(text, Value("UTF8"), function="convert_to", output_field=models.BinaryField())
    digest = Func(raw, function="sha256", output_field=models.BinaryField())
    return Func(digest, Value("hex"), function="encode", output_field=models.CharField())


class ErasureAct(models.Model):
    """That a subscriber's data was erased: the act, and with it the export of the event log, word for word.

    Roskomnadzor's order 179 of 28.10.2022 wants both, kept for three years; nothing here deletes one. The database
    lets history be anonymised only in the transaction that writes the act (decision 0008), and itself notes which
    transaction that is.
    """

    erasure = models.OneToOneField(Erasure, on_delete=models.PROTECT, related_name="act")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=10, choices=Erasure.Basis.choices)
    reason = models.TextField()
    counts = models.JSONField()
    document = models.TextField(help_text="The export of the event log, as it is downloaded.")
    sha256 = models.CharField(max_length=64)
    xact = models.BigIntegerField(default=0, editable=False)  # a trigger writes it

    append_only: ClassVar[bool] = True
    own_functions: ClassVar[tuple[str, ...]] = ("without_texts(jsonb)",)  # for common.grants

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(sha256=_sha256(F("document"))), name="customers_act_is_its_document"),
        )

    def __str__(self) -> str:
        return f"act {self.pk}"
