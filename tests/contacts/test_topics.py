"""Vera keeps the list of what callers ask about: two levels, at most forty in use."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from contacts import actions
from contacts.models import Outcome, Topic, TopicGroup
from staff.models import User
from tests.races.together import errors, together
from tests.tickets.talk import home, opened
from tickets.models import Ticket

Browser = Callable[[User], Client]


def typed(**more: Any) -> dict[str, Any]:
    group = TopicGroup.objects.get(code="services")
    said = {"code": "static_ip", "title_ru": "Белый адрес", "title_en": "Static IP", "group": group.pk}
    return {**said, "desk": "first_line", "outcome": "answered", "position": "5", "is_active": "on", **more}


@pytest.mark.django_db
def test_a_topic_is_added_renamed_and_switched_off(vera: User, olga: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    assert "Темы обращений" in browser.get("/settings/").content.decode()
    assert browser.post("/settings/topics/", typed()).status_code == 302
    topic = Topic.objects.get(code="static_ip")
    path = f"/settings/topics/{topic.pk}/"
    browser.post(path, typed(title_ru="Статический адрес", code="other_code", outcome="solved"))
    topic.refresh_from_db()
    assert (topic.title_ru, topic.code, topic.outcome) == ("Статический адрес", "static_ip", Outcome.SOLVED)
    page = browser.get(path).content.decode()
    assert "Белый адрес" in page and "Статический адрес" in page
    browser.post(path, typed(is_active=""))
    assert topic not in Topic.objects.active()
    assert signed_in(olga).get("/settings/topics/").status_code == 403


@pytest.mark.django_db
def test_what_is_switched_off_stays_where_it_was_chosen(vera: User, sergey: User, signed_in: Browser) -> None:
    topic = Topic.objects.get(code="tariff")
    ticket = opened(sergey, home(), topic=topic)
    actions.save_topic(by=vera, topic=topic, is_active=False)
    options = re.compile(rf'<option value="{topic.pk}"( selected)?>Тарифы')
    browser = signed_in(sergey)
    assert options.search(browser.get(f"/tickets/{ticket.number}/edit/").content.decode())
    assert not options.search(browser.get("/tickets/new/").content.decode())
    assert Ticket.objects.get(pk=ticket.pk).topic == topic


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"code": "tariff"}, "Такой код уже есть"),
        ({"code": "Тариф"}, "латинские буквы"),
        ({"title_en": " "}, "Обязательное поле"),
        ({"outcome": "ticket"}, "Выберите корректный вариант"),
        ({"group": "999"}, "Выберите корректный вариант"),
        ({"position": "-1"}, "больше либо равно"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    said: dict[str, str], words: str, vera: User, signed_in: Browser
) -> None:
    reply = signed_in(vera).post("/settings/topics/", typed(**said))
    assert reply.status_code == 422
    page = reply.content.decode()
    assert words in page
    assert 'value="Белый адрес"' in page
    assert not Topic.objects.filter(title_ru="Белый адрес").exists()


@pytest.mark.django_db
def test_the_forty_first_is_refused_and_said_why(vera: User, signed_in: Browser) -> None:
    group = TopicGroup.objects.get(code="other")
    for n in range(actions.MOST_TOPICS - Topic.objects.count()):
        actions.save_topic(by=vera, code=f"t{n}", title_ru="Т", title_en="T", group=group)
    reply = signed_in(vera).post("/settings/topics/", typed())
    assert reply.status_code == 422
    assert "не больше 40 тем" in reply.content.decode()
    actions.save_topic(by=vera, topic=Topic.objects.get(code="t0"), is_active=False)
    assert signed_in(vera).post("/settings/topics/", typed()).status_code == 302


@pytest.mark.django_db
def test_a_group_switched_off_takes_its_topics_along(vera: User, signed_in: Browser) -> None:
    group = TopicGroup.objects.get(code="visit")
    browser, path = signed_in(vera), f"/settings/topics/groups/{group.pk}/"
    said = {"title_ru": "Выезд", "title_en": "Visit", "position": "1"}
    assert browser.post(path, said).status_code == 302
    assert not Topic.objects.active().filter(group=group).exists()
    assert "тема изменена" in browser.get(path).content.decode()
    new = {"code": "security", "title_ru": "Безопасность", "title_en": "Security", "position": "9", "is_active": "on"}
    assert browser.post("/settings/topics/groups/new/", new).status_code == 302
    assert "Безопасность" in browser.get("/settings/topics/").content.decode()


@pytest.mark.django_db
def test_the_database_takes_no_nameless_topic() -> None:
    for wrong in ({"title_ru": ""}, {"title_en": ""}, {"outcome": "gone"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Topic.objects.filter(code="tariff").update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_fortieth_are_one_who_adds_it(vera: User) -> None:
    group = TopicGroup.objects.get(code="other")
    for n in range(actions.MOST_TOPICS - Topic.objects.count() - 1):
        actions.save_topic(by=vera, code=f"t{n}", title_ru="Т", title_en="T", group=group)
    add = partial(actions.save_topic, by=vera, title_ru="Т", title_en="T", group=group)
    done = together(partial(add, code="one"), partial(add, code="two"))
    assert [type(one) for one in errors(done)] == [actions.TooManyTopics]
    assert Topic.objects.filter(is_active=True).count() == actions.MOST_TOPICS


@pytest.mark.django_db
def test_topics_stand_in_the_order_of_their_groups() -> None:
    assert [one.code for one in Topic.objects.active()][:3] == ["no_internet", "slow_internet", "no_tv"]
    TopicGroup.objects.filter(code="payment").update(position=0)
    TopicGroup.objects.filter(code="fault").update(position=1)
    assert Topic.objects.active()[0].code == "payment_terminal"
