"""What the first line does: with a contact that is there, and with people who are to be called."""

from firstline.actions.by_hand import note_call
from firstline.actions.call_backs import (
    AlreadyTaken,
    NotOpen,
    WrongMoment,
    ask_call_back,
    catch_missed,
    finish,
    nobody_answered,
    put_off,
    release_call_back,
    take_call_back,
)
from firstline.actions.contacts import (
    DESKS,
    EndedMeanwhile,
    NobodyNamed,
    NothingHandedOver,
    NotVerified,
    ToldAlready,
    is_verified,
    let_go,
    open_card,
    pass_on,
    set_apart,
    tell_of_incident,
    verify,
    wrap_up,
)
from firstline.actions.notes import drop_note, forget_notes, keep_note
from firstline.actions.presence import forget_viewers, leave, see
from firstline.actions.talks import begin_talk, settle_by
from firstline.wrapping import BY_HAND

__all__ = [
    "BY_HAND",
    "DESKS",
    "AlreadyTaken",
    "EndedMeanwhile",
    "NobodyNamed",
    "NotOpen",
    "NotVerified",
    "NothingHandedOver",
    "ToldAlready",
    "WrongMoment",
    "ask_call_back",
    "begin_talk",
    "catch_missed",
    "drop_note",
    "finish",
    "forget_notes",
    "forget_viewers",
    "is_verified",
    "keep_note",
    "leave",
    "let_go",
    "nobody_answered",
    "note_call",
    "open_card",
    "pass_on",
    "put_off",
    "release_call_back",
    "see",
    "set_apart",
    "settle_by",
    "take_call_back",
    "tell_of_incident",
    "verify",
    "wrap_up",
]
