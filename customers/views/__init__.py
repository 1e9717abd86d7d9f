from customers.views.personal_data import (
    act,
    act_document,
    cancel,
    confirm,
    erase,
    export,
    personal_data,
    subscriber_data,
)
from customers.views.readings import readings

__all__ = [
    "act",
    "act_document",
    "cancel",
    "confirm",
    "erase",
    "export",
    "personal_data",
    "readings",
    "subscriber_data",
]
