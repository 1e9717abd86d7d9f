"""Planned visits, emergencies that push them aside, and the master who goes."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from contactcenter.sweep import sweep
from dispatch import actions
from dispatch.models import Master, Visit, bounds
from incidents import actions as incidents
from incidents.models import Incident
from staff.models import User
from tests.conftest import NOW
from tests.factories.town import house
from tests.incidents.test_spike_to_visit import on_shift
from tests.refusals import refused
from tickets import actions as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HOUR = timedelta(hours=1)


def ticket(by: User, number: str = "40") -> Ticket:
    who = house(number).subscribers[0]
    return tickets.open_ticket(desk="support", subject="Нет интернета", channel="phone", by=by, subscriber=who)


def emergency(by: User, number: str = "50") -> Visit:
    """A whole house is dark."""
    dark = Incident.objects.create(scope_kind="building", building=house(number).building, started_at=NOW)
    incidents.confirm(incident=dark, by=by)
    return Visit.objects.get(incident=dark)


def planned(by: User, master: Master, start: datetime) -> Visit:
    return actions.book(ticket=ticket(by, f"{60 + Visit.objects.count()}"), start=start, by=by, master=master)


def window(visit: Visit) -> tuple[datetime, datetime]:
    assert visit.window is not None
    return bounds(visit.window)


def test_a_visit_is_promised_within_a_day_in_a_window_that_somebody_can_keep(
    at_noon: time_machine.Traveller, sergey: User, maxim: User, signed_in: Browser
) -> None:
    master, about, browser = on_shift(maxim), ticket(sergey), signed_in(sergey)
    slots = browser.get(f"/visits/of/{about.number}/").context["slots"]
    assert slots
    assert all(NOW < slot.start < slot.end <= NOW + 9 * HOUR for slot in slots)  # his shift ends then
    first = slots[0].start
    browser.post(f"/visits/of/{about.number}/book/", {"start": first.isoformat()})
    visit = Visit.objects.get()
    assert (visit.kind, visit.state, visit.master) == ("planned", "scheduled", master)
    assert window(visit) == (first, first + 2 * HOUR)
    assert visit.due_at == about.due_at == NOW + 24 * HOUR
    assert (visit.subscriber, visit.building) == (about.subscriber, about.building)
    about.refresh_from_db()
    assert about.status == "visit"
    assert [event.kind for event in visit.history.all()] == ["ordered", "scheduled"]
    assert first not in {slot.start for slot in browser.get(f"/visits/of/{about.number}/").context["slots"]}
    second = ticket(sergey, "42")
    assert refused(browser, f"/visits/of/{second.number}/book/", {"start": first.isoformat()})
    assert Visit.objects.count() == 1


def test_what_cannot_be_promised_is_refused(
    at_noon: time_machine.Traveller, sergey: User, maxim: User, signed_in: Browser
) -> None:
    on_shift(maxim)
    about, browser = ticket(sergey), signed_in(sergey)
    nowhere = tickets.open_ticket(desk="support", subject="Без адреса", channel="phone", by=sergey)
    soon = NOW + HOUR
    for one, start in (
        (about, NOW - HOUR),
        (about, NOW + 8 * HOUR),  # would outlast the shift
        (about, NOW + 30 * HOUR),
        (nowhere, soon),
    ):
        assert refused(browser, f"/visits/of/{one.number}/book/", {"start": start.isoformat()}), start
    for start in ("", "tomorrow", "2026-03-04T14:00"):
        assert refused(browser, f"/visits/of/{about.number}/book/", {"start": start}), start
    assert not Visit.objects.exists()
    about.refresh_from_db()
    assert about.status == "new"


def test_a_promise_that_gives_way_to_an_emergency_is_moved_and_flagged(
    at_noon: time_machine.Traveller, dmitry: User, maxim: User, signed_in: Browser
) -> None:
    master = on_shift(maxim)
    promised = planned(dmitry, master, NOW + HOUR / 2)
    actions.accept(visit=promised, by=maxim)
    urgent = emergency(dmitry)
    assert (urgent.master, window(urgent)[0]) == (master, NOW)
    promised.refresh_from_db()
    start, end = window(promised)
    assert (promised.state, promised.flag, promised.accepted_at) == ("scheduled", "moved", None)
    assert start >= window(urgent)[1]
    assert end - start == 2 * HOUR
    assert end <= promised.due_at

    browser = signed_in(dmitry)
    board = browser.get("/visits/", headers={"Accept-Language": "en"}).content.decode()
    assert "Moved for an emergency" in board
    browser.post(f"/visits/{promised.pk}/acknowledge/")
    promised.refresh_from_db()
    assert promised.flag == ""
    seen = promised.history.filter(kind="flagged").get()
    assert (seen.by_user, seen.data) == (dmitry, {"flag": ""})


def test_a_promise_that_fits_nowhere_else_goes_back_to_the_queue(
    at_noon: time_machine.Traveller, dmitry: User, maxim: User
) -> None:
    master = on_shift(maxim)
    fixed = [planned(dmitry, master, NOW + (2 * n + 0.5) * HOUR) for n in range(4)]  # his day is full
    emergency(dmitry)
    first = fixed[0]
    first.refresh_from_db()
    assert (first.state, first.master, first.window, first.flag) == ("requested", None, None, "moved")
    assert first.history.filter(kind="unassigned").get().data["master"] == master.pk
    assert [one.state for one in Visit.objects.filter(pk__in=[v.pk for v in fixed[1:]])] == ["scheduled"] * 3


def test_nobody_free_is_an_alarm_until_the_dispatcher_finds_somebody(
    at_noon: time_machine.Traveller, dmitry: User, vera: User, maxim: User, signed_in: Browser
) -> None:
    urgent = emergency(dmitry)
    assert (urgent.state, urgent.flag, urgent.due_at) == ("requested", "nobody_free", NOW + HOUR)
    alarm = urgent.history.get(kind="flagged")
    assert (alarm.by_system, alarm.data) == ("detector", {"flag": "nobody_free"})
    board = signed_in(dmitry).get("/visits/", headers={"Accept-Language": "en"}).content.decode()
    assert "Nobody is free" in board
    assert urgent in signed_in(vera).get("/overview/").context["overview"].visits_waiting
    for _ in range(3):
        sweep()
    assert urgent.history.filter(kind="flagged").count() == 1  # one alarm, however often it is looked for again

    master = Master.objects.create(user=maxim, skills=[])  # not on shift: he comes because he was asked
    later = NOW + HOUR / 2
    signed_in(dmitry).post(f"/visits/{urgent.pk}/assign/", {"master": master.pk, "start": later.isoformat()})
    urgent.refresh_from_db()
    assert (urgent.state, urgent.master, urgent.flag) == ("scheduled", master, "")
    assert signed_in(vera).get("/overview/").context["overview"].visits_waiting == []


def test_two_visits_of_a_master_never_overlap(
    at_noon: time_machine.Traveller, dmitry: User, maxim: User, pavel: User, signed_in: Browser
) -> None:
    busy, other = on_shift(maxim), on_shift(pavel)
    planned(dmitry, busy, NOW + HOUR)
    his = planned(dmitry, other, NOW + HOUR)
    browser, path = signed_in(dmitry), f"/visits/{his.pk}/assign/"
    assert refused(browser, path, {"master": busy.pk, "start": (NOW + 2 * HOUR).isoformat()})
    for wrong in ({"master": busy.pk}, {"start": NOW.isoformat()}, {"master": "x", "start": NOW.isoformat()}):
        assert refused(browser, path, wrong)
    his.refresh_from_db()
    assert (his.master, window(his)[0]) == (other, NOW + HOUR)
    browser.post(path, {"master": busy.pk, "start": (NOW + 3 * HOUR).isoformat()})
    his.refresh_from_db()
    assert (his.master, window(his)[0]) == (busy, NOW + 3 * HOUR)


def test_a_cancelled_visit_frees_the_window_and_the_ticket(
    at_noon: time_machine.Traveller, dmitry: User, maxim: User, signed_in: Browser
) -> None:
    master = on_shift(maxim)
    visit = planned(dmitry, master, NOW + HOUR)
    browser = signed_in(dmitry)
    browser.post(f"/visits/{visit.pk}/cancel/", {"why": "абонент уехал"})
    visit.refresh_from_db()
    assert (visit.state, visit.ended_at) == ("cancelled", NOW)
    assert visit.history.get(kind="cancelled").data == {"why": "абонент уехал"}
    assert visit.ticket is not None
    assert Ticket.objects.get(pk=visit.ticket.pk).status == "new"
    assert refused(browser, f"/visits/{visit.pk}/cancel/", {"why": "ещё раз"})
    assert planned(dmitry, master, NOW + HOUR).state == "scheduled"


def test_a_master_goes_step_by_step_and_the_ticket_follows(
    at_noon: time_machine.Traveller, dmitry: User, maxim: User, signed_in: Browser
) -> None:
    visit, phone = planned(dmitry, on_shift(maxim), NOW + HOUR), signed_in(maxim)
    assert visit.place in phone.get("/visits/today/").content.decode()
    path = f"/visits/today/{visit.pk}/"
    assert refused(phone, path + "arrive/")  # nobody stands at a door he did not set out for
    for step, state in (("accept", "scheduled"), ("set_out", "en_route"), ("arrive", "on_site")):
        at_noon.shift(timedelta(minutes=10))
        phone.post(f"{path}{step}/")
        visit.refresh_from_db()
        assert visit.state == state
    assert refused(signed_in(dmitry), f"/visits/{visit.pk}/cancel/", {"why": "поздно"})
    for cause in ("", "nobody_home", "aliens"):
        assert refused(phone, path + "finish/", {"cause": cause})
    phone.post(path + "finish/", {"cause": "cable", "report": "Переобжал разъём"})
    visit.refresh_from_db()
    assert (visit.state, visit.cause, visit.ended_at) == ("done", "cable", NOW + HOUR / 2)
    kinds = [event.kind for event in visit.history.all()]
    assert kinds == ["ordered", "scheduled", "accepted", "en_route", "on_site", "done"]
    assert visit.ticket is not None
    note = visit.ticket.history.get(kind="commented")
    assert (note.by_user, "Переобжал разъём" in note.data["text"]) == (maxim, True)
    assert refused(phone, path + "fail/", {"cause": "nobody_home"})


def test_another_masters_visit_does_not_exist_for_him(
    at_noon: time_machine.Traveller, dmitry: User, maxim: User, pavel: User, signed_in: Browser
) -> None:
    visit = planned(dmitry, on_shift(maxim), NOW + HOUR)
    on_shift(pavel)
    other = signed_in(pavel)
    assert visit.place not in other.get("/visits/today/").content.decode()
    for step in ("accept", "set_out", "finish"):
        assert other.post(f"/visits/today/{visit.pk}/{step}/").status_code == 404
    visit.refresh_from_db()
    assert visit.accepted_at is None
    assert refused(signed_in(maxim), f"/visits/today/{visit.pk}/teleport/")
