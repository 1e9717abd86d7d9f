"""What the first line does: with a contact that is there, and with people who are to be called."""

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
    BY_HAND,
    DESKS,
    NobodyNamed,
    NotVerified,
    is_verified,
    open_card,
    pass_on,
    tell_of_incident,
    verify,
    wrap_up,
)

__all__ = [
    "BY_HAND",
    "DESKS",
    "AlreadyTaken",
    "NobodyNamed",
    "NotOpen",
    "NotVerified",
    "WrongMoment",
    "ask_call_back",
    "catch_missed",
    "finish",
    "is_verified",
    "nobody_answered",
    "open_card",
    "pass_on",
    "put_off",
    "release_call_back",
    "take_call_back",
    "tell_of_incident",
    "verify",
    "wrap_up",
]
