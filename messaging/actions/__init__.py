"""Every deed of messaging. `conversation`: what people say; `outbox`: how it leaves; `webhooks`: who else is told."""

from messaging.actions.conversation import (
    AlreadyAttached,
    BadAddress,
    EmptyMessage,
    NotFailed,
    TooLong,
    cancel,
    conversation,
    mark,
    receive,
    retry,
    send,
)
from messaging.actions.demo import set_mood
from messaging.actions.outbox import catch_up_messages, deliver_messages

__all__ = [
    "AlreadyAttached",
    "BadAddress",
    "EmptyMessage",
    "NotFailed",
    "TooLong",
    "cancel",
    "catch_up_messages",
    "conversation",
    "deliver_messages",
    "mark",
    "receive",
    "retry",
    "send",
    "set_mood",
]
