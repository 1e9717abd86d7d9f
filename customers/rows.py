"""What subscribers are loaded from: plain rows that name each other by natural keys (see network.rows)."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


class SubscriberRow(NamedTuple):
    """`street` and `house` are None when the address is not said; `number` is the premise's."""

    account: str
    name: str
    street: str | None
    street_kind: str | None
    house: str | None
    number: str | None
    opened_on: date | None = None
    active: bool | None = None
    contract: str | None = None
    signed_on: date | None = None
    phones_told: bool = True
    services_told: bool = True
    source: str = ""
    email: str | None = None  # None: not said; "": he has none any more


class PhoneRow(NamedTuple):
    account: str
    number: str


class ServiceRow(NamedTuple):
    account: str
    kind: str
    tariff: str = ""
    active: bool = True


@dataclass
class CustomerRows:
    """`phones_told` (`services_told`) of a subscriber says that those listed here are all he has."""

    subscribers: list[SubscriberRow] = field(default_factory=list)
    phones: list[PhoneRow] = field(default_factory=list)
    services: list[ServiceRow] = field(default_factory=list)
