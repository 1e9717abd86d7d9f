"""Work that somebody must do later."""

from tickets.models.board import Board, Export, Tally, TicketText, seed_boards
from tickets.models.policy import DeskPolicy, DeskPolicyEvent, ResolutionCode, seed_policies
from tickets.models.sla import (
    CalendarDay,
    ClockKind,
    SlaPolicy,
    SlaPolicyEvent,
    SlaStep,
    StaleClock,
    TicketClock,
    WorkCalendar,
    WorkCalendarEvent,
    seed_sla,
)
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
    "CalendarDay",
    "Category",
    "ClockKind",
    "DeskPolicy",
    "DeskPolicyEvent",
    "Export",
    "Priority",
    "ResolutionCode",
    "SlaPolicy",
    "SlaPolicyEvent",
    "SlaStep",
    "StaleClock",
    "Status",
    "Tally",
    "Ticket",
    "TicketClock",
    "TicketEvent",
    "TicketQuerySet",
    "TicketText",
    "WorkCalendar",
    "WorkCalendarEvent",
    "seed_boards",
    "seed_policies",
    "seed_sla",
]
