"""Vera writes what is said: drafts, previews, versions, what has to be looked through."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from contacts.models import Topic
from knowledge import actions
from knowledge.models import Article, MissingAnswer
from staff.models import User
from tests.knowledge.shelf import PART, article, read

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
NEW = "/settings/knowledge/new/"


def typed(**more: Any) -> dict[str, Any]:
    """The form as somebody fills it."""
    facts = {"title": "Сменить тариф", "spoken": "Тариф меняется в кабинете.", "body": "- раз\n- два"}
    return {**facts, "audience": "operators", "state": "published", "language": "ru", **more}


def edit(one: Article) -> str:
    return f"/settings/knowledge/{one.pk}/"


def test_an_article_is_written_and_dated(at_noon: time_machine.Traveller, vera: User, signed_in: Browser) -> None:
    browser, topic = signed_in(vera), Topic.objects.get(code="tariff")
    assert "Новая статья" in read(browser.get(NEW))
    reply = browser.post(NEW, typed(topics=[topic.pk], owner=vera.pk, outcome="solved"))
    made = Article.objects.get()
    assert reply["Location"] == edit(made)
    assert (made.code, made.version, list(made.topics.all()), made.outcome) == ("smenit-tarif", 1, [topic], "solved")
    assert made.expires_on == date(2026, 9, 2), "half a year from now"
    page = read(browser.get(edit(made)))
    assert "Сохранено." in page and "Версия 1" in page and "Вера Никитина" in page
    assert page.count("checked") == 1


def test_the_preview_shows_what_will_be_read_and_no_html_of_the_writers(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    said = {
        "spoken": "Скажите <b>так</b>.",
        "body": "**Важно**\n\n<script>alert(1)</script> [сюда](javascript:alert(1))",
    }
    reply = signed_in(vera).post("/settings/knowledge/preview/", said, headers=PART)
    raw = reply.content.decode()
    assert "<strong>Важно</strong>" in raw and "&lt;b&gt;так" in raw
    assert "<script" not in raw and "<a " not in raw
    assert "По СМС: 1 часть" in raw
    assert "Печатайте" in read(signed_in(vera).post("/settings/knowledge/preview/", {}, headers=PART))


def test_a_refused_article_keeps_what_was_typed(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    article("Другая", code="drugaya")
    browser = signed_in(vera)
    for wrong, words in (
        (typed(spoken=""), "Обязательное поле"),
        (typed(code="drugaya"), "уже существует"),
        (typed(code="Не то"), "латинские"),
        (typed(title="ш" * 300), "200"),
        (typed(body="я" * 20_001), "20000"),
        (typed(topics=[999_999]), "999999"),
        (typed(state="secret"), "secret"),
        (typed(expires_on="вчера"), "дат"),
    ):
        reply = browser.post(NEW, wrong)
        page = read(reply)
        assert reply.status_code == 422 and words in page, wrong
        assert "- раз" in page or "яяя" in page
    assert Article.objects.count() == 1


def test_two_editors_do_not_write_over_each_other(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    one, browser = article(), signed_in(vera)
    actions.save_article(by=vera, article=one, spoken="Сосед успел раньше.")
    reply = browser.post(edit(one), typed(version=1, code=one.code))
    page = read(reply)
    assert reply.status_code == 422 and "сохранил кто-то другой" in page and "Тариф меняется в кабинете." in page
    assert f"{edit(one)}versions/" in page
    assert Article.objects.get().spoken == "Сосед успел раньше."
    assert browser.post(edit(one), typed(version=2, code=one.code)).status_code == 302
    assert Article.objects.get().version == 3


def test_versions_are_compared_and_an_old_one_comes_back(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    one, browser = article(body="Подождите минуту."), signed_in(vera)
    actions.save_article(by=vera, article=one, spoken="Выключите роутер на час.", audience="public", topics=[])
    page = read(browser.get(f"{edit(one)}versions/"))
    assert "<del>минуту.</del><ins>час.</ins>" in page
    assert "Кто читает:" in page and "Все: статья стоит на сайте" in page
    same = read(browser.get(f"{edit(one)}versions/?a=1&b=1"))
    assert "<del>" not in same and "<ins>" not in same
    assert "Снова действует версия 1" in read(browser.post(f"{edit(one)}restore/", {"version": "1"}, follow=True))
    one.refresh_from_db()
    assert (one.spoken, one.audience, one.version) == ("Выключите роутер на минуту.", "operators", 3)
    for strange in ("9", "x", "", "1" * 40):
        assert browser.post(f"{edit(one)}restore/", {"version": strange}).status_code == 404
    assert browser.get(f"{edit(one)}versions/?b=99").status_code == 404


def test_what_is_out_of_date_waits_to_be_looked_through(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    one, browser = article(expires_on=date(2026, 3, 10)), signed_in(vera)
    article("Свежая", expires_on=date(2026, 8, 1))
    listed = read(browser.get("/settings/knowledge/"))
    assert "Пора перечитать" in listed and "опоздание" not in listed and listed.count("10.03.2026") == 2
    at_noon.shift(timedelta(days=7))
    browser = signed_in(vera)
    assert "опоздание" in read(browser.get("/settings/knowledge/"))
    assert "пора перечитать" in read(browser.get(one.get_absolute_url()))
    reply = browser.post(f"{edit(one)}review/", {"back": "list"})
    assert reply["Location"] == "/settings/knowledge/"
    listed = read(browser.get("/settings/knowledge/"))
    assert "Пора перечитать" not in listed and "09.09.2026" in listed
    assert Article.objects.get(pk=one.pk).version == 2


def test_the_list_says_how_often_an_article_was_given_and_whether_it_helped(
    at_noon: time_machine.Traveller, vera: User, olga: User, signed_in: Browser
) -> None:
    one = article()
    for is_useful in (True, True, True, False):
        actions.rate(use=actions.use(article=one, by=olga), is_useful=is_useful)
    actions.use(article=one, by=olga)
    article("Черновик про кабель", state="draft")
    browser = signed_in(vera)
    listed = read(browser.get("/settings/knowledge/"))
    assert "75 %" in listed and "3/4" in listed and '<td class="num">5</td>' in listed
    assert "Перезагрузить роутер" not in read(browser.get("/settings/knowledge/?state=draft"))
    assert "Черновик про кабель" not in read(browser.get("/settings/knowledge/?q=роутер"))
    assert "Таких статей нет" in read(browser.get("/settings/knowledge/?q=йцукен"))
    assert browser.get("/settings/knowledge/?page=abc&state=%27").status_code == 200


def test_a_question_without_an_answer_becomes_an_article(
    at_noon: time_machine.Traveller, vera: User, olga: User, signed_in: Browser
) -> None:
    asked, browser = actions.report_missing(text="где взять чек", by=olga), signed_in(vera)
    page = read(browser.get(f"{NEW}?missing={asked.pk}"))
    assert 'value="Где взять чек"' in page and "Спросили 1 раз" in page
    draft = typed(title="Где взять чек", missing=asked.pk, state="draft")
    browser.post(NEW, draft)
    assert MissingAnswer.objects.get().done_at is None, "a draft answers nobody"
    made = Article.objects.get()
    browser.post(edit(made), {**draft, "state": "published", "version": 1, "code": made.code})
    asked.refresh_from_db()
    assert (asked.article, asked.done_at is not None) == (made, True)
    assert browser.get(f"{NEW}?missing=nothing").status_code == 200


def test_a_topic_out_of_use_stays_where_it_was_chosen_and_is_not_offered_anew(
    at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    one, other = article(topics=["tariff"]), article("Другая")
    topic = Topic.objects.get(code="tariff")
    Topic.objects.filter(pk=topic.pk).update(is_active=False)
    box = f'name="topics" value="{topic.pk}"'
    assert box in read(signed_in(vera).get(edit(one)))
    assert box not in read(signed_in(vera).get(edit(other)))
