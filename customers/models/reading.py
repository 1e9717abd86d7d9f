"""Who looked into whose card, and why. Federal law 152-FZ, art. 19: access to personal data is noted."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from customers.models.subscriber import Subscriber


class CardReading(models.Model):
    """A card was opened, or shown masked beyond the caller's own number, or refused because too many were.

    Nothing changes a row or takes it away.
    """

    class Why(models.TextChoices):
        VERIFIED = "verified", _("The caller was verified")
        BY_HAND = "by_hand", _("Opened with a reason")
        SHOWN = "shown", _("Shown masked: looked for by flat, account, number or house")
        REFUSED = "refused", _("Refused: too many cards in an hour")

    at = models.DateTimeField(default=clock.now, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="+", editable=False)
    why = models.CharField(max_length=10, choices=Why.choices, editable=False)
    reason = models.CharField(max_length=200, blank=True, editable=False)
    # The contact it was opened for, if any: contacts are a layer above.
    contact_id = models.BigIntegerField(null=True, editable=False)

    append_only: ClassVar[bool] = True

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(why="by_hand") | ~models.Q(reason=""), name="customers_by_hand_has_reason"
            ),
        )
        indexes = (
            models.Index(fields=["user", "-at"], name="customers_reading_by"),
            models.Index(fields=["-at", "-id"], name="customers_reading_newest"),
        )

    def __str__(self) -> str:
        return f"reading {self.pk}"
