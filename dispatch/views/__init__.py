from dispatch.views.board import acknowledge, assign, board, cancel
from dispatch.views.booking import book, slots_panel
from dispatch.views.today import step, today

__all__ = ["acknowledge", "assign", "board", "book", "cancel", "slots_panel", "step", "today"]
