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

__all__ = ["act", "act_document", "cancel", "confirm", "erase", "export", "personal_data", "subscriber_data"]
