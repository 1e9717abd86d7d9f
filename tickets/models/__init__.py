"""Work that somebody must do later."""

from tickets.models.board import Board, Export, Tally, TicketText, seed_boards
from tickets.models.policy import DeskPolicy, DeskPolicyEvent, ResolutionCode, seed_policies
from tickets.models.ticket import (
    CATEGORY,
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
    "CATEGORY",
    "Board",
    "Export",
    "Tally",
    "TicketText",
    "seed_boards",
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
