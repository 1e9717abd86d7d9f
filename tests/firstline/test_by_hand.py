"""A call is typed in by hand when the exchange is away; a card's number is never stored, wherever it is typed."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from contacts.models import Contact
from staff.models import User
from tests.factories.line import pbx
from tests.factories.town import house
from tests.firstline.test_calls import shown, talks_to
from tests.tickets.test_api import Caller
from tickets.models import Ticket, TicketEvent

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
CARD = "4111 1111 1111 1111"


def test_a_call_typed_in_is_a_contact_like_any_other(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, browser = house(), signed_in(olga)
    said = {"phone": f"8{home.phone(0)[2:]}", "key": "k-1"}
    replies = [browser.post("/calls/by-hand/", said) for _ in range(2)]
    contact = Contact.objects.get()
    assert {reply["Location"] for reply in replies} == {f"/calls/{contact.pk}/"}
    assert (contact.subscriber, contact.building, contact.handled_by) == (home.subscribers[0], home.building, olga)
    assert contact.history.get(kind="received").by_user == olga
    assert home.subscribers[0].name_masked in shown(browser, contact)
    assert "Без итога" in browser.get("/calls/").content.decode()
    browser.post(f"/calls/{contact.pk}/close/", {"outcome": "answered", "topic": "tariff"})
    contact.refresh_from_db()
    assert contact.outcome == "answered"


def test_the_callers_own_calls_are_not_his_neighbours(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    for _ in range(2):
        contact = talks_to(olga, line, home.phone(0))
    page = shown(browser, contact)
    assert "сегодня 2 обращения" in page and "за последний час" not in page
    talks_to(olga, line, home.phone(1))
    assert "1 сосед звонил за последний час" in shown(browser, contact)


@pytest.mark.parametrize("phone", ["", "55", "доб. 12 от соседки", "+" * 60])
def test_a_number_in_a_strange_form_is_kept_as_typed_and_flagged(
    phone: str, at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    browser = signed_in(olga)
    browser.post("/calls/by-hand/", {"phone": phone, "key": "k-2"})
    contact = Contact.objects.get()
    assert contact.phone == phone[:40]
    if phone and not phone.startswith("+"):
        assert "необычный номер" in shown(browser, contact)


def test_only_those_who_answer_write_calls_down(anna: User, maxim: User, signed_in: Browser) -> None:
    for who in (anna, maxim):
        assert signed_in(who).post("/calls/by-hand/", {"phone": "1"}).status_code == 403


def test_a_cards_number_is_masked_wherever_it_is_typed(
    at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser
) -> None:
    browser, contact = signed_in(olga), talks_to(olga, pbx(), house().phone(0))
    browser.post(f"/calls/{contact.pk}/close/", {"outcome": "answered", "topic": "tariff", "note": f"Диктует {CARD}"})
    contact.refresh_from_db()
    assert contact.note == "Диктует **** **** **** 1111"
    api = Caller(sergey)
    made = api.send("post", "", {"desk": "support", "subject": f"Карта {CARD}", "text": [CARD][0]}).json()
    ticket = Ticket.objects.get(number=made["number"])
    ours = signed_in(sergey)
    ours.post(f"/tickets/{ticket.number}/take/")
    ours.post(f"/tickets/{ticket.number}/release/", {"reason": f"Назвал {CARD}"})
    ours.post(f"/tickets/{ticket.number}/resolve/", {"code": "solved", "text": CARD.replace(" ", "")})
    ticket.refresh_from_db()
    stored = f"{ticket.subject} {ticket.resolution} {list(TicketEvent.objects.values_list('data', flat=True))}"
    assert stored.count("1111") >= 4
    assert "4111" not in stored


def test_a_password_that_looks_like_a_card_stays_what_it_is(person: Callable[..., User]) -> None:
    somebody = person("masha", "support", "Маша", "Ким")
    somebody.set_password("4111111111111111")
    somebody.save()
    reply = Client().post("/login/", {"login": "masha", "password": "4111111111111111"})
    assert reply.status_code == 302
