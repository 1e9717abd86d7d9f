from tickets.views.board import board
from tickets.views.history import history
from tickets.views.policies import policies, policy
from tickets.views.ticket import (
    comment,
    edit,
    give,
    hand_over,
    move,
    open_again,
    release,
    reopen,
    resolve,
    take,
    take_over,
    ticket,
)

__all__ = [
    "board",
    "comment",
    "edit",
    "give",
    "hand_over",
    "history",
    "move",
    "open_again",
    "policies",
    "policy",
    "release",
    "reopen",
    "resolve",
    "take",
    "take_over",
    "ticket",
]
