from billing.actions.accounts import ReasonNeeded, account_of, resume, suspend
from billing.actions.ledger import (
    AlreadyReversed,
    BadAmount,
    KeyTaken,
    NotReversible,
    amount_from,
    post,
    record_payment,
    reverse,
    set_tariff,
)

__all__ = [
    "AlreadyReversed",
    "BadAmount",
    "KeyTaken",
    "NotReversible",
    "ReasonNeeded",
    "account_of",
    "amount_from",
    "post",
    "record_payment",
    "resume",
    "reverse",
    "set_tariff",
    "suspend",
]
