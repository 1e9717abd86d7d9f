from dispatch.views.board import acknowledge, assign, board, cancel, of_caller, of_incident
from dispatch.views.booking import book, slots_panel
from dispatch.views.connect_houses import connect_houses
from dispatch.views.connecting import connect_contact, connect_ticket
from dispatch.views.connections import connections, demand
from dispatch.views.shifts import remove_shift, set_shifts, set_skills, shifts
from dispatch.views.today import step, today

__all__ = [
    "acknowledge",
    "assign",
    "board",
    "book",
    "cancel",
    "connect_contact",
    "connect_houses",
    "connect_ticket",
    "connections",
    "demand",
    "of_caller",
    "of_incident",
    "remove_shift",
    "set_shifts",
    "set_skills",
    "shifts",
    "slots_panel",
    "step",
    "today",
]
