"""People and firms that buy the service, and what is done with their personal data."""

from customers.models.personal_data import Erasure, ErasureAct, SubscriberEvent
from customers.models.reading import CardReading
from customers.models.subscriber import (
    Contract,
    Phone,
    Service,
    ServiceKind,
    ServiceState,
    Subscriber,
    SubscriberQuerySet,
    masked_name,
    short_name,
)

__all__ = [
    "CardReading",
    "Contract",
    "Erasure",
    "ErasureAct",
    "Phone",
    "Service",
    "ServiceKind",
    "ServiceState",
    "Subscriber",
    "SubscriberEvent",
    "SubscriberQuerySet",
    "masked_name",
    "short_name",
]
