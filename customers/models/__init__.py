"""People and firms that buy the service, and what is done with their personal data."""

from customers.models.personal_data import Erasure, ErasureAct, SubscriberEvent
from customers.models.subscriber import (
    Contract,
    Phone,
    Service,
    ServiceKind,
    ServiceState,
    Subscriber,
    SubscriberQuerySet,
    short_name,
)

__all__ = [
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
    "short_name",
]
