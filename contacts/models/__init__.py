from contacts.models.contact import Channel, Contact, ContactEvent
from contacts.models.topic import WITHOUT_TOPIC, Outcome, Topic, TopicEvent, TopicGroup, TopicGroupEvent

__all__ = [
    "WITHOUT_TOPIC",
    "Channel",
    "Contact",
    "ContactEvent",
    "Outcome",
    "Topic",
    "TopicEvent",
    "TopicGroup",
    "TopicGroupEvent",
]
