"""What the finance desk writes to subscribers: sums stay in its own tables, so it has an outbox of its own."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import Account
from common import clock
from contacts.models import Channel
from messaging.models import Due
from staff.models import Role, User


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User) -> "LetterQuerySet":
        return self if user.role == Role.ACCOUNTANT else self.none()

    def about(self, key: str) -> "LetterQuerySet":
        """All that was written under one key, the SMS first."""
        return self.filter(key__in=[Letter.key_of(key, channel) for channel in Letter.CHANNELS]).order_by("id")


class Letter(Due):
    """A message with a sum in it, delivered by the finance worker; `key` makes that it is written once a channel."""

    CHANNELS: ClassVar[tuple[str, ...]] = (Channel.PHONE, Channel.EMAIL)

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="letters")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    address = models.CharField(max_length=200)
    text = models.TextField()
    key = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=50, blank=True)

    objects = LetterQuerySet.as_manager()

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

    @staticmethod
    def key_of(key: str, channel: str) -> str:
        return key if channel == Channel.PHONE else f"{key}:{channel}"

    @property
    def trouble(self) -> str:
        """Why it has not left, in words; empty when nothing is wrong. A gateway's own word stays as it is."""
        known = {
            "no_gateway": _("nothing serves this channel"),
            "refused": _("the provider refuses it"),
            "away": _("the provider does not answer"),
        }
        return str(known.get(self.error, self.error))
