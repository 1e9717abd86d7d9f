"""What tickets do on others' events."""

from typing import Any

from messaging.models import Message
from tickets import actions


def on_message_received(message: Message, **_: Any) -> None:
    """A message joins its ticket in the transaction that stored it: both stand or fall."""
    actions.receive(message=message)
