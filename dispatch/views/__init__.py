from dispatch.views.board import acknowledge, assign, board, cancel, of_caller, of_incident
from dispatch.views.booking import book, slots_panel
from dispatch.views.shifts import remove_shift, set_shifts, set_skills, shifts
from dispatch.views.today import step, today

__all__ = [
    "acknowledge",
    "assign",
    "board",
    "book",
    "cancel",
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
