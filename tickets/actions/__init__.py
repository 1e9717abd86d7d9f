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
from tickets.actions.common import CannotMove, EmptyText, WrongDesk
from tickets.actions.conversation import (
    CannotReply,
    TooLateToTakeBack,
    TooLong,
    comment,
    note,
    receive,
    reply,
    take_back,
)
from tickets.actions.drafts import LONGEST as LONGEST_DRAFT
from tickets.actions.drafts import WrongDraft, add_file, files, forget_old_drafts, remove_file, save_draft, upload
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
from tickets.actions.newer import NewerMessage
from tickets.actions.opening import open_again, open_from_contact, open_ticket
from tickets.actions.policies import save_policy
from tickets.actions.presence import forget_viewers, leave, see
from tickets.actions.texts import ShortcutTaken, save_text

__all__ = [
    "LONGEST_DRAFT",
    "AlreadyTaken",
    "CannotMove",
    "CannotReply",
    "EmptyText",
    "NewerMessage",
    "NotYours",
    "OpenChildren",
    "ShortcutTaken",
    "TooLate",
    "TooLateToTakeBack",
    "TooLong",
    "WrongCode",
    "WrongDate",
    "WrongDesk",
    "WrongDraft",
    "WrongPerson",
    "add_file",
    "comment",
    "edit",
    "files",
    "forget_old_drafts",
    "forget_viewers",
    "give",
    "hand_over",
    "leave",
    "may_reopen",
    "note",
    "open_again",
    "open_from_contact",
    "open_ticket",
    "receive",
    "release",
    "remove_file",
    "reopen",
    "reply",
    "resolve",
    "return_work_of_absent",
    "save_draft",
    "save_policy",
    "save_text",
    "see",
    "set_status",
    "subscriber_wrote",
    "take",
    "take_back",
    "take_over",
    "upload",
    "wake_postponed",
]
