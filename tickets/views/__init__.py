from tickets.views.attachments import add_file, file, remove_file
from tickets.views.board import board, move_view, remove_view, restore_view, save_view
from tickets.views.bulk import many
from tickets.views.conversation import comment, draft, my_mentions, people, reply, retry, take_back, texts
from tickets.views.export import export_csv, export_xlsx, exports
from tickets.views.find import find
from tickets.views.history import history
from tickets.views.home import home
from tickets.views.policies import policies, policy
from tickets.views.presence import leave, presence
from tickets.views.text_settings import texts_settings
from tickets.views.ticket import (
    colleagues,
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
    "add_file",
    "board",
    "colleagues",
    "comment",
    "draft",
    "edit",
    "export_csv",
    "export_xlsx",
    "exports",
    "file",
    "find",
    "give",
    "hand_over",
    "history",
    "home",
    "leave",
    "many",
    "move",
    "move_view",
    "my_mentions",
    "open_again",
    "people",
    "policies",
    "policy",
    "presence",
    "release",
    "remove_file",
    "remove_view",
    "reopen",
    "reply",
    "resolve",
    "restore_view",
    "retry",
    "save_view",
    "take",
    "take_back",
    "take_over",
    "texts",
    "texts_settings",
    "ticket",
]
