"""Somebody calls and wants to be connected: green is booked at once, amber is checked, red is counted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from contacts.models import Contact, Topic
from customers.personal_data import ERASED, holdings
from dispatch import actions, connecting
from dispatch.models import ConnectionRequest, HouseVote, Master, Visit
from network import actions as network
from network.models import Building, Node
from staff.actions import issue_api_key
from staff.models import User
from tests.conftest import NOW
from tests.factories.town import house
from tests.incidents.test_spike_to_visit import on_shift
from tickets import actions as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def call(building: Building | None = None, key: str = "call-1", phone: str = "+79210000001") -> Contact:
    return Contact.objects.create(
        channel="phone",
        key=key,
        at=NOW,
        phone=phone,
        building=building,
        topic=Topic.objects.get(code="new_connection"),
    )


def installer(user: User) -> Master:
    return on_shift(user, ("connection",))


def path(contact: Contact) -> str:
    return f"/visits/connections/of-contact/{contact.pk}/"


def ask(browser: Client, contact: Contact, **said: Any) -> Any:
    building = {"building": str(contact.building_id)} if contact.building_id else {}
    return browser.post(path(contact), {"do": "ask", **building, **said}, headers=HTMX)


def test_green_a_window_is_booked_with_the_ticket_in_one_deed(
    at_noon: time_machine.Traveller, olga: User, maxim: User, signed_in: Browser
) -> None:
    master, contact, browser = installer(maxim), call(house().building), signed_in(olga)
    page = browser.get(path(contact))
    assert "Можно подключить" in page.content.decode()
    windows = page.context["windows"]
    assert 0 < len(windows) <= 6
    said = {"flat": "99", "name": "Пётр", "wants": "both", "tariff": "Домашний 100"}
    reply = ask(browser, contact, start=windows[1].start.isoformat(), **said)
    assert reply.status_code == 200 and reply["HX-Trigger"] == "contact-changed"
    asked, visit, ticket = ConnectionRequest.objects.get(), Visit.objects.get(), Ticket.objects.get()
    assert (asked.state, asked.verdict, asked.visit, asked.ticket) == ("booked", "green", visit, ticket)
    assert (asked.name, asked.flat, asked.wants, asked.phone) == ("Пётр", "99", "both", contact.phone)
    assert (visit.master, visit.skill, visit.window.lower) == (master, "connection", windows[1].start)
    assert (ticket.desk, ticket.topic.code, ticket.status) == ("dispatch", "new_connection", "visit")
    contact.refresh_from_db()
    assert contact.outcome == "ticket"
    assert [one.kind for one in asked.history.all()] == ["connection_asked", "connection_moved"]
    assert "кв. 99" in signed_in(maxim).get("/visits/today/").content.decode(), "the master knows which door"
    assert contact.phone[-7:] not in reply.content.decode()
    assert ticket.number in browser.get(path(contact)).content.decode()


def test_a_lost_window_keeps_what_was_typed_and_shows_fresh_ones(
    at_noon: time_machine.Traveller, olga: User, maxim: User, signed_in: Browser
) -> None:
    installer(maxim)
    home, browser = house().building, signed_in(olga)
    first = connecting.windows()[0].start
    ask(browser, call(home), flat="98", start=first.isoformat())
    said = {"flat": "99", "name": "Мария", "phone": "8 921 765-43-21", "tariff": "Самый быстрый"}
    reply = ask(browser, call(home, "call-2"), start=first.isoformat(), **said)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert all(f'value="{word}"' in page for word in said.values())
    assert first not in {slot.start for slot in reply.context["windows"]}
    assert (ConnectionRequest.objects.count(), Ticket.objects.count(), Visit.objects.count()) == (1, 1, 1)


def test_no_window_a_ticket_all_the_same(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    ask(signed_in(olga), call(house().building), flat="99")
    asked = ConnectionRequest.objects.get()
    assert (asked.state, asked.ticket.desk, asked.visit) == ("new", "dispatch", None)


def test_one_open_request_a_flat(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    home, browser = house().building, signed_in(olga)
    ask(browser, call(home), flat="99")
    number = Ticket.objects.get().number
    reply = ask(browser, call(home, "call-2"), flat=" 99 ", name="Ещё раз")
    assert reply.status_code == 422 and number in reply.content.decode() and "Ещё раз" in reply.content.decode()
    assert ConnectionRequest.objects.count() == 1
    copy = ConnectionRequest.objects.get()
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)
    actions.lose(request=ConnectionRequest.objects.get(), reason="Передумал", by=olga)
    assert ask(browser, call(home, "call-3"), flat="99").status_code == 200


def test_amber_support_says_yes_and_dispatch_books(
    at_noon: time_machine.Traveller, olga: User, sergey: User, dmitry: User, maxim: User, signed_in: Browser
) -> None:
    installer(maxim)
    home = house().building
    network.set_connection(building=home, state="amber", reason="Нет ввода в подъезд", by=sergey)
    browser, contact = signed_in(olga), call(home)
    assert "Нет ввода в подъезд" in browser.get(path(contact)).content.decode()
    ask(browser, contact, flat="99", start=connecting.windows()[0].start.isoformat())
    asked = ConnectionRequest.objects.get()
    assert (asked.state, asked.ticket.desk, asked.visit) == ("checking", "support", None)
    assert asked.check_by and NOW < asked.check_by <= NOW + timedelta(hours=4)
    assert asked.ticket.due_at == asked.check_by
    panel = f"/visits/connections/of-ticket/{asked.ticket.number}/"
    assert 'value="yes"' not in signed_in(dmitry).get(panel).content.decode()
    support = signed_in(sergey)
    assert support.post(panel, {"do": "yes", "reason": " "}, headers=HTMX).status_code == 422
    assert support.post(panel, {"do": "yes", "reason": "Кабель есть"}, headers=HTMX).status_code == 200
    assert support.post(panel, {"do": "no", "reason": "Поздно"}, headers=HTMX).status_code == 422
    asked.refresh_from_db()
    asked.ticket.refresh_from_db()
    assert (asked.state, asked.is_feasible, asked.ticket.desk) == ("new", True, "dispatch")
    start = connecting.windows()[0].start.isoformat()
    assert signed_in(dmitry).post(panel, {"start": start}, headers=HTMX).status_code == 200
    asked.refresh_from_db()
    assert asked.state == "booked" and asked.visit


def test_amber_support_says_no(at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser) -> None:
    house()
    ask(signed_in(olga), call(), address="Оранжерейная 333", flat="1")
    asked = ConnectionRequest.objects.get()
    assert (asked.verdict, asked.building, asked.address) == ("amber", None, "Оранжерейная 333")
    actions.answer_check(request=asked, is_possible=False, reason="Далеко от узла", by=sergey)
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("refused", "Далеко от узла")
    assert not asked.ticket.is_resolved, "somebody has to tell the person"
    with pytest.raises(actions.NotNow):
        actions.lose(request=asked, reason="x", by=sergey)


def test_red_is_a_vote_counted_once_a_call(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    house()
    browser, contact = signed_in(olga), call()
    for _ in range(2):
        reply = ask(browser, contact, address="Дальняя  1")
        assert reply.status_code == 200 and "Не наша сеть" in reply.content.decode()
    ask(browser, call(key="call-2"), address="дальняя 1")
    assert (HouseVote.objects.count(), Ticket.objects.count()) == (2, 0)
    boss = signed_in(vera)
    assert [(row.place.lower(), row.votes) for row in boss.get("/visits/connections/demand/").context["rows"]] == [
        ("дальняя 1", 2)
    ]
    ask(browser, call(key="call-3"), address="=cmd|1")
    file = boss.get("/visits/connections/demand/?as=csv").content.decode()
    assert "'=cmd|1" in file and "альняя 1;2" in file


def test_full_switches_ask_for_an_engineer(db: None) -> None:
    home = house(flats=8, switches=2)
    assert connecting.judge(building=home.building).state == "green", "nobody has counted the ports"
    Node.objects.switches().update(capacity=4)
    assert connecting.judge(building=home.building) == ("amber", "no_ports", "")
    left = home.subscribers[0]
    left.active = False
    left.save()
    assert connecting.free_ports(home.building) == 1
    assert connecting.judge(building=home.building).state == "green"


def test_what_is_missing_is_said_and_nothing_is_lost(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    browser, contact = signed_in(olga), call(house().building)
    reply = ask(browser, contact, name="Пётр")
    assert reply.status_code == 422 and 'value="Пётр"' in reply.content.decode()
    far = ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+18:46", "2026-03-04T09:00:00-18:46")
    for start in ("завтра", "2026-03-04", "9999-99-99T00:00:00Z", *far):
        assert ask(browser, contact, flat="99", start=start).status_code == 422
    assert ask(browser, contact, flat="99", wants="radio").status_code == 422
    assert not ConnectionRequest.objects.exists() and not Ticket.objects.exists()


def test_the_finder_takes_four_letters_and_a_choice(db: None, olga: User, signed_in: Browser) -> None:
    home, browser, contact = house().building, signed_in(olga), call()
    found = browser.post(path(contact), {"do": "look", "address": "оранж 21"}, headers=HTMX)
    assert found.context["found"] == [home] and "verdict" not in found.context
    chosen = browser.post(path(contact), {"do": "look", "address": "оранж 21", "pick": home.pk, "name": "Пётр"})
    assert chosen.context["verdict"].state == "green" and 'value="Пётр"' in chosen.content.decode()


def test_of_other_topics_only_a_button_is_shown(db: None, olga: User, signed_in: Browser) -> None:
    contact = call(house().building)
    Contact.objects.update(topic=Topic.objects.get(code="no_internet"))
    assert "<form" not in signed_in(olga).get(path(contact)).content.decode()
    assert "<form" in signed_in(olga).get(path(contact) + "?open=1").content.decode()


def test_the_request_follows_its_visit_and_its_ticket(
    at_noon: time_machine.Traveller, olga: User, dmitry: User, maxim: User, vera: User, signed_in: Browser
) -> None:
    installer(maxim)
    home = house().building
    windows = connecting.windows()
    for n in range(3):
        made = actions.ask_connection(
            contact=call(home, f"c{n}"), building=home, flat=f"9{n}", start=windows[n].start, by=olga
        )
        assert isinstance(made, ConnectionRequest)
    first, second, third = ConnectionRequest.objects.order_by("pk")
    assert first.visit and second.visit and third.visit
    for visit, cause in ((first.visit, "connected"),):
        for step in (actions.accept, actions.set_out, actions.arrive):
            step(visit=visit, by=maxim)
        actions.finish(visit=visit, cause=cause, report="", by=maxim)
    actions.cancel(visit=second.visit, by=dmitry, why="Заболел")
    actions.lose(request=third, reason="Ушёл к другим", by=dmitry)
    states = list(ConnectionRequest.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["connected", "offered", "lost"]
    assert third.visit and Visit.objects.get(pk=third.visit.pk).state == "cancelled"
    page = signed_in(vera).get("/visits/connections/")
    assert page.context["funnel"] == {"asked": 3, "feasible": 3, "visited": 3, "active": 1}
    assert "Ушёл к другим" in page.content.decode()
    assert len(signed_in(vera).get("/visits/connections/?state=lost").context["rows"]) == 1
    tickets.resolve(ticket=second.ticket, text="Не дозвонились", by=dmitry)
    second.refresh_from_db()
    assert (second.state, second.reason) == ("lost", "Не дозвонились")


def test_houses_are_set_on_a_page_and_a_refusal_keeps_the_words(
    db: None, sergey: User, olga: User, signed_in: Browser
) -> None:
    home, browser, page = house().building, signed_in(sergey), "/visits/connections/houses/"
    assert signed_in(olga).get(page).status_code == 403
    said = {"building": str(home.pk), "q": "оранж 21", "state": "amber", "reason": ""}
    assert browser.post(page, said).status_code == 422
    assert browser.post(page, {**said, "reason": "Нет ввода"}).status_code == 302
    assert "Нет ввода" in browser.get(page).content.decode()


def test_rest_looks_up_takes_and_lists(at_noon: time_machine.Traveller, olga: User, vera: User, maxim: User) -> None:
    installer(maxim)
    home = house().building
    http = Client(headers={"Authorization": f"Token {issue_api_key(user=vera, name='x')}"})
    seen = http.get(f"/api/v1/connections/feasibility/?building={home.pk}").json()
    assert (seen["state"], seen["why"]) == ("green", "ready")
    assert http.get("/api/v1/connections/feasibility/").status_code == 400
    said = {"building": home.pk, "flat": "99", "phone": "+79215550101", "start": seen["windows"][0]["start"]}
    made = http.post("/api/v1/connections/", said, content_type="application/json")
    assert made.status_code == 201 and made.json()["request"]["state"] == "booked"
    again = http.post("/api/v1/connections/", said, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "already_asked")
    red = http.post("/api/v1/connections/", {"address": "Дальняя 1"}, content_type="application/json")
    assert red.json() == {"verdict": "red", "request": None}
    assert [row["flat"] for row in http.get("/api/v1/connections/").json()["results"]] == ["99"]
    hers = Client(headers={"Authorization": f"Token {issue_api_key(user=olga, name='y')}"})
    assert hers.get("/api/v1/connections/").json()["results"] == []


def test_erasing_a_person_leaves_no_name_number_or_typed_address(
    at_noon: time_machine.Traveller, olga: User, vera: User
) -> None:
    home = house()
    someone = home.subscribers[0]
    contact = call(home.building, phone=someone.phones.get().number)
    Contact.objects.update(subscriber=someone)
    contact.refresh_from_db()
    said = {"address": "Оранжерейная 333", "flat": "7", "name": "Пётр", "tariff": "Быстрый", "phone": "+79215550101"}
    asked = actions.ask_connection(contact=contact, by=olga, **said)
    actions.ask_connection(contact=contact, by=olga, address="Дальняя 1")
    assert isinstance(asked, ConnectionRequest)
    held = {one.name: one for one in holdings()}
    assert held["connections"].blockers(someone) and next(iter(held["connections"].export(someone)))["name"] == "Пётр"
    actions.lose(request=asked, reason="Пётр передумал", by=olga)
    assert not held["connections"].blockers(someone)
    for name in ("connections", "house_votes"):
        one = held[name]
        assert one.count and one.erase
        assert (one.count(someone), one.erase(someone), one.count(someone), one.erase(someone)) == (1, 1, 0, 0)
    asked.refresh_from_db()
    kept = (asked.name, asked.phone, asked.flat, asked.tariff, asked.address, asked.reason)
    assert kept == ("", "", "", "", ERASED, ERASED)
    assert "Пётр" not in str(list(asked.history.values_list("data", flat=True)))


def test_a_typed_address_gets_its_house_and_then_a_window(
    at_noon: time_machine.Traveller, olga: User, sergey: User, dmitry: User, maxim: User, signed_in: Browser
) -> None:
    installer(maxim)
    house()
    asked = actions.ask_connection(contact=call(), address="Оранжерейная 333", flat="1", by=olga)
    assert isinstance(asked, ConnectionRequest)
    actions.answer_check(request=asked, is_possible=True, reason="Дотянем", by=sergey)
    desk, panel = signed_in(dmitry), f"/visits/connections/of-ticket/{asked.ticket.number}/"
    reply = desk.post(panel, {"do": "house", "house": "Оранжерейная 333"}, headers=HTMX)
    assert reply.status_code == 422 and "Оранжерейная 333" in reply.content.decode()
    new = house("333").building
    assert desk.post(panel, {"do": "house", "house": "Оранжерейная 333"}, headers=HTMX).status_code == 200
    start = connecting.windows()[0].start.isoformat()
    assert desk.post(panel, {"start": start}, headers=HTMX).status_code == 200
    assert (Visit.objects.get().building, ConnectionRequest.objects.get().state) == (new, "booked")
