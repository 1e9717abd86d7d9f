"""What the wrap-up of a contact is filled with before its operator presses Enter."""

from collections.abc import Callable
from typing import Protocol

from contacts.models import Contact, Outcome, Topic
from staff.models import Desk

# A ticket comes by opening it and an incident by telling about it.
BY_HAND = tuple(outcome for outcome in Outcome if outcome not in (Outcome.TICKET, Outcome.INCIDENT))


class Suggestion(Protocol):
    """What something used in the contact says of it: an article, a script."""

    @property
    def topic(self) -> Topic | None: ...

    @property
    def outcome(self) -> str: ...


# The first that knows anything is taken.
SUGGESTERS: list[Callable[[Contact], Suggestion | None]] = []


class Proposal:
    """Pre-selected, never saved unasked. `outcome` is empty where nothing is known of the contact."""

    def __init__(self, topic: Topic | None, outcome: str, *, is_suggested: bool) -> None:
        self.topic, self.outcome, self.is_suggested = topic, outcome, is_suggested


def _usual(topic: Topic) -> str:
    """The topic's usual outcome. What another desk works at is not "answered" by a reflex: somebody must say so."""
    is_ours = topic.desk == Desk.FIRST_LINE and not topic.is_fault
    return topic.outcome if is_ours or topic.outcome != Outcome.ANSWERED else ""


def proposal(contact: Contact) -> Proposal:
    """The topic that was chosen, else that of the answer given; the outcome of what was used, else the topic's usual.

    What was said about another topic than the one chosen counts for nothing.
    """
    if contact.outcome:
        return Proposal(contact.topic, contact.outcome, is_suggested=False)
    said = next((found for suggester in SUGGESTERS if (found := suggester(contact))), None)
    topic = contact.topic or (said.topic if said else None)
    fits = said is not None and (said.topic is None or topic is None or said.topic.pk == topic.pk)
    outcome = said.outcome if said and fits else _usual(topic) if topic else ""
    return Proposal(topic, outcome if outcome in BY_HAND else "", is_suggested=contact.topic is None and bool(topic))
