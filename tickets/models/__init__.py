"""Work that somebody must do later."""

from tickets.models.conversation import Draft, Kind, Mention, TicketFile, TicketMessage, TicketViewer
from tickets.models.policy import DeskPolicy, DeskPolicyEvent, ResolutionCode, seed_policies
from tickets.models.texts import TextModule, TextModuleEvent, seed_texts
from tickets.models.ticket import (
    MOVES,
    OWN_DESK_ONLY,
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
    "OWN_DESK_ONLY",
    "TICKET_DESKS",
    "Category",
    "DeskPolicy",
    "DeskPolicyEvent",
    "Draft",
    "Kind",
    "Mention",
    "Priority",
    "ResolutionCode",
    "Status",
    "TextModule",
    "TextModuleEvent",
    "Ticket",
    "TicketEvent",
    "TicketFile",
    "TicketMessage",
    "TicketQuerySet",
    "TicketViewer",
    "seed_policies",
    "seed_texts",
]
