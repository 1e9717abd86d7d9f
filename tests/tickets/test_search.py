"""Found by what people type: words in two languages, numbers, phones, addresses; and found the cheap way."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from staff.models import User
from tests.database import become
from tests.factories.town import house
from tests.tickets.test_story import opened
from tickets import actions, search
from tickets.models import Ticket, TicketText

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def found(viewer: User, text: str) -> list[str]:
    seen = Ticket.objects.visible_to(viewer)
    pks = search.ids(seen, search.check(viewer, text), limit=50)
    return [seen.get(pk=pk).subject for pk in pks]


def test_by_words_of_the_subject_of_notes_and_of_the_resolution_in_two_languages(
    at_noon: time_machine.Traveller, sergey: User
) -> None:
    first, second = opened(sergey, subject="Обрывы вечером"), opened(sergey, subject="Router keeps rebooting")
    actions.comment(ticket=first, text="Мигает оранжевый индикатор, счётчик ползёт", by=sergey)
    actions.resolve(ticket=first, text="Заменили коннектор", by=sergey)
    assert found(sergey, "обрыв") == ["Обрывы вечером"]
    assert found(sergey, "индикаторы") == ["Обрывы вечером"]
    assert found(sergey, "счетчик ползет") == ["Обрывы вечером"]
    assert found(sergey, "коннекторов") == ["Обрывы вечером"]
    assert found(sergey, "reboot") == ["Router keeps rebooting"]
    assert found(sergey, '"keeps rebooting"') == ["Router keeps rebooting"]
    assert found(sergey, "router -rebooting") == []
    assert found(sergey, "колл") == []
    assert found(sergey, "оранже") == ["Обрывы вечером"]  # the beginning of the last word
    actions.edit(ticket=second, by=sergey, subject="Wi-Fi пропадает")
    assert found(sergey, "пропадающий") == ["Wi-Fi пропадает"]


def test_by_number_account_phone_and_address(at_noon: time_machine.Traveller, sergey: User) -> None:
    home = house("77", street="Глинки")
    someone = home.subscribers[3]
    ticket = actions.open_ticket(desk="support", subject="Тихо", channel="phone", by=sergey, subscriber=someone)
    opened(sergey, subject="Другое")
    number = ticket.number.lstrip("0")
    digits = home.phone(3)
    for text in (number, f"№ {number}", f"#{number}", ticket.number, someone.account, digits, "8" + digits[2:]):
        assert found(sergey, text) == ["Тихо"], text
    assert found(sergey, "глинки 77") == ["Тихо"]


@pytest.mark.parametrize(
    "text", ["'", '"', "((", "a' | b", "\\", "-", "!!!", ":*", "'x':*", "or", "л" * 300, "%s", "<b>"]
)
def test_any_text_is_a_search_and_none_is_an_error(sergey: User, signed_in: Browser, text: str) -> None:
    opened(sergey)
    browser = signed_in(sergey)
    assert browser.get("/tickets/", {"q": text}).status_code == 200
    assert browser.get("/find/", {"q": text}).status_code == 200


def test_the_found_word_is_marked_and_markup_stays_text(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket = opened(sergey, subject="<img src=x onerror=alert(1)> роутер")
    actions.comment(ticket=ticket, text="<b onclick=x>антенна</b>", by=sergey)
    page = signed_in(sergey).get("/tickets/?q=роутеры").content.decode()
    assert "&lt;img src=x onerror=alert(1)&gt; <mark>роутер</mark>" in page
    page = signed_in(sergey).get("/tickets/?q=антенны").content.decode()
    assert "<mark>антенна</mark>" in page
    assert "<b onclick" not in page


def test_nobody_finds_what_he_may_not_see(
    at_noon: time_machine.Traveller, olga: User, anna: User, sergey: User, signed_in: Browser
) -> None:
    hidden = opened(anna, desk="finance", subject="Спорный платёж")
    assert found(anna, "платеж") == ["Спорный платёж"]
    assert found(sergey, "платеж") == found(olga, "платеж") == []
    assert found(sergey, hidden.number) == []
    for viewer in (sergey, olga):
        for text in ("платеж", hidden.number):
            assert "Спорный" not in signed_in(viewer).get("/find/", {"q": text}).content.decode()


def test_the_outsourcer_types_four_characters_and_gets_twenty_rows(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home = house("5")
    for _ in range(25):
        actions.open_ticket(
            desk="first_line", subject="Интернет", channel="phone", by=olga, subscriber=home.subscribers[0]
        )
    browser = signed_in(olga)
    assert "не меньше 4" in browser.get("/tickets/?q=инт").content.decode()
    page = browser.get("/tickets/?q=интернет").content.decode()
    assert page.count("data-row=") == search.MOST_OUTSOURCED
    assert browser.get("/tickets/?q=интернет&page=2").content.decode().count("data-row=") == 0
    assert 'class="found"' not in browser.get("/find/?q=инт").content.decode()
    shown = browser.get("/find/", {"q": home.phone(0)}).content.decode()
    assert home.phone(0) not in shown
    assert "+7 *** ***-" in shown


def test_the_box_finds_people_and_places_too(at_noon: time_machine.Traveller, sergey: User, signed_in: Browser) -> None:
    home = house("21")
    browser = signed_in(sergey)
    page = browser.get("/find/", {"q": "иванова3"}).content.decode()
    assert home.subscribers[3].account in page
    assert "Оранжерейная ул., 21" in browser.get("/find/?q=оранж 21").content.decode()
    ticket = opened(sergey)
    page = browser.get("/find/", {"q": f"№{ticket.number}"}).content.decode()
    assert f'href="/tickets/{ticket.number}/" data-exact' in page


@pytest.fixture
def many(sergey: User) -> None:
    """Some thousands of tickets: "интернет" in each tenth, "птеродактиль" in two."""
    base = opened(sergey)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_ticket (number, desk, subject, status, priority, channel, opened_at, changed_at, "
            "resolution) SELECT 'x' || n, 'support', CASE WHEN n %% 10 = 0 THEN 'интернет' ELSE 'звук' END || "
            "CASE WHEN n IN (7, 9) THEN ' птеродактиль' ELSE '' END, 'new', 3, 'phone', "
            "%s - n * interval '1 minute', %s, '' FROM generate_series(1, 20000) n",
            [base.opened_at, base.opened_at],
        )
    become("owner")  # statistics are the owner's to gather
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket, tickets_tickettext")
    become("app")


def plan(sql: str, params: list[Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        return json.dumps(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_common_word_is_met_by_walking_and_a_rare_one_comes_from_the_index(
    at_noon: time_machine.Traveller, sergey: User, many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Ticket.objects.visible_to(sergey)
    common, rare = search.words("интернет"), search.words("птеродактиль")
    assert search.expected(common) >= search.COMMON > search.expected(rare)
    walk = plan(*search.walk_sql(seen, common, 51))
    assert "tickets_newest" in walk
    assert "Sort" not in walk
    index = plan(*search.from_index_sql(seen, rare, 51))
    assert "tickets_words" in index
    assert "tickets_newest" not in index
    # Both ways find the same, and a walk that gives up leaves nothing out.
    assert search.walk(seen, common, 51) == search.from_index(seen, common, 51)
    monkeypatch.setattr(search, "WALK", 100)
    assert len(search.ids(seen, "интернет", limit=51)) == 51
    assert len(search.ids(seen, "птеродактиль", limit=51)) == 2


def test_a_very_long_ticket_still_takes_notes(at_noon: time_machine.Traveller, sergey: User) -> None:
    ticket = opened(sergey)
    for part in range(60):
        text = " ".join(f"слово{part}номер{n}" for n in range(550))
        actions.comment(ticket=ticket, text=text, by=sergey)
    assert TicketText.objects.filter(ticket=ticket).count() == 1
    assert found(sergey, "слово0номер5") == ["Нет интернета"]


def test_machines_search_by_the_same_words(
    at_noon: time_machine.Traveller, sergey: User, anna: User, signed_in: Browser
) -> None:
    opened(sergey, subject="Обрывы вечером")
    opened(anna, desk="finance", subject="Обрывы в платежах")
    found = signed_in(sergey).get("/api/v1/tickets/", {"q": "обрыв"}).json()["results"]
    assert [one["subject"] for one in found] == ["Обрывы вечером"]
