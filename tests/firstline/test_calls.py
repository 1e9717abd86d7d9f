"""Olga takes calls: who it is, what it is about, how it ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from contacts.models import Contact
from customers.models import Phone
from firstline.actions import BY_HAND
from incidents import actions as incidents
from incidents.models import Incident, IncidentContact
from staff.models import User
from tests.conftest import NOW
from tests.factories.line import Pbx, pbx
from tests.factories.town import House, house
from tests.refusals import refused
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
SHARED = "+79215550101"


def talks_to(olga: User, line: Pbx, number: str) -> Contact:
    """Somebody rings and Olga answers."""
    call = line.ring(number)
    line.answer(call, number, user=olga.extension)
    return Contact.objects.latest("pk")


def shown(browser: Client, contact: Contact, **asked: str) -> str:
    reply = browser.get(f"/calls/{contact.pk}/", asked)
    assert reply.status_code == 200
    return reply.content.decode()


def share_a_phone(*homes: tuple[House, int]) -> None:
    for home, n in homes:
        Phone.objects.create(subscriber=home.subscribers[n], number=SHARED)


def test_one_persons_phone_says_who_calls(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    home = house()
    contact = talks_to(olga, pbx(), home.phone(3))
    assert (contact.subscriber, contact.building) == (home.subscribers[3], home.building)
    page = shown(signed_in(olga), contact)
    assert home.subscribers[3].name_masked in page
    assert home.building.title in page


def test_of_several_who_share_a_phone_nobody_is_guessed(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    here, there = house("21"), house("23")
    share_a_phone((here, 0), (there, 5))
    browser, contact = signed_in(olga), talks_to(olga, pbx(), SHARED)
    assert (contact.subscriber, contact.building) == (None, None)
    page = shown(browser, contact)
    son = there.subscribers[5]
    assert here.subscribers[0].account_end in page
    assert son.account_end in page
    browser.post(f"/calls/{contact.pk}/identify/", {"subscriber": son.pk})
    contact.refresh_from_db()
    assert (contact.subscriber, contact.building, contact.evaluated_at) == (son, there.building, None)
    named = contact.history.get(kind="identified")
    assert (named.by_user, named.data["subscriber"]) == (olga, son.pk)


def test_two_of_one_house_are_unknown_but_their_house_is_known(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home = house()
    share_a_phone((home, 0), (home, 1))
    contact = talks_to(olga, pbx(), SHARED)
    assert (contact.subscriber, contact.building) == (None, home.building)
    page = shown(signed_in(olga), contact)
    assert home.subscribers[0].account_end in page
    assert home.subscribers[1].account_end in page
    assert home.subscribers[2].account_end not in page


def test_a_hidden_number_is_found_by_house_and_flat_or_by_account(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home = house()
    browser, contact = signed_in(olga), talks_to(olga, pbx(), "anonymous")
    assert contact.subscriber is None
    assert home.building.title in shown(browser, contact, house="Оранжерейная 21")
    by_account = home.subscribers[6]
    assert by_account.account_end in shown(browser, contact, house=by_account.account)
    assert by_account.account_end not in shown(browser, contact, house=by_account.account[:-1])
    browser.post(f"/calls/{contact.pk}/identify/", {"building": home.building.pk})
    contact.refresh_from_db()
    assert (contact.subscriber, contact.building) == (None, home.building)
    assert 'id="house-' not in shown(browser, contact, house="Оранжерейная 21"), "an answer that comes too late"
    page = shown(browser, contact, flat="4")
    assert home.subscribers[3].account_end in page
    assert home.subscribers[4].account_end not in page


def test_a_wrong_guess_is_taken_back(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    home = house()
    browser, contact = signed_in(olga), talks_to(olga, pbx(), home.phone(0))
    browser.post(f"/calls/{contact.pk}/identify/")
    contact.refresh_from_db()
    assert (contact.subscriber, contact.building) == (None, None)


@pytest.mark.parametrize("who", [{"subscriber": "999999"}, {"subscriber": "x"}, {"building": "9" * 30}])
def test_nobody_is_named_who_does_not_exist(
    who: dict[str, str], at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    contact = talks_to(olga, pbx(), house().phone(0))
    assert signed_in(olga).post(f"/calls/{contact.pk}/identify/", who).status_code == 404
    contact.refresh_from_db()
    assert contact.subscriber is not None


def test_the_topic_is_written_down_once(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    browser, contact = signed_in(olga), talks_to(olga, pbx(), house().phone(0))
    for _ in range(2):
        browser.post(f"/calls/{contact.pk}/topic/", {"topic": "no_internet"})
    contact.refresh_from_db()
    assert contact.topic is not None
    assert (contact.topic.code, contact.history.filter(kind="topic_set").count()) == ("no_internet", 1)
    assert browser.post(f"/calls/{contact.pk}/topic/", {"topic": "weather"}).status_code == 404


@pytest.mark.parametrize("outcome", BY_HAND)
def test_each_ending_is_kept_and_leads_to_the_next_call(
    outcome: str, at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    contact = talks_to(olga, line, home.phone(0))
    at_noon.shift(timedelta(seconds=30))
    reply = browser.post(
        f"/calls/{contact.pk}/close/", {"outcome": outcome, "topic": "tariff", "note": " перезвонит сам "}
    )
    assert reply.headers["Location"] == "/calls/"
    contact.refresh_from_db()
    assert (contact.outcome, contact.note, contact.handled_by) == (outcome, "перезвонит сам", olga)
    assert contact.closed_at == NOW + timedelta(seconds=30)
    assert contact.history.get(kind="closed").by_user == olga


@pytest.mark.parametrize("outcome", ["", "ticket", "incident", "forgotten"])
def test_an_ending_that_a_person_cannot_choose_is_refused(
    outcome: str, at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    contact = talks_to(olga, pbx(), house().phone(0))
    assert refused(signed_in(olga), f"/calls/{contact.pk}/close/", {"outcome": outcome})
    contact.refresh_from_db()
    assert (contact.outcome, contact.closed_at) == ("", None)


def test_a_call_without_an_ending_stays_in_sight(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    call = line.ring(home.phone(0))
    line.answer(call, home.phone(0), user=olga.extension)
    line.hang_up(call, home.phone(0))
    contact = Contact.objects.get()
    assert browser.get("/calls/").context["contact"] == contact
    assert list(browser.get("/calls/").context["unfinished"]) == [contact]
    browser.post(f"/calls/{contact.pk}/close/", {"outcome": "solved", "topic": "tariff"})
    assert list(browser.get("/calls/").context["unfinished"]) == []


def test_who_is_told_of_the_incident_belongs_to_it_and_is_done(
    at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser
) -> None:
    home = house()
    incident = Incident.objects.create(scope_kind="building", building=home.building, started_at=NOW)
    browser, contact = signed_in(olga), talks_to(olga, pbx(), home.phone(0))
    path = f"/calls/{contact.pk}/incident/"
    assert browser.post(path, {"incident": incident.pk}).status_code == 404  # a suspicion is not told to anybody
    incidents.confirm(incident=incident, by=sergey)
    incidents.edit(incident=incident, public_text="Меняем оборудование в подвале", by=sergey)
    assert "Меняем оборудование в подвале" in shown(browser, contact)
    assert browser.post(path, {"incident": incident.pk}).status_code == 302
    contact.refresh_from_db()
    assert contact.outcome == "incident"
    link = IncidentContact.objects.get()
    assert (link.contact, link.incident, link.by_hand) == (contact, incident, True)
    incidents.restore(incident=incident, by=sergey)
    assert browser.post(path, {"incident": incident.pk}).status_code == 404


def test_a_call_becomes_a_ticket_in_one_step(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    contact = talks_to(olga, line, home.phone(2))
    browser.post(f"/calls/{contact.pk}/topic/", {"topic": "no_internet"})
    form = {"desk": "support", "subject": "Нет связи с утра", "note": "Роутер перезагрузил"}
    assert refused(browser, f"/calls/{contact.pk}/ticket/", form).count("Что не работает и с какого времени")
    form["field-what_fails"] = "Не открывается ничего, с восьми утра"
    for _ in range(2):  # an impatient hand
        assert browser.post(f"/calls/{contact.pk}/ticket/", form).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.desk, ticket.subject, ticket.channel, ticket.status) == ("support", form["subject"], "phone", "new")
    assert (ticket.contact, ticket.subscriber, ticket.building) == (contact, home.subscribers[2], home.building)
    assert (ticket.opened_by, ticket.assignee, ticket.due_at) == (olga, None, NOW + timedelta(hours=24))
    assert ticket.topic is not None
    assert ticket.fields == {"what_fails": "Не открывается ничего, с восьми утра"}
    assert [event.kind for event in ticket.history.all()] == ["opened", "commented", "fields_filled"]
    contact.refresh_from_db()
    assert (contact.outcome, contact.note) == ("ticket", "Роутер перезагрузил")
    lookup = line.http.get(f"/api/v1/cti/{line.token}/lookup", {"from": home.phone(2)}).json()
    assert (lookup["open_ticket"], lookup["route"]) == (ticket.number, "support")


@pytest.mark.parametrize(
    "form", [{"subject": "Нет связи"}, {"desk": "first_line", "subject": "Нет связи"}, {"desk": "support"}]
)
def test_a_ticket_without_a_desk_or_a_subject_leaves_the_call_open(
    form: dict[str, str], at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    contact = talks_to(olga, pbx(), house().phone(0))
    assert refused(signed_in(olga), f"/calls/{contact.pk}/ticket/", form)
    contact.refresh_from_db()
    assert (Ticket.objects.count(), contact.closed_at) == (0, None)


def test_the_outsourcer_sees_the_end_of_a_number_only(
    at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser
) -> None:
    home = house()
    contact = talks_to(olga, pbx(), home.phone(0))
    digits = home.phone(0)[-10:]

    def found(user: User) -> bool:
        page = "".join(filter(str.isdigit, shown(signed_in(user), contact)))
        return digits in page

    assert (found(olga), found(sergey)) == (False, True)


def test_an_ending_needs_an_outcome_and_leads_on(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, browser = house(), signed_in(olga)
    pbx().ring(home.phone(0))
    contact = Contact.objects.get()
    browser.post(f"/calls/{contact.pk}/topic/", {"topic": "payment_terminal"})
    reply = browser.post(f"/calls/{contact.pk}/close/", {"note": "Важно"}, headers={"HX-Request": "true"})
    assert (reply.status_code, reply.headers["HX-Retarget"]) == (422, "#toasts")
    done = browser.post(
        f"/calls/{contact.pk}/close/", {"outcome": "answered", "note": "Важно"}, headers={"HX-Request": "true"}
    )
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, "/calls/")
    contact.refresh_from_db()
    assert (contact.outcome, contact.note, contact.handled_by) == ("answered", "Важно", olga)
    assert browser.post(f"/calls/{contact.pk}/topic/", {"topic": "nonsense"}).status_code == 404


def test_a_ticket_in_one_step_takes_who_where_and_the_words(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, browser = house(), signed_in(olga)
    pbx().ring(home.phone(0))
    contact = Contact.objects.get()
    browser.post(f"/calls/{contact.pk}/topic/", {"topic": "no_tv"})
    said = {"note": "Рябь на всех каналах", "field-what_fails": "Рябит со вчерашнего дня"}
    browser.post(f"/calls/{contact.pk}/ticket/", {"desk": "nobody", "note": "x"})
    assert not Ticket.objects.exists()
    browser.post(f"/calls/{contact.pk}/ticket/", {"desk": "support", "subject": "", **said})
    one = Ticket.objects.get()
    assert (one.subscriber, one.building, one.contact) == (home.subscribers[0], home.building, contact)
    assert one.subject == one.topic.title  # type: ignore[union-attr]
    assert one.history.get(kind="commented").data["text"] == "Рябь на всех каналах"
    contact.refresh_from_db()
    assert (contact.outcome, contact.note) == ("ticket", "Рябь на всех каналах")


def test_a_number_that_is_nobodys_is_known_by_its_earlier_calls(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    line, browser = pbx(), signed_in(olga)
    first = talks_to(olga, line, "+79995550101")
    browser.post(f"/calls/{first.pk}/topic/", {"topic": "payment_terminal"})
    browser.post(f"/calls/{first.pk}/close/", {"outcome": "answered"})
    assert "Раньше с этого номера" in shown(browser, first) and "2 обращения" not in shown(browser, first)
    again = talks_to(olga, line, "+79995550101")
    page = shown(browser, again).partition("<aside")[2]
    assert "2 обращения" in page
    assert "Где оплатить" in page and "Ответили" in page
    hidden = [talks_to(olga, line, "anonymous") for _ in range(2)][-1]
    assert "Первое обращение" in shown(browser, hidden), "two hidden numbers are two people"
