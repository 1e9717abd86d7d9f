"""What stories of conversations share: a ticket with a subscriber, and his messages."""

from itertools import count
from typing import Any

from common import clock
from messaging import actions as messaging
from messaging.models import Message
from staff.models import User
from tests.factories.town import House, house
from tickets import actions
from tickets.models import Ticket

_keys = count(1)


def home(number: str = "21") -> House:
    return house(number, flats=2)


def opened(by: User, at: House, desk: str = "support", **more: Any) -> Ticket:
    facts = {"subject": "Нет интернета", "channel": "phone", "subscriber": at.subscribers[0], **more}
    return actions.open_ticket(desk=desk, by=by, **facts)


def writes(text: str, *, phone: str, key: str = "", **more: Any) -> Message:
    """The subscriber sends an SMS."""
    facts = {"channel": "phone", "address": phone, "at": clock.now(), **more}
    return messaging.receive(text=text, key=key or f"test-{next(_keys)}", **facts)
