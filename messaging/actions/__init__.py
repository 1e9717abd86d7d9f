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
from messaging.actions.tidying import remove_orphans, remove_strays
from messaging.actions.webhooks import (
    BadWebhook,
    SwitchedOff,
    catch_up_webhooks,
    change_webhook,
    create_webhook,
    deliver_webhooks,
    forget_deliveries,
    note_fact,
    replace_secret,
    replay,
    send_test,
)

__all__ = [
    "AlreadyAttached",
    "BadAddress",
    "BadWebhook",
    "EmptyMessage",
    "NotFailed",
    "SwitchedOff",
    "TooLong",
    "cancel",
    "catch_up_messages",
    "catch_up_webhooks",
    "change_webhook",
    "conversation",
    "create_webhook",
    "deliver_messages",
    "deliver_webhooks",
    "forget_deliveries",
    "mark",
    "note_fact",
    "receive",
    "remove_orphans",
    "remove_strays",
    "replace_secret",
    "replay",
    "retry",
    "send",
    "send_test",
    "set_mood",
]
