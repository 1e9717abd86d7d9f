"""The finder of every desk, and the pages it leads to."""

import re
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from knowledge.models import ArticleUse, MissingAnswer
from staff.models import User
from tests.factories.town import house
from tests.knowledge.shelf import PART, article, north, place, read
from tests.refusals import refused

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def found(browser: Client, **asked: str) -> str:
    return read(browser.get("/knowledge/", {**asked, "part": "found"}, headers=PART))


def links(page: str) -> list[str]:
    return re.findall(r'class="hit"[^>]* href="([^"]+)"', page)


def test_articles_and_places_stand_in_one_list(
    at_noon: time_machine.Traveller, dmitry: User, signed_in: Browser
) -> None:
    told, there = article("Оплата картой", "Картой в личном кабинете."), place()
    browser = signed_in(dmitry)
    assert set(links(found(browser, q="оплатить"))) == {told.get_absolute_url(), there.get_absolute_url()}
    assert links(found(browser, q="картой")) == [told.get_absolute_url()]
    whole = read(browser.get("/knowledge/"))
    assert "autofocus" in whole and told.title in whole, "before anything is typed: what is usual"
    assert 'id="hits"' in found(browser, q="картой") and "<html" not in found(browser, q="картой")


def test_what_was_read_otherwise_is_said(at_noon: time_machine.Traveller, dmitry: User, signed_in: Browser) -> None:
    told = article("Телевизионный кабель")
    for typed in ("rf,tkm", "кабкль"):
        shown = found(signed_in(dmitry), q=typed)
        assert "Искали" in shown and "кабель" in shown and links(shown) == [told.get_absolute_url()]


def test_places_are_measured_from_the_house_that_is_named(
    at_noon: time_machine.Traveller, dmitry: User, signed_in: Browser
) -> None:
    home = house("21")
    far = place("Терминал А", address="Рынок", **north(1500, of=home.building))
    near = place("Терминал Б", address="Двор", **north(50, of=home.building))
    shown = found(signed_in(dmitry), q="терминал", near="оранж 21")
    assert links(shown) == [near.get_absolute_url(), far.get_absolute_url()]
    assert "2,0 км" in shown or "1,9 км" in shown


def test_who_finds_nothing_says_so_or_waits(at_noon: time_machine.Traveller, dmitry: User, signed_in: Browser) -> None:
    browser = signed_in(dmitry)
    shown = found(browser, q="ящерица")
    assert "Ничего не нашлось" in shown and 'value="ящерица"' in shown
    assert browser.post("/knowledge/nothing/", {"q": "Ящерица"}, headers=PART).status_code == 204
    assert "супервайзер это увидит" in read(browser.post("/knowledge/missing/", {"q": "ящерица"}, headers=PART))
    row = MissingAnswer.objects.get()
    assert (row.phrase, row.asked, row.sought) == ("ящерица", 1, 1)
    assert browser.post("/knowledge/missing/", {"q": "ящерица"})["Location"] == "/knowledge/"
    assert browser.post("/knowledge/nothing/", {"q": "?"}, headers=PART).status_code == 204
    assert refused(browser, "/knowledge/missing/", {"q": ""})


def test_a_number_in_a_phrase_is_not_kept(at_noon: time_machine.Traveller, dmitry: User, signed_in: Browser) -> None:
    signed_in(dmitry).post("/knowledge/missing/", {"q": "долг +7 921 555-01-01 и карта 4111 1111 1111 1111"})
    assert MissingAnswer.objects.get().phrase == "долг и карта 1111", "of a card the last four stay, of a phone nothing"


def test_an_article_is_read_with_the_sentence_first(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    told = article(body="1. Розетка\n2. Минута\n\n<b>нет</b>", topics=["equipment"], owner=vera)
    page = read(signed_in(olga).get(told.get_absolute_url()))
    assert page.index("Выключите роутер на минуту.") < page.index("<li>Розетка</li>")
    assert "<b>нет</b>" not in signed_in(olga).get(told.get_absolute_url()).content.decode()
    assert "Вера Никитина" in page and "Оборудование" in page
    assert "Изменить" not in page and "Изменить" in read(signed_in(vera).get(told.get_absolute_url()))


def test_a_place_says_its_hours_and_the_days_that_differ(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    there = place(hours="пн-пт 9-21; сб 10-18", exceptions="04.03.2026 9-12 учёт\n01.01.2026 выходной")
    page = read(signed_in(olga).get(there.get_absolute_url()))
    assert "закрыто, откроется завтра 9:00" in page, "noon of the short day"
    assert "04.03.2026: 9:00–12:00 (учёт)" in page and "01.01.2026" not in page


def test_drafts_and_other_peoples_articles_are_not_there(
    at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser
) -> None:
    ours, draft = article("Для своих", audience="staff"), article("Черновик", state="draft")
    gone = place(is_active=False)
    assert signed_in(olga).get(ours.get_absolute_url()).status_code == 404
    assert signed_in(sergey).get(ours.get_absolute_url()).status_code == 200
    for what in (draft, gone):
        assert signed_in(sergey).get(what.get_absolute_url()).status_code == 404
    assert links(found(signed_in(olga), q="своих")) == []


def test_reading_is_judged_outside_of_a_call_too(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    told, there, browser = article(), place(), signed_in(sergey)
    assert "спасибо" in read(browser.post(f"{told.get_absolute_url()}rate/", {"useful": "yes"}, headers=PART))
    reply = browser.post(f"{there.get_absolute_url()}rate/", {"useful": "no"})
    assert reply["Location"] == there.get_absolute_url()
    assert sorted(ArticleUse.objects.values_list("is_useful", flat=True)) == [False, True]
    assert not ArticleUse.objects.exclude(contact=None).exists()


def test_the_box_of_every_page_finds_answers_too(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    told, ours = article("Сменить тариф"), article("Тариф для своих", audience="staff")
    page = read(signed_in(olga).get("/find/", {"q": "тариф"}, headers=PART))
    assert told.get_absolute_url() in page and ours.get_absolute_url() not in page


def test_strange_input_is_no_failure(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    browser = signed_in(olga)
    for q in ("'", "&|!()", "\\", ":*", "а" * 3000, "%", "<script>", "\u202e", "1" * 400):
        assert browser.get("/knowledge/", {"q": q, "near": q}).status_code == 200
    assert browser.get("/knowledge/?q=%00").status_code == 400
    assert (
        "<script>"
        not in browser.get("/knowledge/", {"q": "<script>", "near": "<script>"}).content.decode().split("<main>")[1]
    )
