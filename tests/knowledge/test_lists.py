"""Vera keeps the places, the synonyms and the questions without an answer."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from knowledge import actions, search
from knowledge.models import MissingAnswer, PlaceCard, Synonyms
from staff.models import User
from tests.factories.town import house
from tests.knowledge.shelf import PART, article, place, read

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
PLACES, MISSING, SYNONYMS = (f"/settings/knowledge/{name}/" for name in ("places", "missing", "synonyms"))


def typed(**more: Any) -> dict[str, Any]:
    facts = {"kind": "terminal", "title": "Терминал в аптеке", "where": "Оранжерейная 21", "hours": "пн-пт 9-21"}
    return {**facts, "is_active": "on", **more}


def test_a_place_stands_in_a_house_of_ours_or_at_an_address_in_words(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    home, browser = house("21"), signed_in(vera)
    assert "Мест пока нет" in read(browser.get(PLACES))
    browser.post(PLACES, typed())
    browser.post(PLACES, typed(title="Терминал на рынке", where="Рынок, третий ряд"))
    ours, words = PlaceCard.objects.order_by("pk")
    assert (ours.building, ours.address) == (home.building, "")
    assert (words.building, words.address, words.point) == (None, "Рынок, третий ряд", None)
    page = read(browser.get(f"{PLACES}{words.pk}/"))
    assert "ближайшим не окажется" in page and "Терминал в аптеке" in page and "открыто до 21:00" in page


def test_hours_that_nobody_can_read_are_refused_and_nothing_is_lost(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    browser = signed_in(vera)
    for wrong, words in (
        (typed(hours="когда как"), "Не понять"),
        (typed(exceptions="31.02.2026 выходной"), "31.02.2026"),
        (typed(latitude="59.7"), "вместе"),
        (typed(latitude="95", longitude="30"), "на Земле нет"),
        (typed(where=""), "Обязательное поле"),
        (typed(latitude="север"), "число"),
    ):
        reply = browser.post(PLACES, wrong)
        page = read(reply)
        assert reply.status_code == 422 and words in page and "Терминал в аптеке" in page, wrong
    assert not PlaceCard.objects.exists()


def test_somebody_went_and_looked(at_noon: time_machine.Traveller, vera: User, signed_in: Browser) -> None:
    there, browser = place(), signed_in(vera)
    assert "ещё не проверяли" in read(browser.get(f"{PLACES}{there.pk}/"))
    page = read(browser.post(f"{PLACES}{there.pk}/checked/", follow=True))
    assert "Записано: проверено сегодня." in page and "проверено сегодня, Вера Никитина" in page
    browser.post(f"{PLACES}{there.pk}/", typed(title="Терминал у рынка", where="Рынок", is_active="", code=there.code))
    there.refresh_from_db()
    assert not there.is_active and search.find(vera, "терминал").hits == []
    assert "Кто менял" in read(browser.get(f"{PLACES}{there.pk}/"))


def test_a_question_is_answered_by_an_article_that_is_there(
    at_noon: time_machine.Traveller, vera: User, olga: User, signed_in: Browser
) -> None:
    told, browser = article(), signed_in(vera)
    asked = actions.report_missing(text="не горит лампочка", by=olga)
    assert "не горит лампочка" in read(browser.get(MISSING))
    path = f"{MISSING}{asked.pk}/answer/"
    assert told.title not in read(browser.get(path)) and "нет таких слов" in read(browser.get(path))
    offered = read(browser.get(path, {"q": "роутер", "part": "found"}, headers=PART))
    assert f'name="article" value="{told.pk}"' in offered and "<html" not in offered
    for strange in ("", "x", "999999", "9" * 30, str(article("Черновик", state="draft").pk)):
        assert browser.post(f"{MISSING}{asked.pk}/answer/", {"article": strange}).status_code == 404
    browser.post(f"{MISSING}{asked.pk}/answer/", {"article": told.pk})
    asked.refresh_from_db()
    assert asked.article == told
    page = read(browser.get(MISSING))
    assert "Ответов хватает" in page and told.title in page


def test_what_needs_no_article_is_set_aside_until_it_is_asked_again(
    at_noon: time_machine.Traveller, vera: User, olga: User, signed_in: Browser
) -> None:
    browser = signed_in(vera)
    asked = actions.report_missing(text="который час", by=olga)
    browser.post(f"{MISSING}{asked.pk}/drop/")
    assert "отложено" in read(browser.get(MISSING)) and "Ответов хватает" in read(browser.get(MISSING))
    actions.report_missing(text="Который час?", by=olga)
    row = MissingAnswer.objects.get()
    assert (row.asked, row.done_at) == (2, None)
    assert "2 раза" in read(browser.get(MISSING))


def test_what_is_sought_in_vain_stands_apart(at_noon: time_machine.Traveller, vera: User, signed_in: Browser) -> None:
    actions.note_nothing_found(text="пятый канал")
    page = read(signed_in(vera).get(MISSING))
    assert page.index("Чаще всего ищут и не находят") < page.index("пятый канал")
    assert "Ответов хватает" in page


def test_synonyms_lead_to_what_is_written_in_other_words(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    told, browser = article("Видеокамера во дворе"), signed_in(vera)
    assert search.find(vera, "глазок").hits == []
    browser.post(SYNONYMS, {"phrases": "Видеокамера, глазок, наблюдение за двором", "is_active": "on"})
    assert [hit.article for hit in search.find(vera, "глазок").hits] == [told]
    row = Synonyms.objects.get(phrases__startswith="видеокамера")
    page = read(browser.get(f"{SYNONYMS}{row.pk}/"))
    assert "изменил синонимы" in page
    browser.post(f"{SYNONYMS}{row.pk}/", {"phrases": row.phrases})
    assert search.find(vera, "глазок").hits == []


def test_synonyms_that_say_nothing_are_refused(at_noon: time_machine.Traveller, vera: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    rows = Synonyms.objects.count()
    taken = Synonyms.objects.first()
    assert taken
    for wrong, words in (
        ("одна", "От двух до 12"),
        ("а, а , А", "От двух до 12"),
        ("раз два три четыре пять шесть, семь", "От двух до 12"),
        (", ".join(f"слово{n}" for n in range(20)), "От двух до 12"),
        (taken.phrases, "уже существует"),
        (taken.phrases.upper(), "Измените ту строку"),
    ):
        reply = browser.post(SYNONYMS, {"phrases": wrong, "is_active": "on"})
        assert reply.status_code == 422 and words in read(reply) and wrong in read(reply)
    assert Synonyms.objects.count() == rows
