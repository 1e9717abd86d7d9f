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
from tickets.actions.boards import (
    BoardNameTaken,
    NotYourBoard,
    TooManyBoards,
    move_board,
    note_export,
    remove_board,
    restore_board,
    save_board,
)
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

__all__ = [
    "AlreadyTaken",
    "BoardNameTaken",
    "CannotMove",
    "EmptyText",
    "NotYourBoard",
    "NotYours",
    "OpenChildren",
    "TooLate",
    "TooManyBoards",
    "WrongCode",
    "WrongDate",
    "WrongDesk",
    "WrongPerson",
    "comment",
    "edit",
    "give",
    "hand_over",
    "may_reopen",
    "move_board",
    "note_export",
    "open_again",
    "open_from_contact",
    "open_ticket",
    "release",
    "remove_board",
    "reopen",
    "resolve",
    "restore_board",
    "return_work_of_absent",
    "save_board",
    "save_policy",
    "set_status",
    "subscriber_wrote",
    "take",
    "take_over",
    "wake_postponed",
]
