"""What every deed on a ticket shares: the lock, the move between states, the save."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common import changes, clock
from common.errors import DomainError
from common.history import System
from staff.models import User
from tickets.models import DeskPolicy, Status, Ticket

Actor = User | System


class CannotMove(DomainError):
    code = "cannot_move"


class WrongDesk(DomainError):
    code = "wrong_desk"
    status = 422


class EmptyText(DomainError):
    code = "empty_text"
    status = 422


def locked(ticket: Ticket) -> Ticket:
    """The ticket as it is now, locked until the transaction ends.

    Its key is left free: rows that point to it are checked at another's commit, and a full lock would make a circle.
    """
    found = Ticket.objects.select_for_update(of=("self",), no_key=True).get(pk=ticket.pk)
    changes.remember(found)
    return found


def save(ticket: Ticket, *fields: str) -> None:
    """Write these fields; the ticket has changed now."""
    ticket.changed_at = clock.now()
    ticket.save(update_fields=["changed_at", *fields])


def touch(ticket: Ticket) -> None:
    """Something was added to the ticket that is not in its own row."""
    save(ticket)


def move(ticket: Ticket, to: str, *, wait_until: datetime | None = None, within: bool = False) -> list[str]:
    """Change the state if the desk allows it; the fields that changed, for `save`.

    `within`: a move that follows from another deed (taking, a finished visit), which the desk's rules do not forbid.
    Raises CannotMove.
    """
    if to == ticket.status and wait_until == ticket.wait_until:
        return []
    if to != ticket.status and not (within or to in DeskPolicy.of(ticket.desk).allowed(ticket.status)):
        raise CannotMove(
            _("The ticket is “%(old)s”; it cannot become “%(new)s”.")
            % {"old": ticket.get_status_display(), "new": Status(to).label}
        )
    ticket.status = to
    ticket.wait_until = wait_until if to == Status.POSTPONED else None
    ticket.resolved_at = clock.now() if to == Status.RESOLVED else None
    fields = ["status", "wait_until", "resolved_at"]
    if to != Status.RESOLVED:
        ticket.resolution_code = ticket.merged_into = None
        fields += ["resolution_code", "merged_into"]
    return fields


def required(text: str, field: str, message: str) -> str:
    """The text without blanks around it; EmptyText beside its field when nothing is left."""
    text = text.strip()
    if not text:
        raise EmptyText(message, fields={field: _("Required.")})
    return text


def final(ticket: Ticket) -> Ticket:
    """The ticket that took this one in, at the end of the chain of merges. A query a step."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


def landed(ticket: Ticket) -> Ticket:
    """The ticket that a word for this one belongs to, locked: at the end of its merges, also of one made meanwhile."""
    ticket = locked(final(locked(ticket)))
    while ticket.merged_into is not None:
        ticket = locked(final(ticket))
    return ticket


Fields = dict[str, Any]
