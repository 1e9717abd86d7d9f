"""What is done with contacts, and with the supervisor's list of topics."""

from contacts.actions.contacts import (
    NoSuchOutcome,
    NoTopic,
    assign,
    close,
    identify,
    is_others_note,
    mark_evaluated,
    merge,
    receive,
    set_topic,
)
from contacts.actions.topics import MOST_TOPICS, TooManyTopics, TopicTaken, save_group, save_topic

__all__ = [
    "MOST_TOPICS",
    "NoSuchOutcome",
    "NoTopic",
    "TooManyTopics",
    "TopicTaken",
    "assign",
    "close",
    "identify",
    "is_others_note",
    "mark_evaluated",
    "merge",
    "receive",
    "save_group",
    "save_topic",
    "set_topic",
]
