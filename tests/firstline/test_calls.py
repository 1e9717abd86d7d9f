"""The call screen over HTTP: who calls, what about, how it ended."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from contacts.models import Contact
from customers.models import Phone
from staff.models import User
from tests.conftest import NOW
from tests.factories.line import pbx
from tests.factories.town import house
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def noon(at_noon: time_machine.Traveller) -> None:
    assert NOW


def test_who_shares_a_phone_is_asked_and_the_answer_can_be_taken_back(olga: User, signed_in: Browser) -> None:
    home, browser = house(), signed_in(olga)
    Phone.objects.create(subscriber=home.subscribers[1], number=home.phone(0))
    pbx().ring(home.phone(0))
    contact = Contact.objects.get()
    assert (contact.subscriber, contact.building) == (None, home.building)
    shown = browser.get(f"/calls/{contact.pk}/").context["person"]
    assert set(shown.candidates) == {home.subscribers[0], home.subscribers[1]}
    browser.post(f"/calls/{contact.pk}/identify/", {"subscriber": home.subscribers[1].pk})
    contact.refresh_from_db()
    assert contact.subscriber == home.subscribers[1]
    browser.post(f"/calls/{contact.pk}/identify/")
    contact.refresh_from_db()
    assert contact.subscriber is None


def test_a_hidden_number_is_placed_by_house_flat_or_account(olga: User, signed_in: Browser) -> None:
    home, browser = house("21"), signed_in(olga)
    pbx().ring("anonymous")
    contact = Contact.objects.get()
    page = f"/calls/{contact.pk}/"
    assert list(browser.get(page, {"house": "оранж 21"}).context["found"]) == [home.building]
    account = home.subscribers[2].account
    assert list(browser.get(page, {"house": account}).context["people"]) == [home.subscribers[2]]
    assert "found" not in browser.get(page, {"house": "о"}).context
    browser.post(f"{page}identify/", {"building": home.building.pk})
    flat = home.subscribers[2].premise.number  # type: ignore[union-attr]
    assert browser.get(page, {"flat": flat}).context["person"].candidates == [home.subscribers[2]]
    assert browser.get(page, {"flat": "999"}).context["person"].candidates == []
    for nonsense in ("x", "0", "9" * 30):
        assert browser.post(f"{page}identify/", {"subscriber": nonsense}).status_code == 404


def test_an_ending_needs_an_outcome_and_leads_on(olga: User, signed_in: Browser) -> None:
    home, browser = house(), signed_in(olga)
    pbx().ring(home.phone(0))
    contact = Contact.objects.get()
    browser.post(f"/calls/{contact.pk}/topic/", {"topic": "payment_terminal"})
    refused = browser.post(f"/calls/{contact.pk}/close/", {"note": "Важно"}, headers={"HX-Request": "true"})
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (422, "#toasts")
    done = browser.post(
        f"/calls/{contact.pk}/close/", {"outcome": "answered", "note": "Важно"}, headers={"HX-Request": "true"}
    )
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, "/calls/")
    contact.refresh_from_db()
    assert (contact.outcome, contact.note, contact.handled_by) == ("answered", "Важно", olga)
    assert browser.post(f"/calls/{contact.pk}/topic/", {"topic": "nonsense"}).status_code == 404


def test_a_ticket_in_one_step_takes_who_where_and_the_words(olga: User, signed_in: Browser) -> None:
    home, browser = house(), signed_in(olga)
    pbx().ring(home.phone(0))
    contact = Contact.objects.get()
    browser.post(f"/calls/{contact.pk}/topic/", {"topic": "no_tv"})
    browser.post(f"/calls/{contact.pk}/ticket/", {"desk": "nobody", "note": "x"})
    assert not Ticket.objects.exists()
    browser.post(f"/calls/{contact.pk}/ticket/", {"desk": "support", "subject": "", "note": "Рябь на всех каналах"})
    one = Ticket.objects.get()
    assert (one.subscriber, one.building, one.contact) == (home.subscribers[0], home.building, contact)
    assert one.subject == one.topic.title  # type: ignore[union-attr]
    assert one.history.get(kind="commented").data["text"] == "Рябь на всех каналах"
    contact.refresh_from_db()
    assert (contact.outcome, contact.note) == ("ticket", "Рябь на всех каналах")


def test_the_outsourcer_never_sees_a_whole_number_support_does(olga: User, sergey: User, signed_in: Browser) -> None:
    home = house()
    pbx().ring(home.phone(0))
    shown = home.phone(0)[-4:-2] + "-" + home.phone(0)[-2:]
    hers = signed_in(olga).get("/calls/").content.decode()
    assert home.phone(0)[2:8] not in hers.replace(" ", "").replace("-", "")
    assert shown in hers
    assert home.phone(0)[2:8] in signed_in(sergey).get("/calls/").content.decode().replace(" ", "").replace("-", "")
