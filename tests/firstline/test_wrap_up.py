"""The last seconds of a call: what is pre-selected, what a desk demands, two at one call."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts import actions as contacts
from contacts.models import Contact, Outcome, Topic
from firstline import actions, wrapping
from firstline.models import ContactViewer
from staff.models import User
from tests.factories.line import pbx
from tests.factories.town import house
from tests.firstline.test_calls import shown, talks_to
from tests.races.together import errors, together
from tickets import actions as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def contact(at_noon: time_machine.Traveller, olga: User) -> Contact:
    return talks_to(olga, pbx(), house().phone(0))


def asks_for_router(vera: User, **more: object) -> None:
    names = {"label_ru": "Модель роутера", "label_en": "Router model", "desk": "support"}
    tickets.save_field(by=vera, key="router", on_arrival=True, **{**names, **more})


def test_nothing_is_pre_selected_of_what_nobody_knows(contact: Contact, olga: User, signed_in: Browser) -> None:
    page = shown(signed_in(olga), contact)
    assert "data-wrap-up" not in page
    assert all(f'data-key="{key}"' in page for key in ("Alt+A", "Alt+R", "Alt+H", "Alt+B", "Alt+D", "Alt+X"))


def test_a_topic_brings_its_usual_outcome_and_enter_saves(contact: Contact, olga: User, signed_in: Browser) -> None:
    browser = signed_in(olga)
    reply = browser.post(f"/calls/{contact.pk}/topic/", {"topic": "wrong_number"}, headers=HTMX)
    page = reply.content.decode()
    assert 'value="not_ours" data-key="Enter Alt+X" data-wrap-up' in page
    assert "Другое › Ошиблись номером" in page


def test_what_was_used_is_pre_selected_and_saved_only_by_enter(
    contact: Contact, olga: User, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = Topic.objects.get(code="payment_terminal")
    said = SimpleNamespace(topic=topic, outcome=Outcome.SOLVED)
    monkeypatch.setattr(wrapping, "SUGGESTERS", [lambda _: None, lambda _: said])
    page = shown(signed_in(olga), contact)
    assert "Оплата › Где оплатить" in page
    assert 'value="solved" data-key="Enter Alt+R" data-wrap-up' in page
    contact.refresh_from_db()
    assert (contact.topic, contact.outcome) == (None, "")
    typed = {"outcome": "solved", "topic": "payment_terminal", "seen": ""}
    signed_in(olga).post(f"/calls/{contact.pk}/close/", typed)
    contact.refresh_from_db()
    assert (contact.topic, contact.outcome) == (topic, "solved")
    assert contact.history.filter(kind="topic_set").count() == 1


def test_the_chosen_topic_outweighs_what_was_used(
    contact: Contact, olga: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = SimpleNamespace(topic=Topic.objects.get(code="payment_terminal"), outcome=Outcome.SOLVED)
    monkeypatch.setattr(wrapping, "SUGGESTERS", [lambda _: said])
    chosen = Topic.objects.get(code="wrong_number")
    found = wrapping.proposal(contacts.set_topic(contact=contact, topic=chosen, by=olga))
    assert (found.topic, found.outcome) == (chosen, Outcome.NOT_OURS)


def test_the_just_ended_is_one_key_away(contact: Contact, olga: User, irina: User, signed_in: Browser) -> None:
    browser = signed_in(olga)
    browser.post(f"/calls/{contact.pk}/close/", {"outcome": "answered", "topic": "tariff", "seen": ""})
    page = browser.get("/calls/").content.decode()
    assert "Только что завершены" in page
    assert f'<a href="/calls/{contact.pk}/"' in page
    assert "Только что завершены" not in signed_in(irina).get("/calls/").content.decode()
    browser.post(f"/calls/{contact.pk}/close/", {"outcome": "solved", "seen": "answered"})
    contact.refresh_from_db()
    assert contact.outcome == "solved"


def test_who_is_slower_learns_that_a_colleague_has_ended_it(
    contact: Contact, olga: User, irina: User, signed_in: Browser
) -> None:
    signed_in(olga).post(f"/calls/{contact.pk}/close/", {"outcome": "answered", "topic": "tariff", "seen": ""})
    said = {"outcome": "dropped", "note": "Пропал голос", "seen": ""}
    late = signed_in(irina).post(f"/calls/{contact.pk}/close/", said, headers=HTMX)
    assert late.status_code == 422
    assert "Ольга Белова: обращение только что завершено, «Ответили»" in late.content.decode()
    contact.refresh_from_db()
    assert (contact.outcome, contact.note) == ("answered", "")
    page = shown(signed_in(irina), contact)
    assert "Ольга Белова: обращение завершено" in page
    signed_in(irina).post(f"/calls/{contact.pk}/close/", {"outcome": "dropped", "seen": "answered"})
    contact.refresh_from_db()
    assert contact.outcome == "dropped"


def test_two_at_one_call_see_each_other_and_whose_it_is(
    contact: Contact, at_noon: time_machine.Traveller, olga: User, irina: User, signed_in: Browser
) -> None:
    path, one, other = f"/calls/{contact.pk}/viewers/", signed_in(olga), signed_in(irina)
    assert "Ирина" not in one.post(path, headers=HTMX).content.decode()
    assert "Ольга Белова тоже здесь" in other.post(path, headers=HTMX).content.decode()
    assert "Ирина Соколова тоже здесь" in one.get(path, headers=HTMX).content.decode()
    assert "С абонентом говорит Ольга Белова" in shown(other, contact)
    assert "С абонентом говорит" not in shown(one, contact)
    other.post(f"/calls/{contact.pk}/leave/")
    assert "Ирина" not in one.get(path, headers=HTMX).content.decode()
    at_noon.shift(timedelta(minutes=1))
    actions.forget_viewers()
    assert not ContactViewer.objects.exists()


def test_what_a_desk_demands_is_asked_before_it_gets_the_ticket(
    contact: Contact, olga: User, vera: User, signed_in: Browser
) -> None:
    asks_for_router(vera)
    browser, path = signed_in(olga), f"/calls/{contact.pk}/ticket/"
    browser.post(f"/calls/{contact.pk}/topic/", {"topic": "no_internet"})
    assert "Модель роутера" in shown(browser, contact)
    said = {"desk": "support", "subject": "Нет сети", "note": "Лампы горят", "field-what_fails": "Всё, с утра"}
    refused = browser.post(path, said, headers=HTMX)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Обязательное поле" in page and 'value="Нет сети"' in page and ">Лампы горят</textarea>" in page
    assert not Ticket.objects.exists()
    assert Contact.objects.get(pk=contact.pk).outcome == ""
    assert browser.post(path, {**said, "field-router": "Keenetic", "was-router": ""}, headers=HTMX).status_code == 204
    ticket = Ticket.objects.get()
    assert (ticket.fields, ticket.subject) == ({"router": "Keenetic", "what_fails": "Всё, с утра"}, "Нет сети")
    contact.refresh_from_db()
    assert contact.outcome == Outcome.TICKET


def test_another_desk_asks_its_own(contact: Contact, olga: User, vera: User, signed_in: Browser) -> None:
    asks_for_router(vera, kind="number", lowest=1)
    browser, path = signed_in(olga), f"/calls/{contact.pk}/ticket/"
    assert "Модель роутера" not in shown(browser, contact)
    refused = browser.post(path, {"desk": "support", "topic": "tariff", "subject": "Нет сети"}, headers=HTMX)
    assert "Модель роутера" in refused.content.decode()
    wrong = browser.post(
        path, {"desk": "support", "topic": "tariff", "subject": "x", "field-router": "много"}, headers=HTMX
    )
    assert wrong.status_code == 422
    assert 'value="много"' in wrong.content.decode()
    browser.post(path, {"desk": "dispatch", "topic": "tariff", "subject": "Подключить"}, headers=HTMX)
    assert Ticket.objects.get().desk == "dispatch"


def test_a_pop_costs_the_same_whatever_is_known(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    contact = talks_to(olga, line, home.phone(0))
    browser.post(f"/calls/{contact.pk}/topic/", {"topic": "no_internet"})
    contact.refresh_from_db()

    def cost() -> int:
        browser.get(f"/calls/{contact.pk}/")
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/calls/{contact.pk}/?part=contact", headers=HTMX)
        return len(queries)

    asks_for_router(vera)
    few = cost()
    for n in range(6):
        earlier = talks_to(olga, line, home.phone(0))
        said = {
            "subject": f"Ещё {n}",
            "note": "",
            "topic": contact.topic,
            "values": {"router": "x", "what_fails": "всё"},
        }
        actions.pass_on(contact=earlier, desk="support", by=olga, **said)
        talks_to(olga, line, home.phone(n + 1))
    assert cost() == few
    assert few <= 26


@pytest.mark.django_db(transaction=True)
def test_of_two_endings_at_once_one_is_kept_and_one_is_told(olga: User, irina: User) -> None:
    topic = Topic.objects.get(code="tariff")
    contact = Contact.objects.create(channel="phone", key="line:1", at="2026-11-05T09:00:00Z", topic=topic)
    end = partial(actions.wrap_up, contact=contact, note="", seen="")
    done = together(partial(end, outcome="answered", by=olga), partial(end, outcome="solved", by=irina))
    assert [type(one) for one in errors(done)] == [actions.EndedMeanwhile]
    contact.refresh_from_db()
    assert contact.history.filter(kind="closed").count() == 1
