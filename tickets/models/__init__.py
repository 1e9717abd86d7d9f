"""Work that somebody must do later."""

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
    "CalendarDay",
    "Category",
    "ClockKind",
    "DeskPolicy",
    "DeskPolicyEvent",
    "Priority",
    "ResolutionCode",
    "SlaPolicy",
    "SlaPolicyEvent",
    "SlaStep",
    "StaleClock",
    "Status",
    "Ticket",
    "TicketClock",
    "TicketEvent",
    "TicketQuerySet",
    "WorkCalendar",
    "WorkCalendarEvent",
    "seed_policies",
    "seed_sla",
]
