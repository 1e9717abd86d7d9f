"""One deed on many tickets: the very deeds of one, each in a transaction of its own, each with its own verdict."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from staff.models import User
from tickets.actions.assignment import give, hand_over, release, take
from tickets.actions.children import attach, detach
from tickets.actions.conversation import comment
from tickets.actions.editing import edit
from tickets.actions.lifecycle import reopen, resolve, set_status
from tickets.actions.merging import merge, undo_merge
from tickets.models import Ticket

MOST = 1_000  # tickets of one deed
AT_ONCE = 50  # of them in one request, so that progress is seen


class Outcome(NamedTuple):
    number: str
    subject: str
    refusal: str = ""


class Deed(NamedTuple):
    """`run` gets the ticket, `by` and what the form said. `undo` is the deed that takes it back, if one does."""

    label: Promise
    run: Callable[..., Any]
    undo: str = ""


DEEDS: dict[str, Deed] = {
    "take": Deed(_("Take"), lambda ticket, by, said: take(ticket=ticket, by=by), undo="release"),
    "give": Deed(
        _("Give"), lambda ticket, by, said: give(ticket=ticket, to=said["person"], by=by, reason=said["text"])
    ),
    "release": Deed(_("Back to the desk"), lambda ticket, by, said: release(ticket=ticket, by=by, reason=said["text"])),
    "hand_over": Deed(
        _("Hand over"), lambda ticket, by, said: hand_over(ticket=ticket, to=said["desk"], by=by, reason=said["text"])
    ),
    "move": Deed(
        _("State"),
        lambda ticket, by, said: set_status(
            ticket=ticket, status=said["status"], until=said["until"], by=by, reason=said["text"]
        ),
    ),
    "priority": Deed(_("Priority"), lambda ticket, by, said: edit(ticket=ticket, by=by, priority=said["priority"])),
    "topic": Deed(_("Topic"), lambda ticket, by, said: edit(ticket=ticket, by=by, topic=said["topic"])),
    "note": Deed(_("Add the note"), lambda ticket, by, said: comment(ticket=ticket, by=by, text=said["text"])),
    "resolve": Deed(
        _("Resolve"),
        lambda ticket, by, said: resolve(ticket=ticket, by=by, text=said["text"], code=said["code"]),
        undo="reopen",
    ),
    "merge": Deed(
        _("Merge into"), lambda ticket, by, said: merge(ticket=ticket, into=said["into"], by=by), undo="undo_merge"
    ),
    "undo_merge": Deed(_("Undo the merge"), lambda ticket, by, said: undo_merge(ticket=ticket, by=by)),
    "attach": Deed(
        _("Put into a common ticket"),
        lambda ticket, by, said: attach(ticket=ticket, to=said["into"], by=by),
        undo="detach",
    ),
    "detach": Deed(_("Take out of the common ticket"), lambda ticket, by, said: detach(ticket=ticket, by=by)),
    "reopen": Deed(_("Reopen"), lambda ticket, by, said: reopen(ticket=ticket, by=by, reason=said["text"])),
}


def run(*, deed: str, numbers: Iterable[str], by: User, said: dict[str, Any]) -> list[Outcome]:
    """Do it with each ticket; what is refused, or not the viewer's to see, is said and stops nothing else."""
    outcomes = []
    for number in numbers:
        ticket = Ticket.objects.visible_to(by).filter(number=number).first()
        if ticket is None:
            outcomes.append(Outcome(number, "", str(_("There is no such ticket."))))
            continue
        try:
            with transaction.atomic():
                DEEDS[deed].run(ticket, by, said)
        except DomainError as error:
            outcomes.append(Outcome(number, ticket.subject, str(error.text)))
        else:
            outcomes.append(Outcome(number, ticket.subject))
    return outcomes
