"""Every write of the dispatch desk: ordering visits, finding masters, the master's own steps."""

from dispatch.actions.connections import (
    AlreadyAsked,
    NotNow,
    Unclear,
    answer_check,
    ask_connection,
    choose_window,
    end_with_ticket,
    follow_visit,
    lose,
    set_house,
)
from dispatch.actions.emergency import assign_waiting, incident_over, order_immediate, order_missing_visits
from dispatch.actions.planning import book, cancel, clear_flag, reschedule
from dispatch.actions.rules import CannotMove, NotYours, SlotTaken
from dispatch.actions.shifts import NoShift, ShiftBusy, ShiftTaken, remove_shift, set_shifts, set_skills
from dispatch.actions.work import accept, arrive, fail, finish, set_out

__all__ = [
    "AlreadyAsked",
    "CannotMove",
    "NoShift",
    "NotNow",
    "NotYours",
    "ShiftBusy",
    "ShiftTaken",
    "SlotTaken",
    "Unclear",
    "accept",
    "answer_check",
    "arrive",
    "ask_connection",
    "assign_waiting",
    "book",
    "cancel",
    "choose_window",
    "clear_flag",
    "end_with_ticket",
    "fail",
    "finish",
    "follow_visit",
    "incident_over",
    "lose",
    "order_immediate",
    "order_missing_visits",
    "remove_shift",
    "reschedule",
    "set_house",
    "set_out",
    "set_shifts",
    "set_skills",
]
