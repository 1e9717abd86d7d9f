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
    "MOVES",
    "TICKET_DESKS",
    "Board",
    "Category",
    "DeskPolicy",
    "DeskPolicyEvent",
    "Export",
    "Priority",
    "ResolutionCode",
    "Status",
    "Tally",
    "Ticket",
    "TicketEvent",
    "TicketQuerySet",
    "TicketText",
    "seed_boards",
    "seed_policies",
]
