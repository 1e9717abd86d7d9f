from contacts.models.contact import Channel, Contact, ContactEvent
from contacts.models.topic import Outcome, Topic, TopicEvent, TopicGroup, TopicGroupEvent

__all__ = ["Channel", "Contact", "ContactEvent", "Outcome", "Topic", "TopicEvent", "TopicGroup", "TopicGroupEvent"]
