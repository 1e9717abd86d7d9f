from tickets.views.board import board
from tickets.views.ticket import comment, hand_over, move, reopen, resolve, take, ticket

__all__ = ["board", "comment", "hand_over", "move", "reopen", "resolve", "take", "ticket"]
