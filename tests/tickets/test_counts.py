"""Counts are kept and are exact: after every deed, while people work at the same moment, and after a repair."""

from collections.abc import Callable
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.db.models import Count, Sum
from django.test import Client

from contactcenter.sweep import sweep
from staff.models import Role, User
from tests.races.together import errors, together
from tests.tickets.test_story import opened
from tickets import actions, counts
from tickets.models import Tally, Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def kept() -> dict[tuple[str, str, int | None], int]:
    rows = Tally.objects.values_list("desk", "status", "assignee").annotate(all=Sum("tickets"))
    return {(desk, status, who): n for desk, status, who, n in rows if n}


def real() -> dict[tuple[str, str, int | None], int]:
    found: dict[tuple[str, str, int | None], int] = {}
    rows = Ticket.objects.filter(merged_into=None).order_by().values_list("desk", "status", "assignee")
    for desk, status, who, n in rows.annotate(all=Count("pk")):
        key = (desk, status, None if status == "resolved" else who)
        found[key] = found.get(key, 0) + n
    return found


def test_every_deed_keeps_them_true(
    at_noon: time_machine.Traveller, olga: User, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    first, second, third = (opened(olga) for _ in range(3))
    actions.take(ticket=first, by=sergey)
    actions.hand_over(ticket=second, to="dispatch", by=sergey)
    actions.set_status(ticket=first, status="waiting", by=sergey)
    actions.resolve(ticket=third, by=sergey)
    assert kept() == real()
    assert kept() == {
        ("support", "waiting", sergey.pk): 1,
        ("dispatch", "new", None): 1,
        ("support", "resolved", None): 1,
    }
    target = opened(olga)
    Ticket.objects.filter(pk=third.pk).update(merged_into=target)
    assert kept() == real()
    mine = counts.of(sergey, frozenset({"support"}))
    assert (mine.mine_open, mine.mine_paused, mine.free, mine.desk_open, mine.desk_paused) == (0, 1, 1, 1, 1)
    page = signed_in(sergey).get("/tickets/home/").content.decode()
    assert "Мои ждут" in page


def test_the_sweep_leaves_one_row_of_a_kind_and_mends_what_a_hand_wrote(
    at_noon: time_machine.Traveller, sergey: User
) -> None:
    for _ in range(4):
        ticket = opened(sergey)
        actions.take(ticket=ticket, by=sergey)
        actions.release(ticket=ticket, by=sergey)
    before, rows = kept(), Tally.objects.count()
    sweep()
    assert rows > Tally.objects.count() == len(before)
    assert kept() == before == real()
    Tally.objects.filter(desk="support").update(tickets=1000)
    assert counts.repair() == 1
    assert kept() == real()
    assert counts.repair() == 0


@pytest.mark.django_db(transaction=True)
def test_exact_while_people_work_and_the_sweep_sums(sergey: User, person: Callable[..., User]) -> None:
    nikita = person("nikita", Role.SUPPORT, "Никита", "Орлов")
    tickets = [opened(sergey) for _ in range(6)]

    def work(mine: list[Ticket], who: User) -> None:
        for ticket in mine:
            actions.take(ticket=ticket, by=who)
            actions.release(ticket=ticket, by=who)
            actions.resolve(ticket=ticket, by=who)

    def sums() -> None:
        for _ in range(8):
            counts.compact()
            counts.repair()

    outcomes = together(
        partial(work, tickets[:3], sergey), partial(work, tickets[3:], nikita), sums, counts.compact, counts.repair
    )
    assert errors(outcomes) == []
    assert kept() == real()
    counts.compact()
    assert kept() == real() == {("support", "resolved", None): 6}


def test_home_reads_no_count_of_tickets(at_noon: time_machine.Traveller, sergey: User, signed_in: Browser) -> None:
    opened(sergey)
    browser = signed_in(sergey)
    browser.get("/tickets/home/")
    seen: list[str] = []

    def note(execute: Callable[..., object], sql: str, *rest: object) -> object:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        browser.get("/tickets/home/")
    counted = [sql for sql in seen if "count(" in sql.lower() and "tickets_ticket" in sql]
    assert counted
    assert all("LIMIT" in sql for sql in counted)
    assert len(seen) <= 15
