"""A ticket opened by hand, from scratch or from a template."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client

from contacts.models import Topic
from staff.models import Role, User
from tests.races.together import errors, together
from tests.tickets.talk import home, opened
from tests.tickets.test_api import Caller
from tickets import actions
from tickets.models import FieldDefinition, Ticket, TicketEvent, TicketTemplate

Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def typed(**more: Any) -> dict[str, Any]:
    said = {
        "key": "k-1",
        "desk": "support",
        "priority": "2",
        "channel": "walk_in",
        "subject": "Нет ТВ",
        "text": "Рябит",
    }
    return {**said, **more}


def template(vera: User, signed_in: Browser, **more: Any) -> TicketTemplate:
    said = {
        "title": "Перенос кабеля",
        "desk": "dispatch",
        "priority": "4",
        "subject": "Перенести кабель",
        "text": "Здравствуйте! {operator}, {desk}: {address}",
        "position": "10",
        "is_active": "on",
    }
    assert signed_in(vera).post("/settings/templates/", {**said, **more}).status_code == 302
    return TicketTemplate.objects.get(title="Перенос кабеля")


@pytest.mark.django_db
def test_opened_from_the_board_by_account(sergey: User, signed_in: Browser) -> None:
    house, browser = home(), signed_in(sergey)
    assert 'href="/tickets/new/"' in browser.get("/tickets/").content.decode()
    assert 'href="/tickets/new/"' in browser.get("/find/", {"q": "новая"}).content.decode()
    page = browser.get("/tickets/new/").content.decode()
    assert re.search(r'name="key" value="\w{32}"', page)
    someone = house.subscribers[1]
    reply = browser.post("/tickets/new/", typed(subscriber=someone.account))
    ticket = Ticket.objects.get()
    assert reply.headers["Location"] == ticket.get_absolute_url()
    assert (ticket.subscriber, ticket.building, ticket.priority, ticket.channel) == (
        someone,
        house.building,
        2,
        "walk_in",
    )
    assert "Рябит" in browser.get(ticket.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(sergey: User, signed_in: Browser) -> None:
    browser = signed_in(sergey)
    wrong = typed(subscriber="00000000", building="Нигде, 5", subject="", priority="9")
    reply = browser.post("/tickets/new/", wrong)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert page.count("выберите из списка") == 2
    assert "или выберите тему" in page
    assert 'value="Нигде, 5"' in page and ">\nРябит</textarea>" in page
    assert not Ticket.objects.exists()


@pytest.mark.django_db
def test_a_second_ticket_of_a_subscriber_is_asked_about_first(sergey: User, signed_in: Browser) -> None:
    house, browser = home(), signed_in(sergey)
    first = opened(sergey, house)
    said = typed(subscriber=house.subscribers[0].account)
    reply = browser.post("/tickets/new/", said)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "уже есть открытая заявка" in page and f'href="{first.get_absolute_url()}"' in page
    assert ">\nРябит</textarea>" in page
    assert Ticket.objects.count() == 1
    assert browser.post("/tickets/new/", {**said, "anyway": "1"}).status_code == 302
    assert Ticket.objects.count() == 2


@pytest.mark.django_db
def test_a_form_sent_twice_opens_one_ticket(sergey: User, signed_in: Browser) -> None:
    house, browser = home(), signed_in(sergey)
    said = typed(subscriber=house.subscribers[0].account)
    first, again = (browser.post("/tickets/new/", said) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert Ticket.objects.count() == 1
    # Back in the browser, and something else typed into the same page: nothing of it is lost.
    assert browser.post("/tickets/new/", {**said, "subscriber": "", "subject": "Другое"}).status_code == 302
    assert browser.post("/tickets/new/", typed(key="k-2")).status_code == 302
    assert Ticket.objects.count() == 3


@pytest.mark.django_db
def test_the_outsourcer_opens_for_another_desk_and_finds_nobody_by_name(olga: User, signed_in: Browser) -> None:
    house, browser = home(), signed_in(olga)
    assert "<option" not in browser.get("/tickets/look-up/subscribers/", {"subscriber": "Иванова"}).content.decode()
    assert browser.post("/tickets/new/", typed(subscriber="Иванова0")).status_code == 422
    reply = browser.post("/tickets/new/", typed(subscriber=house.subscribers[0].account))
    assert reply.headers["Location"] == Ticket.objects.get().get_absolute_url()  # whoever opened it sees it


@pytest.mark.django_db
def test_a_template_fills_what_is_empty_and_keeps_what_was_typed(vera: User, sergey: User, signed_in: Browser) -> None:
    chosen, house, browser = template(vera, signed_in), home(), signed_in(sergey)
    said = typed(subscriber=house.subscribers[0].account, template=chosen.pk, priority="3", subject="Своё", text="")
    page = browser.post("/tickets/new/fill/", said, headers=HTMX).content.decode()
    assert 'value="Своё"' in page
    assert f"Сергей Титов, Диспетчерская: {house.building.title}" in page
    assert '<option value="4" selected>' in page and '<option value="dispatch" selected>' in page
    assert "Заполнено по шаблону" in page and "<html" not in page
    assert not Ticket.objects.exists()


@pytest.mark.django_db
def test_a_ticket_from_a_template_brings_its_steps_and_values(vera: User, sergey: User, signed_in: Browser) -> None:
    field = {"key": "metres", "label_ru": "Метров", "label_en": "Metres", "kind": "number", "position": "1"}
    signed_in(vera).post("/settings/fields/", {**field, "is_active": "on"})
    list_ = actions.save_checklist(by=vera, title="Перенос", lines="Замерить", by_itself=False)
    chosen = template(vera, signed_in, checklist=list_.pk, fields_text="metres: 10,0")
    assert signed_in(sergey).post("/tickets/new/", typed(template=chosen.pk, desk="dispatch")).status_code == 302
    ticket = Ticket.objects.get()
    assert ticket.fields == {"metres": "10"}
    assert [one.text for one in ticket.checklist.all()] == ["Замерить"]
    assert signed_in(vera).get(f"/settings/templates/{chosen.pk}/").content.decode().count("metres: 10")
    FieldDefinition.objects.update(is_active=False)
    assert signed_in(sergey).post("/tickets/new/", typed(template=chosen.pk, key="k-9")).status_code == 302


@pytest.mark.django_db
def test_a_wrong_template_is_said(vera: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    template(vera, signed_in)
    good = {"title": "Новый", "desk": "support", "priority": "3", "subject": "Тема", "position": "1"}
    for said, words in (
        ({"text": "{кто}"}, "Такой подстановки нет"),
        ({"fields_text": "нет: 1"}, "Нет поля"),
        ({"title": "Перенос кабеля"}, "уже есть"),
        ({"desk": "masters"}, "desk"),
    ):
        reply = browser.post("/settings/templates/", {**good, **said})
        assert reply.status_code == 422, said
        assert words in reply.content.decode(), said


@pytest.mark.django_db
def test_over_rest_a_template_fills_what_is_not_sent(vera: User, sergey: User, signed_in: Browser) -> None:
    topic = Topic.objects.order_by("pk")[0]
    chosen, api = template(vera, signed_in, topic=topic.pk, text="Кабель"), Caller(sergey)
    listed = api.client.get("/api/v1/ticket-templates/").json()["results"]
    assert [one["title"] for one in listed] == ["Перенос кабеля"]
    made = api.send("post", "", {"template": chosen.pk, "subject": "Своё"}).json()
    assert (made["desk"], made["subject"], made["priority"], made["topic"]) == ("dispatch", "Своё", 4, topic.code)
    assert TicketEvent.objects.filter(thing__number=made["number"], data__text="Кабель").exists()
    for wrong in (999_999, "x", None, [1], {"a": 1}):
        assert api.send("post", "", {"template": wrong}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_opens_one_ticket(person: Callable[..., User]) -> None:
    sergey = person("sergey", Role.SUPPORT)
    facts = {"desk": "support", "subject": "Нет ТВ", "channel": "phone"}
    for n in range(5):
        outcomes = together(*[partial(actions.open_by_hand, by=sergey, key=f"k-{n}", **facts)] * 2)
        assert errors(outcomes) == []
        assert outcomes[0].pk == outcomes[1].pk
    assert Ticket.objects.count() == 5
