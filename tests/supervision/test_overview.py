"""Vera's overview: the numbers of a day whose calls are known."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from incidents import actions as incidents
from incidents.models import Incident
from staff import actions as staff
from staff.models import User
from supervision.queries import Overview
from tests.conftest import NOW
from tests.factories.line import Pbx, pbx
from tests.factories.town import house
from tests.tickets.test_story import opened
from tickets import actions as tickets

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


class Day:
    """Calls of a day, each told by how long it waited and how the waiting ended."""

    def __init__(self, clock: time_machine.Traveller) -> None:
        self.clock, self.line, self.count = clock, pbx(), 0

    def _rings(self, wait_s: int, **more: str) -> tuple[Pbx, str, str]:
        self.count += 1
        number = f"+7921555{self.count:04d}"
        call = self.line.ring(number, **more)
        self.clock.shift(wait_s)
        return self.line, call, number

    def answered(self, wait_s: int, user: str = "olga", *, ends: bool = True) -> None:
        line, call, number = self._rings(wait_s)
        line.answer(call, number, user=user)
        self.clock.shift(30)
        if ends:
            line.hang_up(call, number)

    def lost(self, wait_s: int) -> None:
        line, call, number = self._rings(wait_s)
        line.hang_up(call, number, cause="cancel")

    def still_rings(self, wait_s: int) -> None:
        self._rings(wait_s)


def overview(browser: Client) -> tuple[Overview, str]:
    reply = browser.get("/overview/")
    assert reply.status_code == 200
    shown: Overview = reply.context["overview"]
    return shown, reply.content.decode()


def test_few_calls_are_counted_and_each_long_wait_is_named(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    day = Day(at_noon)
    at_noon.move_to(NOW - timedelta(days=1))
    day.answered(120)  # yesterday is over
    at_noon.move_to(NOW)
    day.answered(10)
    day.answered(20)
    day.answered(25)
    day.lost(3)
    day.lost(40)
    day.still_rings(30)
    shown, page = overview(signed_in(vera))
    today = shown.today
    assert (today.answered, today.answered_in_time) == (3, 2)
    assert (today.abandoned, today.abandoned_short) == (2, 1)
    assert (today.waiting, today.waiting_late, today.offered) == (1, 1, 6)
    assert today.default == pytest.approx(2 / 5)  # who gave up at once is left out, who waits too long is not
    assert today.strict == pytest.approx(2 / 6)
    assert not shown.has_share
    assert "2 / 6" in page
    assert sorted(breach.wait_s for breach in shown.breaches) == [25, 30, 40]
    digits = "".join(filter(str.isdigit, page))
    for breach in shown.breaches:
        assert breach.call.caller[-10:] in digits
    assert len(shown.live) == 1


def test_of_many_calls_a_share_is_shown(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    day = Day(at_noon)
    for wait_s in (5, 5, 5, 5, 5, 5, 5, 5, 21, 60):
        day.answered(wait_s)
    shown, page = overview(signed_in(vera))
    assert shown.has_share
    assert (shown.today.default, shown.today.strict) == (0.8, 0.8)
    assert "80" in page
    assert "8 / 10" in page


def test_calls_that_we_make_are_no_promise(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    line = pbx()
    line.ring("+79215550199", direction="out")
    at_noon.shift(60)
    shown, _page = overview(signed_in(vera))
    assert (shown.today.offered, shown.breaches) == (0, [])
    assert shown.today.default is None


def test_who_talks_is_on_a_call_whatever_he_last_said(
    at_noon: time_machine.Traveller, olga: User, sergey: User, maxim: User, boris: User, vera: User, signed_in: Browser
) -> None:
    staff.set_presence(user=olga, state="ready", by=olga)
    staff.set_presence(user=sergey, state="break", reason="lunch", by=sergey)
    Day(at_noon).answered(5, ends=False)
    shown, page = overview(signed_in(vera))
    states = {user.username: user.presence.state for user in shown.people}
    assert states == {"olga": "on_call", "sergey": "break", "vera": "away"}  # masters are on the board of visits
    assert "Сергей Титов" in page


def test_incidents_tickets_and_visits_without_a_master_are_counted(
    at_noon: time_machine.Traveller, sergey: User, vera: User, signed_in: Browser
) -> None:
    for number in ("1", "2", "3"):
        home = house(number, street="Садовая")
        Incident.objects.create(scope_kind="building", building=home.building, started_at=NOW)
    first, second, third = Incident.objects.order_by("pk")
    incidents.confirm(incident=first, by=sergey)
    incidents.dismiss(incident=third, by=sergey)
    opened(sergey)
    opened(sergey, desk="dispatch")
    tickets.resolve(ticket=opened(sergey), by=sergey)
    shown, page = overview(signed_in(vera))
    assert shown.active == 2
    assert [visit.incident for visit in shown.visits_waiting] == [first]
    assert (shown.tickets, shown.open_tickets) == ({"support": 1, "dispatch": 1}, 2)
    assert second.scope_title in page


def test_the_town_s_day_begins_at_its_own_midnight(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    day, browser = Day(at_noon), signed_in(vera)
    at_noon.move_to(NOW.replace(day=3, hour=20, minute=58))  # 23:58 in Pushkin
    day.answered(5)
    at_noon.move_to(NOW.replace(day=3, hour=21, minute=1))  # 00:01
    day.answered(5)
    shown, _page = overview(browser)
    assert shown.today.offered == 1
