"""Other people's systems that want to know what happens here."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from common import clock
from common.history import Event
from messaging.models.due import IN_WORK, Due, State

EVERYTHING = "*"


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def wanting(self, fact: str) -> "WebhookQuerySet":
        """The active ones that asked for this fact, like "tickets.opened"."""
        return self.filter(is_active=True, facts__overlap=[fact, EVERYTHING])


class Webhook(models.Model):
    """An address that is told of facts. Never deleted, only switched off: its history is kept.

    `failures`: attempts that failed one after another since the last success. `quiet_until`: a failing address is
    left alone until then, so that a dead one costs one attempt, not one for each fact.
    """

    title = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    facts = ArrayField(models.CharField(max_length=60))
    is_active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    quiet_until = models.DateTimeField(null=True, blank=True)
    salt = models.UUIDField(default=uuid.uuid4, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ("title", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(url="") & Q(facts__len__gt=0), name="messaging_webhook_is_whole"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def secret(self) -> str:
        """What signs its deliveries. Derived from SECRET_KEY, so a copy of the database does not give it away."""
        return "whsec_" + salted_hmac("messaging.webhook", self.salt.hex, algorithm="sha256").hexdigest()

    def live_topics(self) -> list[str]:
        return [f"webhook:{self.pk}"]


class WebhookEvent(Event):
    thing = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="history")


class WebhookDelivery(Due):
    """One fact for one webhook. `fact_id` is the same for repeats and replays: the receiver knows a copy by it.

    `answer`: the first 2 kB of the answer's body. `error`: a code when there was no answer at all.
    """

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    fact = models.CharField(max_length=60)
    fact_id = models.CharField(max_length=80)
    payload = models.JSONField()
    at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    code = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=50, blank=True)
    took_ms = models.PositiveIntegerField(null=True, blank=True)
    replay_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replays")

    class Meta(Due.Meta):
        ordering = ("-id",)
        constraints = (  # type: ignore[assignment]
            *Due.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=[State.QUEUED, State.SENDING, State.SENT, State.FAILED]),
                name="messaging_webhookdelivery_states",
            ),
        )
        indexes = (
            models.Index(fields=["next_try_at"], name="messaging_delivery_due", condition=Q(state__in=IN_WORK)),
            models.Index(fields=["webhook", "-id"], name="messaging_delivery_log"),
            models.Index(fields=["at"], name="messaging_delivery_at"),
        )

    def __str__(self) -> str:
        return f"delivery {self.pk}"
