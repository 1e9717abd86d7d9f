"""Work that somebody must do later."""

from tickets.models.policy import DeskPolicy, DeskPolicyEvent, ResolutionCode, seed_policies
from tickets.models.ticket import (
    MOVES,
    TICKET_DESKS,
    Category,
    Priority,
    Status,
    Ticket,
    TicketEvent,
    TicketQuerySet,
)

__all__ = [
    "MOVES",
    "TICKET_DESKS",
    "Category",
    "DeskPolicy",
    "DeskPolicyEvent",
    "Priority",
    "ResolutionCode",
    "Status",
    "Ticket",
    "TicketEvent",
    "TicketQuerySet",
    "seed_policies",
]
