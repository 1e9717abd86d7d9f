"""Vera loads and exports everything as files."""

import io
import zipfile
from collections.abc import Callable

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from knowledge.models import Article, PlaceCard
from staff.models import User
from tests.knowledge.shelf import article, place, read

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
FILES = "/settings/knowledge/files/"
GOOD = (
    "---\ncode: {code}\ntitle: Где оплатить\nstate: published\ntopics: {topics}\n---\nВ терминале.\n\n- без комиссии\n"
)
SHEET = "code,kind,title,address,hours\nt-1,terminal,Терминал,Рынок,{hours}\n"


def file(name: str, text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def good(code: str = "where", topics: str = "payment_terminal") -> SimpleUploadedFile:
    return file(f"{code}.md", GOOD.format(code=code, topics=topics))


def test_files_are_checked_before_they_are_loaded(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    browser = signed_in(vera)
    page = read(browser.get(FILES))
    assert "Только проверить" in page and "multiple" in page
    both = lambda: [good(), file("places.csv", SHEET.format(hours="пн-пт 9-21"))]  # noqa: E731
    page = read(browser.post(FILES, {"uploads": both(), "dry_run": "on"}))
    assert "ничего не сохранено" in page and "Новых: 2" in page and not Article.objects.exists()
    page = read(browser.post(FILES, {"uploads": both()}))
    assert "Загружено. Новых: 2" in page
    assert Article.objects.get().spoken == "В терминале." and PlaceCard.objects.get().code == "t-1"
    assert "без изменений: 2" in read(browser.post(FILES, {"uploads": both()}))


def test_a_column_that_is_not_there_leaves_what_is_known_and_an_empty_cell_takes_it_away(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    known = place(code="t-1", how_to_find="у входа", services="карты", commission="2 %", latitude=59.7, longitude=30.4)
    gone = place("Закрытый", code="t-2", is_active=False)
    browser = signed_in(vera)
    sheet = "code,kind,title,address,hours,services\n"
    sheet += "t-1,terminal,Терминал,Рынок,пн-пт 9-21,\nt-2,terminal,Закрытый,Рынок,пн-пт 9-21,наличные\n"
    page = read(browser.post(FILES, {"uploads": [file("places.csv", sheet)], "dry_run": "on"}))
    assert "для чего в файле нет столбца: exceptions, how_to_find" in page and "Пустая ячейка" in page
    known.refresh_from_db()
    assert known.services == "карты"
    browser.post(FILES, {"uploads": [file("places.csv", sheet)]})
    known.refresh_from_db(), gone.refresh_from_db()
    assert (known.hours, known.services) == ("пн-пт 9-21", "")
    assert (known.how_to_find, known.commission, known.latitude, known.is_active) == ("у входа", "2 %", 59.7, True)
    assert known.topic is not None
    assert (gone.services, gone.is_active) == ("наличные", False)
    sheet = "code,kind,title,address,hours,is_active\n"
    sheet += "t-1,terminal,Терминал,Рынок,пн-пт 9-21,no\nt-2,terminal,Закрытый,Рынок,пн-пт 9-21,\n"
    browser.post(FILES, {"uploads": [file("places.csv", sheet)]})
    known.refresh_from_db(), gone.refresh_from_db()
    assert (known.is_active, gone.is_active) == (False, False)


def test_one_mistake_and_nothing_is_kept_but_every_mistake_is_named(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    uploads = [good(), good("other", topics="no_such"), file("places.csv", SHEET.format(hours="иногда"))]
    reply = signed_in(vera).post(FILES, {"uploads": uploads})
    page = read(reply)
    assert reply.status_code == 422 and "Ничего не загружено" in page
    assert "other.md" in page and "нет такой темы: no_such" in page
    assert not Article.objects.exists() and not PlaceCard.objects.exists()


def test_every_problem_is_told_in_words(at_noon: time_machine.Traveller, vera: User, signed_in: Browser) -> None:
    for name, text in (
        ("a.md", "без заголовка"),
        ("a.md", "---\ncode: ПЛОХО\ntitle: A\n---\nB"),
        ("a.md", b"---\ncode: a\ntitle: A\n---\nB\x00"),
        ("a.md", b"\xff\xfe\x00"),
        ("a.csv", "code\n1\n"),
        ("a.exe", b"MZ"),
        ("a.zip", b"PK not a zip"),
    ):
        reply = signed_in(vera).post(FILES, {"uploads": [file(name, text)]})
        assert reply.status_code == 422, name
    assert "Обязательное поле" in read(signed_in(vera).post(FILES, {}))
    assert not Article.objects.exists()


def test_what_is_exported_loads_again_as_it_is(at_noon: time_machine.Traveller, vera: User, signed_in: Browser) -> None:
    article(body="- раз", topics=["tariff"], owner=vera), place(exceptions="01.05.2026 выходной")
    browser = signed_in(vera)
    reply = browser.get(f"{FILES}export/")
    assert reply["Content-Disposition"] == 'attachment; filename="knowledge-2026-03-04.zip"'
    names = zipfile.ZipFile(io.BytesIO(reply.content)).namelist()
    assert sorted(names) == ["articles/perezagruzit-router.md", "places.csv"]
    page = read(browser.post(FILES, {"uploads": [file("all.zip", reply.content)]}))
    assert "Новых: 0, изменённых: 0, без изменений: 2" in page


def test_an_export_costs_the_same_with_few_articles_and_with_many(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    browser = signed_in(vera)

    def cost() -> int:
        browser.get(f"{FILES}export/")
        with CaptureQueriesContext(connection) as spent:
            browser.get(f"{FILES}export/")
        return len(spent)

    article("Первая", topics=["tariff"], owner=vera), place()
    few = cost()
    for n in range(20):
        article(f"Ещё {n}", topics=["tariff"], owner=vera), place(f"Ещё {n}")
    assert cost() == few
