"""Every write on incidents: what the detector does (evaluate) and what people do (care, works, settings)."""

from incidents.actions.attach import attach, detach, take_back_word
from incidents.actions.care import close, close_faded, confirm, dismiss, edit, restore
from incidents.actions.evaluate import evaluate_contacts
from incidents.actions.lifecycle import CannotMove
from incidents.actions.rates import learn_rates, learn_rates_if_due
from incidents.actions.settings import change_settings
from incidents.actions.word import send_word
from incidents.actions.works import announce_works, cancel_works

__all__ = [
    "CannotMove",
    "announce_works",
    "attach",
    "cancel_works",
    "change_settings",
    "close",
    "close_faded",
    "confirm",
    "detach",
    "dismiss",
    "edit",
    "evaluate_contacts",
    "learn_rates",
    "learn_rates_if_due",
    "restore",
    "send_word",
    "take_back_word",
]
