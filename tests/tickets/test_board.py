"""The board: what it shows, in which order and columns; kept views, one's own and shared."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client

from staff.models import User
from tests.tickets.test_story import opened
from tickets import actions
from tickets.boards import Filters
from tickets.models import Board, Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def shown(browser: Client, query: str) -> list[str]:
    """The subjects on the board, from the top."""
    page = browser.get(f"/tickets/?{query}")
    assert page.status_code == 200
    numbers = [part.split("/")[2] for part in page.content.decode().split("data-row=")[1:]]
    return [Ticket.objects.get(number=number).subject for number in numbers]


def test_each_filter_leaves_what_it_says(
    at_noon: time_machine.Traveller, olga: User, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    browser = signed_in(sergey)
    mine, free, waits, elsewhere, done = (
        opened(olga, subject="Мой"),
        opened(olga, subject="Ничей"),
        opened(olga, subject="Ждёт"),
        opened(olga, desk="dispatch", subject="Выезд"),
        opened(olga, subject="Решён"),
    )
    actions.take(ticket=mine, by=sergey)
    actions.set_status(ticket=waits, status="waiting", by=sergey)
    actions.resolve(ticket=done, by=sergey)
    actions.edit(ticket=free, by=sergey, priority=1)
    assert shown(browser, "") == ["Ничей", "Мой", "Ждёт"]
    assert shown(browser, "view=mine") == ["Мой"]
    assert shown(browser, "view=free") == ["Ничей", "Ждёт"]
    assert shown(browser, "view=resolved") == ["Решён"]
    assert shown(browser, "desk=dispatch") == ["Выезд"]
    assert shown(browser, "desk=all&sort=newest") == ["Выезд", "Ждёт", "Ничей", "Мой"]
    assert shown(browser, "status=waiting") == shown(browser, "state=paused") == ["Ждёт"]
    assert shown(browser, "state=any&sort=oldest") == ["Мой", "Ничей", "Ждёт", "Решён"]
    assert shown(browser, "priority=1") == ["Ничей"]
    assert shown(browser, "channel=vk") == []
    assert shown(browser, f"assignee={sergey.pk}") == ["Мой"]
    assert shown(browser, f"subscriber={elsewhere.subscriber.account}") == ["Выезд"]
    assert shown(browser, f"building={waits.building_id}") == ["Ждёт"]
    assert shown(browser, "since=2026-03-05") == shown(browser, "until=2026-03-03") == shown(browser, "late=1") == []
    assert shown(browser, "since=2026-03-04&until=2026-03-04&waiting=2026-03-04") == ["Ждёт"]
    at_noon.shift(timedelta(hours=25))
    assert shown(signed_in(sergey), "late=1") == ["Ничей", "Мой", "Ждёт"]


@pytest.mark.parametrize(
    "query",
    [
        "sort=opened_at;drop",
        "sort=-pk&columns=password&columns=opened_by__password",
        "assignee=9" * 30,
        "assignee=²&topic=٣&building=1e9&priority=0",
        "since=2026-02-31&until=0000-00-00&waiting=9999-12-31&since=x",
        "page=-1",
        "page=99999999999999999999",
        "view=__class__&state=__all__&desk=finance'--",
        "building=999999999999999999999999",
        "topic=9223372036854775808",
        "until=9999-12-31",
    ],
)
def test_an_address_written_by_hand_shows_a_board(sergey: User, signed_in: Browser, query: str) -> None:
    opened(sergey)
    browser = signed_in(sergey)
    for path in ("/tickets/", "/tickets/export/csv/"):
        assert browser.get(f"{path}?{query}").status_code == 200


def test_columns_are_chosen(at_noon: time_machine.Traveller, sergey: User, signed_in: Browser) -> None:
    ticket = opened(sergey)
    assert ticket.subscriber is not None
    page = signed_in(sergey).get("/tickets/?columns=account&columns=priority").content.decode()
    assert f"<td>{ticket.subscriber.account}</td><td>P3</td></tr>" in page
    assert "Нет интернета" not in page


def test_a_view_is_kept_renamed_moved_removed_and_brought_back(sergey: User, signed_in: Browser) -> None:
    browser = signed_in(sergey)
    opened(sergey)
    for name in ("Срочные", "VK"):
        reply = browser.post("/tickets/views/", {"name": name, "query": "priority=1&evil=1&view=desk"})
        assert reply.headers["Location"] == "/tickets/?priority=1"
    first, second = Board.objects.filter(owner=sergey)
    browser.post("/tickets/views/", {"name": "Очень срочные", "query": first.query, "board": first.pk})
    page = browser.get("/tickets/?part=views", headers={"HX-Request": "true"}).content.decode()
    assert "Очень срочные" in page
    assert "Без ответственного" in page  # shared with the desk from the first day
    browser.post(f"/tickets/views/{second.pk}/move/", {"up": "1"})
    assert [one.name for one in Board.objects.filter(owner=sergey)] == ["VK", "Очень срочные"]
    removed = browser.post(f"/tickets/views/{first.pk}/remove/", headers={"HX-Request": "true"}).content.decode()
    assert f"/tickets/views/{first.pk}/restore/" in removed
    browser.post(f"/tickets/views/{first.pk}/restore/")
    assert Board.objects.get(pk=first.pk).deleted_at is None


def test_who_sees_all_desks_reads_whose_a_shared_view_is(sergey: User, vera: User, signed_in: Browser) -> None:
    views = {"path": "/tickets/?part=views", "headers": {"HX-Request": "true"}}
    all_desks, own = (signed_in(who).get(**views).content.decode() for who in (vera, sergey))
    for desk in ("Техподдержка", "Финансовый отдел"):
        assert f'<span class="mute">{desk}</span>' in all_desks
    assert '<span class="mute">' not in own


def test_refused_views(sergey: User, larisa: User, olga: User, vera: User, signed_in: Browser) -> None:
    htmx = {"HX-Request": "true"}

    def save(who: User, **said: object) -> int:
        return signed_in(who).post("/tickets/views/", {"query": "", **said}, headers=htmx).status_code

    assert save(sergey, name="Моё") == 204
    assert save(sergey, name="Моё") == 422  # the name is taken
    assert save(sergey, name="  ") == 422
    assert save(sergey, name="Всем", desk="support") == 422  # he leads no desk
    assert save(larisa, name="Всем", desk="support") == 422  # not her desk
    assert save(larisa, name="Всем", desk="first_line") == 204
    assert save(vera, name="Отделу", desk="support") == 204
    mine, shared = Board.objects.get(name="Моё"), Board.objects.get(name="Всем")
    assert "Всем" in signed_in(olga).get("/tickets/").content.decode()
    assert "Всем" not in signed_in(sergey).get("/tickets/").content.decode()
    assert signed_in(olga).post(f"/tickets/views/{mine.pk}/remove/").status_code == 404
    assert signed_in(olga).post(f"/tickets/views/{shared.pk}/remove/", headers=htmx).status_code == 422
    shared.refresh_from_db()
    assert shared.deleted_at is None


def test_how_many_a_view_shows_stops_at_ninety_nine(sergey: User, signed_in: Browser) -> None:
    base = opened(sergey)
    for n in range(101):
        base.pk, base.number = None, f"t{n}"
        base.save(force_insert=True)
    page = signed_in(sergey).get("/tickets/?part=views", headers={"HX-Request": "true"}).content.decode()
    assert "99+" in page


def test_a_page_costs_one_statement_of_tickets(
    sergey: User, signed_in: Browser, django_assert_max_num_queries: object
) -> None:
    opened(sergey)
    browser = signed_in(sergey)
    browser.get("/tickets/")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        browser.get("/tickets/")


def test_what_a_stranger_wrote_is_text_in_every_cell(sergey: User, signed_in: Browser) -> None:
    ticket = opened(sergey)
    evil = "<script>alert(1)</script>'\"&"
    Ticket.objects.filter(pk=ticket.pk).update(subject=evil)
    type(ticket.subscriber).objects.filter(pk=ticket.subscriber_id).update(name=evil)
    User.objects.filter(pk=sergey.pk).update(first_name=evil)
    actions.take(ticket=ticket, by=sergey)
    browser = signed_in(sergey)
    for path in ("/tickets/?columns=subject&columns=subscriber&columns=assignee", "/tickets/home/"):
        page = browser.get(path).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_address_of_a_board_says_all_of_it(sergey: User, signed_in: Browser) -> None:
    """What a tab chooses is left out of its address; what was taken away from the tab stays away on the next page."""
    for asked, said in (
        ("view=mine", "view=mine"),
        ("view=mine&assignee=", ""),
        ("view=mine&assignee=none", "assignee=none"),
        ("view=resolved&state=any", "state=any"),
        ("view=desk&late=1&columns=topic&columns=due", "late=1&columns=topic&columns=due"),
    ):
        assert Filters.of(QueryDict(asked)).query() == said
        assert Filters.of(QueryDict(said)).query() == said
