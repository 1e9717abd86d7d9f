"""Whoever owns an article is told in time; answers are counted; a draft closes the question it began with."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from contacts import actions as contacts
from contacts.models import Topic
from knowledge import actions, queries
from knowledge.models import MissingAnswer
from staff.models import Notice, User
from tests.factories.town import house
from tests.knowledge.shelf import article, call, day, place, read

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
LIST = "/settings/knowledge/"


def test_its_owner_is_told_a_fortnight_before_and_on_the_day_and_says_himself_that_it_is_right(
    at_noon: time_machine.Traveller, sergey: User, olga: User, vera: User, signed_in: Browser
) -> None:
    one = article("Лампочки", owner=sergey, expires_on=day("2026-03-20"))
    article("Ничья", expires_on=day("2026-03-05"))
    told = Notice.objects.filter(user=sergey)
    actions.remind_owners()
    assert not told.exists(), "sixteen days are time enough"
    for days, number in ((2, 1), (1, 1), (13, 2), (1, 2)):
        at_noon.shift(timedelta(days=days))
        actions.remind_owners(), actions.remind_owners()
        assert told.count() == number
    page = read(signed_in(sergey).get("/notices/"))
    assert "Проверьте свою статью до 20.03.2026" in page and "Пора проверить" in page
    path = f"/knowledge/articles/{one.pk}/"
    assert "Проверено, всё верно" in read(signed_in(sergey).get(path))
    assert "Проверено, всё верно" not in read(signed_in(olga).get(path))
    signed_in(olga).post(f"{path}confirm/")
    one.refresh_from_db()
    assert one.expires_on == day("2026-03-20")
    assert signed_in(sergey).post(f"{path}confirm/").status_code == 302
    one.refresh_from_db()
    assert one.expires_on == day("2026-09-19") and one.history.latest("pk").by_user == sergey
    actions.remind_owners()
    assert told.count() == 2, "its new day is far away"


def test_what_answers_are_worth_is_said_above_the_list(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    home = house()
    one, there = article(), place()
    assert "За 30 дней" not in read(signed_in(vera).get(LIST))
    for seconds in (10, 20, 60, None):
        contact = call(home)
        at_noon.shift(timedelta(seconds=seconds or 5))
        if seconds:
            used = actions.use(contact=contact, by=olga, **({"place": there} if seconds == 60 else {"article": one}))
            actions.rate(use=used, is_useful=seconds != 60)
        at_noon.shift(timedelta(seconds=30))
        if seconds == 20:
            actions.use(contact=contact, by=olga, article=one)  # looked at once more: the first time counts
        contacts.set_topic(contact=contact, topic=Topic.objects.get(code="payment_terminal"), by=olga)
        contacts.close(contact=contact, outcome="answered", by=olga)
    call(home)  # goes on still
    found = queries.figures()
    assert (found.contacts, found.answered, found.share, found.seconds) == (4, 3, 75, 20)
    page = read(signed_in(vera).get(LIST))
    assert "75 %</b> из 4 звонков отвечены по карточке" in page and "медиана от звонка до карточки — 20 с" in page
    assert "показано 1 раз, помогло 0 %" in read(signed_in(vera).get(f"{LIST}places/"))
    at_noon.shift(timedelta(days=31))
    assert queries.figures().contacts == 0


def test_a_draft_that_is_published_later_answers_what_it_was_begun_for(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    asked, browser = actions.report_missing(text="где взять чек", by=olga), signed_in(vera)
    said = {"title": "Где взять чек", "spoken": "В кабинете.", "audience": "operators", "language": "ru"}
    reply = browser.post(f"{LIST}new/", {**said, "state": "draft", "missing": asked.pk})
    path = reply["Location"]
    assert "где взять чек" in read(browser.get(path)).lower()
    assert "Продолжить черновик" in read(browser.get(f"{LIST}missing/"))
    asked.refresh_from_db()
    assert asked.done_at is None
    browser.post(path, {**said, "state": "published"})
    asked.refresh_from_db()
    assert asked.done_at is not None and asked.article is not None and asked.article.title == "Где взять чек"
    assert asked.history.get(kind="answer_given").by_user == vera
    again = actions.report_missing(text="где взять чек", by=olga)
    assert (again.done_at, again.article, again.draft) == (None, None, None)
    browser.post(path, {**said, "spoken": "В кабинете, справа.", "state": "published", "version": "2"})
    assert MissingAnswer.objects.get().done_at is None, "the article did not help: another word in it is no answer"
