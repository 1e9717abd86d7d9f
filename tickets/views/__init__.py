from tickets.views.board import board, move_view, remove_view, restore_view, save_view
from tickets.views.bulk import many
from tickets.views.export import export_csv, export_xlsx, exports
from tickets.views.find import find
from tickets.views.history import history
from tickets.views.home import home
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
    "export_csv",
    "export_xlsx",
    "exports",
    "find",
    "give",
    "hand_over",
    "history",
    "home",
    "many",
    "move",
    "move_view",
    "open_again",
    "policies",
    "policy",
    "release",
    "remove_view",
    "reopen",
    "resolve",
    "restore_view",
    "save_view",
    "take",
    "take_over",
    "ticket",
]
