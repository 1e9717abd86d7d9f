"""What a ticket's history says: who, when, from where, and what changed into what."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from common import origin
from contactcenter import sweep
from contacts.models import ContactEvent
from staff.actions import issue_api_key
from staff.models import User
from tests.factories.line import pbx
from tests.factories.town import house
from tickets import actions
from tickets.models import Ticket, TicketEvent

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def opened(by: User, desk: str = "support") -> Ticket:
    home = house(str(30 + Ticket.objects.count()))
    return actions.open_ticket(
        desk=desk, subject="Нет интернета", channel="phone", by=by, subscriber=home.subscribers[0]
    )


def last(ticket: Ticket) -> TicketEvent:
    return ticket.history.latest("pk")


def test_a_page_leaves_its_way_and_the_persons_address(olga: User, sergey: User, signed_in: Browser) -> None:
    ticket = opened(olga)
    assert (last(ticket).via, last(ticket).address) == (None, None)  # nobody said
    signed_in(sergey).post(f"/tickets/{ticket.number}/take/", REMOTE_ADDR="10.1.2.3")
    assert (last(ticket).via, last(ticket).address) == ("page", "10.1.2.3")
    signed_in(sergey).post(f"/tickets/{ticket.number}/comment/", {"text": "x"}, REMOTE_ADDR="unix:")
    assert (last(ticket).via, last(ticket).address) == ("page", None)
    assert origin.current() is None


def test_a_forwarded_address_is_not_believed_here(olga: User, signed_in: Browser) -> None:
    ticket = opened(olga, "first_line")
    headers = {"X-Forwarded-For": "6.6.6.6", "X-Real-IP": "6.6.6.6"}
    signed_in(olga).post(f"/tickets/{ticket.number}/take/", REMOTE_ADDR="10.1.2.3", headers=headers)
    assert last(ticket).address == "10.1.2.3"


def test_rest_leaves_the_key_it_came_with(olga: User, sergey: User, signed_in: Browser) -> None:
    ticket = opened(olga)
    caller = Client(headers={"Authorization": f"Token {issue_api_key(user=sergey, name='CRM')}"})
    path = f"/api/v1/tickets/{ticket.number}/comments/"
    caller.post(path, {"text": "Из CRM"}, content_type="application/json")
    assert last(ticket).via == f"rest:{sergey.api_keys.get().pk}"
    signed_in(sergey).post(path, {"text": "Из браузера"}, content_type="application/json")
    assert last(ticket).via == "rest"


def test_the_telephone_exchange_leaves_its_line_and_no_address() -> None:
    line = pbx()
    line.ring(house().phone(0))
    event = ContactEvent.objects.get()
    assert (event.by_system, event.via, event.address) == ("pbx", f"pbx:{line.line.pk}", None)


def test_the_sweep_leaves_its_part(olga: User, sergey: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = actions.take(ticket=opened(olga), by=sergey)
    sergey.is_active = False
    sergey.save()
    sweep.sweep()
    assert (last(ticket).kind, last(ticket).via) == ("released", "sweep:return_work_of_absent")


def test_a_way_inside_another_keeps_the_address_and_ends_with_its_block() -> None:
    with origin.coming(origin.Via.PAGE, address="10.0.0.1"):
        with origin.coming(origin.Via.BULK, "x" * 100):
            inner: Any = origin.current()
            assert (len(inner.via), inner.via[:6], inner.address) == (60, "bulk:x", "10.0.0.1")
        assert origin.current() == origin.Origin("page", "10.0.0.1")
    assert origin.current() is None
