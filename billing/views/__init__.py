from billing.views.accounts import account, account_extract, accounts
from billing.views.deeds import pay, promise, resume, reverse, suspend, tariff
from billing.views.questions import ask, confirm, question, questions, refuse, withdraw
from billing.views.readings import readings
from billing.views.reasons import day_limit, reasons, save_reason

__all__ = [
    "account",
    "account_extract",
    "accounts",
    "ask",
    "confirm",
    "day_limit",
    "pay",
    "promise",
    "question",
    "questions",
    "readings",
    "reasons",
    "refuse",
    "resume",
    "reverse",
    "save_reason",
    "suspend",
    "tariff",
    "withdraw",
]
