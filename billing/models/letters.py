"""What the finance desk writes to subscribers: sums stay in its own tables, so it has an outbox of its own."""

from django.db import models
from django.db.models import Q

from billing.models.accounts import Account
from common import clock
from contacts.models import Channel
from messaging.models import Due


class Letter(Due):
    """A message with a sum in it, delivered by the finance worker; `key` makes that it is written once."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="letters")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    address = models.CharField(max_length=200)
    text = models.TextField()
    key = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=50, blank=True)

    class Meta(Due.Meta):
        ordering = ("-at", "-id")
        constraints = (  # type: ignore[assignment]
            *Due.Meta.constraints,
            models.CheckConstraint(condition=~Q(text="") & ~Q(address=""), name="billing_letter_says"),
        )
        indexes = (
            models.Index(
                fields=["next_try_at"], name="billing_letters_due", condition=Q(state__in=["queued", "sending"])
            ),
        )

    def __str__(self) -> str:
        return f"letter {self.pk}"
