"""Work that somebody must do later."""

from tickets.models.board import Board, Export, Tally, TicketText, seed_boards
from tickets.models.checklists import ChecklistItem, ChecklistTemplate, ChecklistTemplateEvent
from tickets.models.conversation import Draft, Kind, Mention, TicketFile, TicketMessage, TicketViewer
from tickets.models.fields import FieldDefinition, FieldDefinitionEvent, FieldKind
from tickets.models.policy import MERGED, DeskPolicy, DeskPolicyEvent, ResolutionCode, seed_policies
from tickets.models.relations import UNDO_FOR, CommonAnswer, CommonAnswerLine, Link, LinkKind, Merge
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
from tickets.models.templates import TicketTemplate, TicketTemplateEvent
from tickets.models.texts import TextModule, TextModuleEvent, seed_texts
from tickets.models.ticket import (
    CATEGORY,
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
from tickets.models.time import Handling, TimeEntry

__all__ = [
    "CATEGORY",
    "MERGED",
    "MOVES",
    "OWN_DESK_ONLY",
    "TICKET_DESKS",
    "UNDO_FOR",
    "Board",
    "CalendarDay",
    "Category",
    "ChecklistItem",
    "ChecklistTemplate",
    "ChecklistTemplateEvent",
    "ClockKind",
    "CommonAnswer",
    "CommonAnswerLine",
    "DeskPolicy",
    "DeskPolicyEvent",
    "Draft",
    "Export",
    "FieldDefinition",
    "FieldDefinitionEvent",
    "FieldKind",
    "Handling",
    "Kind",
    "Link",
    "LinkKind",
    "Mention",
    "Merge",
    "Priority",
    "ResolutionCode",
    "SlaPolicy",
    "SlaPolicyEvent",
    "SlaStep",
    "StaleClock",
    "Status",
    "Tally",
    "TextModule",
    "TextModuleEvent",
    "Ticket",
    "TicketClock",
    "TicketEvent",
    "TicketFile",
    "TicketMessage",
    "TicketQuerySet",
    "TicketTemplate",
    "TicketTemplateEvent",
    "TicketText",
    "TicketViewer",
    "TimeEntry",
    "WorkCalendar",
    "WorkCalendarEvent",
    "seed_boards",
    "seed_policies",
    "seed_sla",
    "seed_texts",
]
