"""What the call screen's wrap-up shows: topics in their groups, how it ended, what a hand-over needs."""

from itertools import groupby
from typing import Any

from contacts import actions as contacts
from contacts.models import Contact, Topic
from firstline import actions, queries, wrapping
from guidance import queries as guidance
from staff.access import StaffRequest
from staff.models import Desk
from tickets.custom_fields import LONGEST
from tickets.field_boxes import PREFIX, WAS, Box, drawn
from tickets.models import FieldDefinition
from tickets.seeds import WHAT_FAILS

# What each outcome's key is, with Alt: a letter alone is always text. Enter presses whichever is pre-selected.
KEYS = {"answered": "A", "solved": "R", "handed_over": "H", "call_back": "B", "dropped": "D", "not_ours": "X"}


def wrap_up(request: StaffRequest, contact: Contact) -> dict[str, Any]:
    """At most six statements. The outsourcer's people get a note of others to read, never to edit."""
    proposal = wrapping.proposal(contact)
    topics = list(Topic.objects.active().select_related("group"))
    is_others = request.user.is_outsourced and contacts.is_others_note(contact, request.user)
    desk = request.POST.get("desk") or (proposal.topic.desk if proposal.topic else "")
    return {
        "proposal": proposal,
        "note": queries.note_of(contact, request.user, is_others=is_others),
        "others_note": contact.note if is_others else "",
        "groups": [(group, list(own)) for group, own in groupby(topics, lambda one: one.group)],
        "outcomes": [(one.value, one.label, KEYS.get(one.value, "")) for one in actions.BY_HAND],
        "desks": actions.DESKS,
        "to": desk if desk in actions.DESKS else "",
        "boxes": boxes(request, desk, proposal.topic),
    }


def boxes(
    request: StaffRequest, desk: str, topic: Topic | None, *, errors: dict[str, object] | None = None
) -> list[Box]:
    """The fields that a desk asks of the first line about this topic. One statement."""
    if desk not in actions.DESKS:
        return []
    asked = FieldDefinition.objects.of(desk=Desk(desk), topic_id=topic.pk if topic else None).filter(on_arrival=True)
    return drawn(asked, {}, request.user, typed=typed(request), errors=errors)


def learned(contact: Contact, asked: list[Box], values: dict[str, str]) -> dict[str, str]:
    """What a script has answered of the fields that were left empty: nobody is asked twice. At most two statements."""
    left = any(box.definition.key == WHAT_FAILS and not values.get(WHAT_FAILS) for box in asked)
    said = guidance.answers(contact)[:LONGEST] if left else ""
    return {WHAT_FAILS: said} if said else {}


def typed(request: StaffRequest) -> dict[str, str]:
    """What stands in the fields, by their keys, and under `was-…` what the page found there."""
    said = {name: str(text) for name, text in request.POST.items()}
    own = {name.removeprefix(PREFIX): text for name, text in said.items() if name.startswith(PREFIX)}
    return own | {name: text for name, text in said.items() if name.startswith(WAS)}
