"""Help for everybody: no sign-in, light, the same for all, and nothing that is not for them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from knowledge.models import ArticleUse, MissingAnswer
from staff.models import User
from tests.architecture.test_structure import ROOT
from tests.knowledge.shelf import article, place, read

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def test_a_stranger_reads_what_is_for_everybody(at_noon: time_machine.Traveller) -> None:
    told = article("Где оплатить", "В терминале.", audience="public", body="**Без** комиссии")
    inside, ours = article("Для операторов"), article("Для своих", audience="staff")
    draft = article("Черновик", audience="public", state="draft")
    client = Client()
    page = read(client.get("/help/"))
    assert told.title in page and "В терминале." in page
    for other in (inside, ours, draft):
        assert other.title not in page
        assert client.get(f"/help/{other.pk}/").status_code == 404
    assert "<strong>Без</strong>" in read(client.get(f"/help/{told.pk}/"))


def test_a_few_words_find_it(at_noon: time_machine.Traveller) -> None:
    article("Где оплатить", "В терминале.", audience="public"), article("Роутер", audience="public")
    place()
    page = read(Client().get("/help/", {"q": "оплатить"}))
    assert "Где оплатить" in page and "Терминал у рынка" in page and "Перезагрузить" not in page
    assert "Ничего не нашлось" in read(Client().get("/help/", {"q": "ящерица"}))
    assert "Искали" in read(Client().get("/help/", {"q": "jgkfnbnm"}))
    assert not MissingAnswer.objects.exists() and not ArticleUse.objects.exists(), "reading writes nothing"


def test_places_stand_by_kind_with_their_hours(at_noon: time_machine.Traveller, vera: User) -> None:
    place(hours="пн-пт 9-21; сб 10-18"), place("Офис", kind="office", hours="пн-пт 9-11")
    place("Закрытый терминал", is_active=False)
    page = read(Client().get("/help/places/"))
    assert page.index("Наш офис") < page.index("Терминал оплаты")
    assert "открыто до 21:00" in page and "закрыто, откроется завтра 9:00" in page
    assert "Закрытый терминал" not in page


def test_both_languages_have_their_articles(at_noon: time_machine.Traveller) -> None:
    article("Где оплатить", audience="public"), article("Where to pay", audience="public", language="en")
    russian, english = Client().get("/help/"), Client().get("/help/?lang=en")
    assert "Где оплатить" in read(russian) and "Where to pay</a>" not in read(russian).split("<main>")[1]
    page = read(english)
    assert 'lang="en"' in page and "How can we help?" in page and "Где оплатить" not in page.split("<main>")[1]
    assert (russian["Content-Language"], english["Content-Language"]) == ("ru", "en")
    assert "Чем помочь" in read(Client().get("/help/?lang=%27"))


def test_it_is_the_same_for_whoever_asks_so_a_cache_may_keep_it(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    told = article("Где оплатить", audience="public", owner=vera)
    for path in ("/help/", "/help/places/", f"/help/{told.pk}/", "/help/?q=оплатить"):
        stranger, hers = Client(headers={"Accept-Language": "en"}).get(path), signed_in(vera).get(path)
        assert stranger.content == hers.content
        assert stranger["Cache-Control"] == "public, max-age=300"
        assert not stranger.cookies and not hers.cookies
        assert "Никитина" not in read(stranger)
        assert Client().post(path).status_code == 405


def test_a_page_weighs_less_than_fifty_kilobytes_with_everything(at_noon: time_machine.Traveller) -> None:
    for n in range(60):
        article(f"Вопрос номер {n}", "Ответ, который можно прочесть вслух одним духом. " * 3, audience="public")
        place(f"Терминал номер {n}", how_to_find="у входа, слева от касс", hours="пн-пт 9-21; сб 10-18; вс 11-16")
    for path in ("/help/", "/help/places/", "/help/?q=терминал"):
        page = read(Client().get(path))
        assert "<script" not in page, "it works without scripts"
        linked = [ROOT / one.lstrip("/") for one in re.findall(r'(?:href|src)="(/static/[^"]+)"', page)]
        assert linked, path
        weight = len(page.encode()) + sum(Path(one).stat().st_size for one in linked)
        assert weight < 50_000, f"{path}: {weight}"
