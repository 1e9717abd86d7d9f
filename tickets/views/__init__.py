from tickets.views.attachments import add_file, file, remove_file
from tickets.views.board import board
from tickets.views.conversation import comment, draft, my_mentions, people, reply, retry, take_back, texts
from tickets.views.policies import policies, policy
from tickets.views.presence import leave, presence
from tickets.views.text_settings import texts_settings
from tickets.views.ticket import (
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
    "add_file",
    "board",
    "comment",
    "draft",
    "file",
    "give",
    "hand_over",
    "leave",
    "move",
    "my_mentions",
    "open_again",
    "people",
    "policies",
    "policy",
    "presence",
    "release",
    "remove_file",
    "reopen",
    "reply",
    "resolve",
    "retry",
    "take",
    "take_back",
    "take_over",
    "texts",
    "texts_settings",
    "ticket",
]
