from messaging.models.conversation import Attachment, Conversation, Direction, Message, register_scope
from messaging.models.demo import FakeGateway, FakeMessage
from messaging.models.due import IN_WORK, Due, State
from messaging.models.webhook import Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "IN_WORK",
    "Attachment",
    "Conversation",
    "Direction",
    "Due",
    "FakeGateway",
    "FakeMessage",
    "Message",
    "State",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "register_scope",
]
