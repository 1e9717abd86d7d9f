"""Custom fields: asked for by the supervisor, filled in on the ticket, needed before a deed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Topic
from customers.personal_data import holdings
from dispatch import actions as dispatch
from staff.models import User
from tests.tickets.talk import home, opened
from tests.tickets.test_api import Caller
from tickets import custom_fields as pure
from tickets.models import FieldDefinition, Ticket

Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
ROUTER = {
    "key": "router",
    "label_ru": "Модель роутера",
    "label_en": "Router",
    "kind": "choice",
    "options": "keenetic: Кинетик / Keenetic\ntplink: ТП-Линк / TP-Link",
    "before_resolving": "on",
    "position": "10",
    "is_active": "on",
}


def asked(vera: User, signed_in: Browser, **more: Any) -> FieldDefinition:
    """The supervisor adds a field on her settings page."""
    said = {**ROUTER, **more}
    browser = signed_in(vera)
    assert browser.post("/settings/fields/", said).status_code == 302
    return FieldDefinition.objects.get(key=said["key"])


def plain(vera: User, signed_in: Browser, key: str, kind: str, **more: Any) -> FieldDefinition:
    bare = {"options": "", "before_resolving": "", "label_ru": key, "label_en": key}
    return asked(vera, signed_in, **{**bare, "key": key, "kind": kind, **more})


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


@pytest.mark.django_db
def test_a_field_needed_before_resolving_refuses_and_then_lets_through(
    vera: User, sergey: User, signed_in: Browser
) -> None:
    asked(vera, signed_in)
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = ticket.get_absolute_url()
    assert "Модель роутера" in browser.get(path).content.decode()
    refused = browser.post(f"{path}resolve/", {"code": "solved"}, headers=HTMX)
    assert refused.status_code == 422
    assert "Модель роутера" in refused.content.decode()
    assert f"{path}#in-field-router" in refused.content.decode()
    assert not fresh(ticket).is_resolved
    saved = browser.post(f"{path}fields/", {"field-router": "keenetic", "was-router": ""}, headers=HTMX)
    assert saved.status_code == 200
    assert fresh(ticket).fields == {"router": "keenetic"}
    assert browser.post(f"{path}resolve/", {"code": "solved"}, headers=HTMX).status_code == 200
    assert fresh(ticket).is_resolved
    history = browser.get(f"{path}history/").content.decode()
    assert "Модель роутера: Кинетик" in history


@pytest.mark.django_db
def test_a_field_guards_handing_over_and_a_visit_too(vera: User, sergey: User, signed_in: Browser) -> None:
    plain(vera, signed_in, "port", "text", before_handing_over="on", before_visit="on", label_ru="Порт")
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = ticket.get_absolute_url()
    for deed, said in (("hand-over/", {"desk": "dispatch"}), ("move/", {"status": "visit"})):
        refused = browser.post(f"{path}{deed}", said, headers=HTMX)
        assert refused.status_code == 422
        assert "Порт" in refused.content.decode()
    browser.post(f"{path}fields/", {"field-port": "ge-0/1"}, headers=HTMX)
    assert browser.post(f"{path}move/", {"status": "visit"}, headers=HTMX).status_code == 200
    assert dispatch  # the dispatcher's visit goes through the same move


@pytest.mark.django_db
def test_wrong_values_are_said_beside_their_fields_and_nothing_typed_is_lost(
    vera: User, sergey: User, signed_in: Browser
) -> None:
    asked(vera, signed_in)
    plain(vera, signed_in, "length", "number", lowest="1", highest="300")
    plain(vera, signed_in, "act", "text")
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"{ticket.get_absolute_url()}fields/"
    typed = {"field-router": "нет такого", "field-length": "301", "field-act": "АКТ-7"}
    for headers in (HTMX, {}):
        reply = browser.post(path, typed, headers=headers)
        page = reply.content.decode()
        assert reply.status_code == 422
        assert "Не больше 300." in page
        assert "Выберите из списка." in page
        assert 'value="301"' in page and 'value="АКТ-7"' in page
        assert fresh(ticket).fields == {}
    assert browser.post(path, {"field-length": "12,50", "field-act": "АКТ-7"}, headers=HTMX).status_code == 200
    assert fresh(ticket).fields == {"length": "12.5", "act": "АКТ-7"}
    assert 'value="12,5"' in browser.get(ticket.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_two_people_fill_in_different_fields_and_neither_undoes_the_other(
    vera: User, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    for key in ("one", "two"):
        plain(vera, signed_in, key, "text")
    ticket = opened(sergey, home())
    path = f"{ticket.get_absolute_url()}fields/"
    empty = {"field-one": "", "was-one": "", "field-two": "", "was-two": ""}
    signed_in(sergey).post(path, {**empty, "field-one": "раз"}, headers=HTMX)
    signed_in(dmitry).post(path, {**empty, "field-two": "два"}, headers=HTMX)
    assert fresh(ticket).fields == {"one": "раз", "two": "два"}


@pytest.mark.django_db
def test_another_topic_has_other_fields_and_hidden_values_are_kept(
    vera: User, sergey: User, signed_in: Browser
) -> None:
    tv, net = Topic.objects.order_by("pk")[:2]
    asked(vera, signed_in, topics=[str(tv.pk)])
    ticket, browser = opened(sergey, home(), topic=tv), signed_in(sergey)
    path = ticket.get_absolute_url()
    browser.post(f"{path}fields/", {"field-router": "tplink"}, headers=HTMX)
    edit = {"subject": ticket.subject, "priority": 3, "account": ""}
    browser.post(f"{path}edit/", {**edit, "topic": net.pk})
    assert "Модель роутера" not in browser.get(path).content.decode().split("<aside")[1]
    assert fresh(ticket).fields == {"router": "tplink"}
    assert browser.post(f"{path}fields/", {"field-router": "keenetic"}, headers=HTMX).status_code == 200
    assert fresh(ticket).fields == {"router": "tplink"}
    browser.post(f"{path}edit/", {**edit, "topic": tv.pk})
    assert 'value="tplink" selected' in browser.get(path).content.decode()


@pytest.mark.django_db
def test_a_retired_choice_is_read_and_kept_but_no_longer_chosen(vera: User, sergey: User, signed_in: Browser) -> None:
    field = asked(vera, signed_in)
    ticket, other, browser = opened(sergey, home()), opened(sergey, home("22")), signed_in(sergey)
    browser.post(f"{ticket.get_absolute_url()}fields/", {"field-router": "tplink"}, headers=HTMX)
    changed = {**ROUTER, "options": "keenetic: Кинетик / Keenetic\nhuawei: Хуавей / Huawei"}
    assert signed_in(vera).post(f"/settings/fields/{field.pk}/", changed).status_code == 302
    page = browser.get(ticket.get_absolute_url()).content.decode()
    assert "ТП-Линк" in page and "Хуавей" in page
    assert "ТП-Линк" not in browser.get(other.get_absolute_url()).content.decode()
    refused = browser.post(f"{other.get_absolute_url()}fields/", {"field-router": "tplink"}, headers=HTMX)
    assert "больше не используется" in refused.content.decode()


@pytest.mark.django_db
def test_a_look_up_points_to_a_house_and_says_when_nothing_fits(vera: User, sergey: User, signed_in: Browser) -> None:
    plain(vera, signed_in, "near", "look_up", look_up="houses")
    house, browser = home(), signed_in(sergey)
    ticket = opened(sergey, house)
    offered = browser.get("/tickets/look-up/houses/", {"field-near": "оранж"}).content.decode()
    assert house.building.title in offered
    path = f"{ticket.get_absolute_url()}fields/"
    assert browser.post(path, {"field-near": "Нигде, 99"}, headers=HTMX).status_code == 422
    assert browser.post(path, {"field-near": house.building.title}, headers=HTMX).status_code == 200
    assert fresh(ticket).fields == {"near": str(house.building.pk)}
    assert house.building.title in browser.get(ticket.get_absolute_url()).content.decode().split('id="fields"')[1]
    assert browser.get("/tickets/look-up/nowhere/").status_code == 404


@pytest.mark.django_db
def test_the_supervisor_reads_what_is_wrong_with_a_field_and_keeps_what_she_typed(
    vera: User, signed_in: Browser
) -> None:
    browser = signed_in(vera)
    asked(vera, signed_in)
    for said, words in (
        ({"options": "Кинетик"}, "Строка 1"),
        ({"options": "a: А\n- b: Б"}, "Строка 2"),
        ({"options": ""}, "хотя бы один вариант"),
        ({"kind": "look_up"}, "Выберите из списка"),
        ({"kind": "number", "lowest": "5", "highest": "1"}, "Наибольшее меньше"),
        ({"key": "Роутер"}, "Строчные латинские"),
        ({"position": "99999"}, "30000"),
        ({}, "Такой ключ уже есть"),
    ):
        reply = browser.post("/settings/fields/", {**ROUTER, "help_ru": "с наклейки", **said})
        assert reply.status_code == 422, said
        assert words in reply.content.decode().replace("\xa0", ""), said
        assert 'value="с наклейки"' in reply.content.decode()
    assert FieldDefinition.objects.filter(key="router").count() == 1


@pytest.mark.django_db
def test_a_key_and_a_kind_stay_and_a_field_is_switched_off(vera: User, sergey: User, signed_in: Browser) -> None:
    field = asked(vera, signed_in)
    off = {**ROUTER, "key": "other", "kind": "text", "label_ru": "Роутер"}
    del off["is_active"]
    assert signed_in(vera).post(f"/settings/fields/{field.pk}/", off).status_code == 302
    field.refresh_from_db()
    assert (field.key, field.kind, field.label_ru, field.is_active) == ("router", "choice", "Роутер", False)
    assert "Роутер" not in signed_in(sergey).get(opened(sergey, home()).get_absolute_url()).content.decode()
    page = signed_in(vera).get(f"/settings/fields/{field.pk}/").content.decode()
    assert "Модель роутера" in page and "поле изменено" in page


@pytest.mark.django_db
def test_the_database_keeps_a_field_whole(db: None) -> None:
    for wrong in ({"key": "НЕТ"}, {"kind": "choice", "options": []}, {"kind": "look_up"}, {"lowest": 2, "highest": 1}):
        facts = {"key": "ok", "label_ru": "Да", "label_en": "Yes", **wrong}
        with pytest.raises(IntegrityError), transaction.atomic():
            FieldDefinition.objects.create(**facts)


@pytest.mark.django_db
def test_over_rest(vera: User, sergey: User, signed_in: Browser) -> None:
    asked(vera, signed_in)
    ticket, api = opened(sergey, home()), Caller(sergey)
    known = api.client.get("/api/v1/field-definitions/").json()["results"]
    assert "router" in {one["key"] for one in known}
    done = api.send("post", f"{ticket.number}/fields/", {"values": {"router": "keenetic"}})
    assert done.status_code == 200
    assert done.json()[0]["shown"] == "Кинетик" and done.json()[0]["value"] == "keenetic"
    wrong = api.send("post", f"{ticket.number}/fields/", {"values": {"router": "x", "nobody": "1"}})
    assert wrong.status_code == 422
    assert wrong.json()["code"] == "wrong_fields" and set(wrong.json()["fields"]) == {"router", "nobody"}
    for odd in ({"values": []}, {}, {"values": {"router": {"a": 1}}}):
        assert api.send("post", f"{ticket.number}/fields/", odd).status_code == 400
    api.send("post", f"{ticket.number}/fields/", {"values": {"router": None}})
    assert fresh(ticket).fields == {}
    assert api.send("patch", f"{ticket.number}/", {"status": "resolved"}).json()["code"] == "missing_fields"


@pytest.mark.django_db
def test_tickets_are_found_by_a_value_of_a_field(vera: User, sergey: User, signed_in: Browser) -> None:
    asked(vera, signed_in)
    ticket, _other = opened(sergey, home()), opened(sergey, home("22"))
    signed_in(sergey).post(f"{ticket.get_absolute_url()}fields/", {"field-router": "tplink"}, headers=HTMX)
    assert list(Ticket.objects.all().with_field("router", "tplink")) == [ticket]
    assert not Ticket.objects.all().with_field("router", "keenetic").exists()


@pytest.mark.django_db
def test_erasure_takes_the_values_away(vera: User, sergey: User, signed_in: Browser) -> None:
    plain(vera, signed_in, "act", "text")
    house = home()
    ticket = opened(sergey, house)
    signed_in(sergey).post(f"{ticket.get_absolute_url()}fields/", {"field-act": "паспорт 4000"}, headers=HTMX)
    holding = next(one for one in holdings() if one.name == "tickets")
    assert any("паспорт" in str(row) for row in holding.export(house.subscribers[0]))
    assert holding.count and holding.count(house.subscribers[0])
    assert holding.erase
    holding.erase(house.subscribers[0])
    assert fresh(ticket).fields == {}
    assert holding.count(house.subscribers[0]) == 0


TREE = pure.parse("net: Сеть / Net\n- wire: Кабель\n-- cut: Обрыв / Cut\n- wifi: Вай-фай\ntv: ТВ", nested=True)
ALL = [
    pure.Kind("text"),
    pure.Kind("number"),
    pure.Kind("number", Decimal(-5), Decimal("7.5")),
    pure.Kind("date"),
    pure.Kind("choice", options=pure.parse("a: А\nb: Б / B", nested=False)),
    pure.Kind("tree", options=TREE),
    pure.Kind("look_up"),
]
TYPED = st.one_of(st.text(), st.none(), st.integers(), st.floats(), st.booleans(), st.lists(st.text()), st.decimals())


@given(st.sampled_from(ALL), TYPED)
def test_any_input_gives_a_value_or_a_clear_error(kind: pure.Kind, typed: object) -> None:
    try:
        value = pure.clean(kind, typed)
    except pure.Wrong as wrong:
        assert wrong.code
        return
    assert isinstance(value, str) and "\x00" not in value and len(value) <= pure.LONGEST
    assert pure.clean(kind, value) == value
    assert pure.shown(kind, value, "en") is not None


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=6))
def test_a_number_survives_its_way_to_the_page_and_back(number: Decimal) -> None:
    kind = pure.Kind("number")
    stored = pure.clean(kind, f"{number:f}")
    assert Decimal(stored) == number
    assert pure.clean(kind, pure.shown(kind, stored, "ru")) == stored


@given(st.dates(min_value=__import__("datetime").date(1900, 1, 1), max_value=__import__("datetime").date(2200, 1, 1)))
def test_a_date_survives_its_way_to_the_page_and_back(day: Any) -> None:
    kind = pure.Kind("date")
    assert pure.clean(kind, pure.shown(kind, day.isoformat(), "ru")) == day.isoformat()


def test_a_list_of_choices_survives_its_lines_and_keeps_what_it_drops() -> None:
    assert pure.parse(pure.lines(TREE), nested=True) == TREE
    assert pure.unpack(pure.pack(TREE)) == TREE
    kept = pure.keep(TREE, pure.parse("tv: ТВ", nested=True))
    tree = pure.Kind("tree", options=kept)
    assert pure.shown(tree, "cut", "ru") == "Сеть › Кабель › Обрыв"
    with pytest.raises(pure.Wrong, match="retired"):
        pure.clean(tree, "cut")
    with pytest.raises(pure.Wrong, match="deeper"):
        pure.clean(pure.Kind("tree", options=TREE), "net")
    back = pure.keep(kept, TREE)
    assert pure.clean(pure.Kind("tree", options=back), "cut") == "cut"


@pytest.mark.parametrize(
    ("text", "code"),
    [("А", "line"), ("a: А\na: Б", "twice"), ("- a: А", "level"), ("a: А\n-- b: Б", "level"), (" ", "no_options")],
)
def test_a_wrong_list_of_choices_is_named(text: str, code: str) -> None:
    with pytest.raises(pure.Wrong, match=code):
        pure.parse(text, nested=True)
