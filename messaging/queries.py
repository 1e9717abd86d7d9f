from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts.models import Channel
from messaging.models import (
    IN_WORK,
    Conversation,
    Direction,
    FakeGateway,
    FakeMessage,
    Message,
    Webhook,
    WebhookDelivery,
)

LOG = 50
TALKS = 30
SAID = 60


def oldest_due() -> datetime | None:
    """Since when the message waits that should have left first; None when none does."""
    waiting = Message.objects.filter(state__in=IN_WORK).order_by("next_try_at")
    return waiting.values_list("next_try_at", flat=True).first()


def webhooks() -> "QuerySet[Webhook]":
    return Webhook.objects.select_related("created_by").order_by("-is_active", "title", "id")


def log(webhook: Webhook) -> "list[WebhookDelivery]":
    """The newest deliveries."""
    return list(webhook.deliveries.order_by("-id")[:LOG])


@dataclass(frozen=True)
class Talk:
    """One address as the demo's phone shows it."""

    channel: str
    label: str
    address: str


@dataclass(frozen=True)
class Bubble:
    text: str
    at: datetime
    is_mine: bool  # the subscriber's own
    files: int


def channel_label(channel: str) -> str:
    """What people call the channel when it is written to: a call is answered by SMS."""
    return _("SMS") if channel == Channel.PHONE else str(Channel(channel).label)


def talks() -> list[Talk]:
    """Who has got something from the fake gateway or wrote himself, the newest first. One statement."""
    rows = Message.objects.order_by("-id").select_related("conversation")[: TALKS * 10]
    seen: dict[tuple[str, str], Talk] = {}
    for row in rows:
        talk = row.conversation
        seen.setdefault((talk.channel, talk.address), Talk(talk.channel, channel_label(talk.channel), talk.address))
    return list(seen.values())[:TALKS]


def bubbles(channel: str, address: str) -> list[Bubble]:
    """What the subscriber has on the screen: what reached him, and what he wrote. Two statements."""
    got = FakeMessage.objects.filter(channel=channel, address=address).order_by("-id")[:SAID]
    wrote = Message.objects.filter(
        conversation__channel=channel, conversation__address=address, direction=Direction.IN
    ).order_by("-id")[:SAID]
    said = [Bubble(one.text, one.at, False, one.files) for one in got]
    said += [Bubble(one.text, one.at, True, 0) for one in wrote]
    return sorted(said, key=lambda one: one.at)[-SAID:]


def conversation_id(channel: str, address: str) -> int | None:
    return Conversation.objects.filter(channel=channel, address=address).values_list("pk", flat=True).first()


def mood() -> str:
    return FakeGateway.objects.values_list("mood", flat=True).first() or str(FakeGateway.Mood.WORKS)


def reason(delivery: WebhookDelivery) -> str:
    """Why an attempt failed, in words."""
    words = {
        "timeout": _("no answer in time"),
        "unreachable": _("nobody answers"),
        "unknown_host": _("no such host"),
        "private_address": _("a private network"),
        "https_only": _("only https"),
        "tls": _("a bad certificate"),
        "bad_answer": _("not an HTTP answer"),
        "switched_off": _("switched off meanwhile"),
    }
    return words.get(delivery.error, delivery.error)
