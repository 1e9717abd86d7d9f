"""Writes to subscribers: loading the whole town; exporting and erasing one person's data."""

from customers.actions.erasure import (
    AlreadyAsked,
    Blocked,
    NotConfirmed,
    NotOpen,
    ask_erasure,
    cancel_erasure,
    carry_out_erasures,
    confirm_erasure,
)
from customers.actions.export import Export, export_data
from customers.actions.loading import Loaded, TownNotEmpty, load_demo_town, load_subscribers, load_town
from customers.actions.reading import TooManyCards, read_card, show_cards

__all__ = [
    "AlreadyAsked",
    "Blocked",
    "Export",
    "Loaded",
    "NotConfirmed",
    "NotOpen",
    "TooManyCards",
    "TownNotEmpty",
    "ask_erasure",
    "cancel_erasure",
    "carry_out_erasures",
    "confirm_erasure",
    "export_data",
    "load_demo_town",
    "load_subscribers",
    "load_town",
    "read_card",
    "show_cards",
]
