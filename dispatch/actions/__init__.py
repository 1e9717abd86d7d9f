"""Every write of the dispatch desk: ordering visits, finding masters, the master's own steps."""

from dispatch.actions.emergency import assign_waiting, incident_over, order_immediate, order_missing_visits
from dispatch.actions.planning import book, cancel, clear_flag, reschedule
from dispatch.actions.rules import CannotMove, NotYours, SlotTaken
from dispatch.actions.shifts import NoShift, ShiftBusy, ShiftTaken, remove_shift, set_shifts, set_skills
from dispatch.actions.work import accept, arrive, fail, finish, set_out

__all__ = [
    "CannotMove",
    "NoShift",
    "NotYours",
    "ShiftBusy",
    "ShiftTaken",
    "SlotTaken",
    "accept",
    "arrive",
    "assign_waiting",
    "book",
    "cancel",
    "clear_flag",
    "fail",
    "finish",
    "incident_over",
    "order_immediate",
    "order_missing_visits",
    "remove_shift",
    "reschedule",
    "set_out",
    "set_shifts",
    "set_skills",
]
