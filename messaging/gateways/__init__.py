"""Ways out to subscribers: one gateway serves one or more channels, `MESSAGE_GATEWAYS` says which."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from contacts.models import Channel


class Refused(Exception):
    """The provider will never take this message: a wrong address, a blocked sender. The text is a short code."""


class Unreachable(Exception):
    """Nobody knows whether it was taken: no answer, a timeout, "too many requests". Tried again. A short code."""


@dataclass(frozen=True)
class OutgoingFile:
    name: str
    content_type: str
    path: Path


@dataclass(frozen=True)
class OutgoingMessage:
    """`key` is the same for every attempt: a provider that knows such keys sends a repeat once.

    What is `secret` may be kept nowhere but with its sender: a table of everybody's would open sums to everybody.
    """

    key: str
    channel: str
    address: str
    text: str
    files: tuple[OutgoingFile, ...] = ()
    secret: bool = False


class Gateway(Protocol):
    def send(self, message: OutgoingMessage, /) -> str:
        """Give the message to the provider within 20 seconds; its own id of it. Raises Refused, Unreachable."""


NAMES = ("fake",)


def _made(name: str) -> Gateway:
    from messaging.gateways.fake import Fake

    return {"fake": Fake}[name]()


def gateway_for(channel: str) -> Gateway:
    """Raises Refused where nothing serves the channel."""
    name = settings.MESSAGE_GATEWAYS.get(channel)
    if name is None:
        raise Refused("no_gateway")
    return _made(name)


def check(table: dict[str, str]) -> None:
    """Fail at the start, not at the first message: unknown channels and gateways are named."""
    for channel, name in table.items():
        if channel not in Channel.values or channel == Channel.WALK_IN:
            raise ImproperlyConfigured(f"MESSAGE_GATEWAYS: there is no written channel {channel!r}")
        if name not in NAMES:
            raise ImproperlyConfigured(f"MESSAGE_GATEWAYS: {channel} names an unknown gateway {name!r}")
