"""Every deed on a ticket, one verb each; the only place that saves one."""

from tickets.actions.assignment import (
    AlreadyTaken,
    NotYours,
    WrongPerson,
    give,
    hand_over,
    release,
    return_work_of_absent,
    take,
    take_over,
)
from tickets.actions.clocks import mark_stale, refresh_stale
from tickets.actions.common import CannotMove, EmptyText, WrongDesk
from tickets.actions.editing import edit
from tickets.actions.lifecycle import (
    OpenChildren,
    TooLate,
    WrongCode,
    WrongDate,
    may_reopen,
    reopen,
    resolve,
    set_status,
    subscriber_wrote,
    wake_postponed,
)
from tickets.actions.notes import comment
from tickets.actions.opening import open_again, open_from_contact, open_ticket
from tickets.actions.policies import save_policy
from tickets.actions.promise_rules import (
    StepKnown,
    TwoPromises,
    WrongHours,
    add_step,
    follow_holidays,
    forget_day,
    remove_step,
    retire_promise,
    save_promise,
    set_day,
    set_week,
)
from tickets.actions.promises import ring_alarms

__all__ = [
    "AlreadyTaken",
    "CannotMove",
    "EmptyText",
    "NotYours",
    "OpenChildren",
    "StepKnown",
    "TooLate",
    "TwoPromises",
    "WrongCode",
    "WrongDate",
    "WrongDesk",
    "WrongHours",
    "WrongPerson",
    "add_step",
    "comment",
    "edit",
    "follow_holidays",
    "forget_day",
    "give",
    "hand_over",
    "mark_stale",
    "may_reopen",
    "open_again",
    "open_from_contact",
    "open_ticket",
    "refresh_stale",
    "release",
    "remove_step",
    "reopen",
    "resolve",
    "retire_promise",
    "return_work_of_absent",
    "ring_alarms",
    "save_policy",
    "save_promise",
    "set_day",
    "set_status",
    "set_week",
    "subscriber_wrote",
    "take",
    "take_over",
    "wake_postponed",
]
