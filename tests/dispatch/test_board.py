"""The dispatcher's board: who goes where, what waits, what must be looked at."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from dispatch import actions
from dispatch.models import Visit
from incidents import actions as incidents
from incidents.models import Incident
from staff.models import User
from tests.conftest import NOW
from tests.factories.town import House, house
from tests.incidents.test_spike_to_visit import on_shift
from tickets import actions as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def ticket(home: House, by: User) -> Ticket:
    return tickets.open_ticket(
        desk="support", subject="Нет сигнала", channel="phone", by=by, subscriber=home.subscribers[0]
    )


def opened(home: House, by: User) -> Visit:
    incident = Incident.objects.create(scope_kind="building", building=home.building, started_at=NOW)
    incidents.confirm(incident=incident, by=by)
    return Visit.objects.get(incident=incident)


def test_a_ticket_is_promised_a_window_within_a_day_and_its_visit_ends_it_in_order(
    at_noon: time_machine.Traveller, maxim: User, sergey: User, signed_in: Browser
) -> None:
    on_shift(maxim)
    one, browser = ticket(house(), sergey), signed_in(sergey)
    page = browser.get(f"/visits/of/{one.number}/").content.decode()
    start = page.split('name="start" value="')[1].split('"')[0]
    assert browser.post(f"/visits/of/{one.number}/book/", {"start": start}).status_code == 302
    visit = Visit.objects.get()
    one.refresh_from_db()
    assert (visit.kind, visit.state, one.status) == ("planned", "scheduled", "visit")
    assert visit.window is not None
    assert visit.window.upper is not None
    assert visit.window.upper - NOW <= timedelta(hours=24)
    phone = signed_in(maxim)
    for step in ("accept", "set_out", "arrive"):
        assert phone.post(f"/visits/today/{visit.pk}/{step}/").status_code == 302
    phone.post(f"/visits/today/{visit.pk}/finish/", {"cause": "cable", "report": "Переобжал"})
    visit.refresh_from_db()
    assert (visit.state, visit.cause, visit.report) == ("done", "cable", "Переобжал")


def test_an_emergency_moves_a_planned_visit_and_says_so(
    at_noon: time_machine.Traveller, maxim: User, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    master = on_shift(maxim)
    planned = actions.book(
        ticket=ticket(house("1"), sergey), start=NOW + timedelta(minutes=30), master=master, by=sergey
    )
    urgent = opened(house("2"), sergey)
    planned.refresh_from_db()
    assert (urgent.state, planned.flag) == ("scheduled", "moved")
    board, browser = "/visits/", signed_in(dmitry)
    assert "Перенесён" in browser.get(board, headers={"Accept-Language": "ru"}).content.decode()
    assert browser.post(f"/visits/{planned.pk}/acknowledge/").status_code == 302
    planned.refresh_from_db()
    assert planned.flag == ""


def test_nobody_free_is_an_alarm_until_the_dispatcher_sends_somebody(
    at_noon: time_machine.Traveller, maxim: User, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    visit = opened(house(), sergey)
    assert (visit.state, visit.flag) == ("requested", "nobody_free")
    browser = signed_in(dmitry)
    assert "loud" in browser.get("/visits/").content.decode()
    master = on_shift(maxim)
    assert (
        browser.post(f"/visits/{visit.pk}/assign/", {"master": master.pk, "start": "2026-03-04T12:15"}).status_code
        == 302
    )
    visit.refresh_from_db()
    assert (visit.state, visit.flag, visit.master) == ("scheduled", "", master)


def test_a_master_is_not_sent_to_two_places_at_once(
    at_noon: time_machine.Traveller, maxim: User, pavel: User, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    one, two = on_shift(maxim), on_shift(pavel)
    first, second = opened(house("1"), sergey), opened(house("2"), sergey)
    assert {first.master, second.master} == {one, two}
    reply = signed_in(dmitry).post(
        f"/visits/{second.pk}/assign/", {"master": first.master_id, "start": "2026-03-04T12:15"}, follow=True
    )
    assert "Мастер в это время занят" in reply.content.decode()
    second.refresh_from_db()
    assert second.master_id != first.master_id


def test_a_cancelled_visit_gives_its_ticket_back(
    at_noon: time_machine.Traveller, maxim: User, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    on_shift(maxim)
    one = ticket(house(), sergey)
    visit = actions.book(ticket=one, start=NOW + timedelta(hours=2), by=sergey)
    signed_in(dmitry).post(f"/visits/{visit.pk}/cancel/", {"why": "Абонент передумал"})
    visit.refresh_from_db()
    one.refresh_from_db()
    assert (visit.state, one.status) == ("cancelled", "new")
    assert visit.history.get(kind="cancelled").data["why"] == "Абонент передумал"


def test_a_master_works_on_his_own_visits_only(
    at_noon: time_machine.Traveller, maxim: User, pavel: User, sergey: User, signed_in: Browser
) -> None:
    on_shift(maxim)
    visit = opened(house(), sergey)
    assert signed_in(pavel).post(f"/visits/today/{visit.pk}/accept/").status_code == 404
    his = signed_in(maxim)
    his.post(f"/visits/today/{visit.pk}/finish/", {"cause": "cable"})  # not even on the way
    visit.refresh_from_db()
    assert visit.state == "scheduled"
    assert his.post(f"/visits/today/{visit.pk}/dance/").status_code == 302


def test_a_failed_visit_names_its_cause(
    at_noon: time_machine.Traveller, maxim: User, sergey: User, signed_in: Browser
) -> None:
    on_shift(maxim)
    visit = opened(house(), sergey)
    phone = signed_in(maxim)
    for step in ("accept", "set_out", "arrive"):
        phone.post(f"/visits/today/{visit.pk}/{step}/")
    phone.post(f"/visits/today/{visit.pk}/fail/", {"cause": "cable"})  # a cause of success is none of failure
    visit.refresh_from_db()
    assert visit.state == "on_site"
    phone.post(f"/visits/today/{visit.pk}/fail/", {"cause": "no_access", "report": "Подвал закрыт"})
    visit.refresh_from_db()
    assert (visit.state, visit.cause) == ("failed", "no_access")


def test_the_night_is_shown_when_something_stands_in_it(
    at_noon: time_machine.Traveller, maxim: User, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    master, browser = on_shift(maxim), signed_in(dmitry)
    assert browser.get("/visits/").context["is_whole_day"] is False
    visit = opened(house(), sergey)
    actions.reschedule(visit=visit, master=master, start=NOW + timedelta(hours=10, minutes=30), by=dmitry)
    assert browser.get("/visits/").context["is_whole_day"] is True
    for odd in ("?day=x", "?day=99", "?visit=x", "?visit=999999", "?hours=x", "?visit=" + "9" * 30):
        assert browser.get(f"/visits/{odd}").status_code == 200
