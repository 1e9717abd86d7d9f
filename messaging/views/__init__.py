from messaging.views.demo import demo, set_mood, write
from messaging.views.file import file
from messaging.views.webhooks import new_webhook, replace_secret, replay, send_test, switch, webhook, webhooks

__all__ = [
    "demo",
    "file",
    "new_webhook",
    "replace_secret",
    "replay",
    "send_test",
    "set_mood",
    "switch",
    "webhook",
    "webhooks",
    "write",
]
