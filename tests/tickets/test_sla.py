"""Promises in rows: met, paused, warned of, broken; each step once, whoever sweeps."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from contactcenter.sweep import sweep
from staff.actions import set_presence
from staff.models import Notice, User
from tests.conftest import NOW
from tests.races.together import errors, together
from tests.tickets.test_story import opened
from tickets import actions
from tickets.models import CalendarDay, SlaPolicy, SlaStep, Ticket, TicketClock, WorkCalendar

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def clock(ticket: Ticket, kind: str) -> TicketClock:
    return TicketClock.objects.filter(ticket=ticket, kind=kind).latest("run")


def test_a_ticket_is_born_with_its_promises_and_taking_it_keeps_the_first(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    assert (ticket.act_by, ticket.due_at) == (NOW + 30 * MINUTE, NOW + 24 * HOUR)
    at_noon.shift(20 * MINUTE)
    browser.post(f"/tickets/{ticket.number}/take/")
    first = clock(ticket, "first")
    assert (first.met_at, first.is_late) == (NOW + 20 * MINUTE, False)
    ticket.refresh_from_db()
    assert (ticket.act_by, ticket.due_at) == (NOW + 24 * HOUR, NOW + 24 * HOUR)
    page = browser.get(f"/tickets/{ticket.number}/").content.decode()
    assert "Первый ответ" in page


def test_waiting_for_the_subscriber_stops_the_clock_a_visit_does_not(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket = opened(sergey)
    actions.take(ticket=ticket, by=sergey)
    at_noon.shift(4 * HOUR)
    actions.set_status(ticket=ticket, status="waiting", by=sergey)
    paused = clock(ticket, "resolution")
    assert (paused.is_paused, paused.left_s, paused.alarm_at) == (True, 20 * 3600, None)
    assert "20:00" in signed_in(sergey).get(f"/tickets/{ticket.number}/").content.decode()
    at_noon.shift(10 * HOUR)
    actions.set_status(ticket=ticket, status="visit", by=sergey)
    assert clock(ticket, "resolution").due_at == NOW + 34 * HOUR
    ticket.refresh_from_db()
    assert ticket.due_at == NOW + 34 * HOUR


def test_the_desk_is_warned_the_lead_is_told_and_each_only_once(
    at_noon: time_machine.Traveller, sergey: User, vera: User, signed_in: Browser
) -> None:
    ticket = opened(sergey)
    set_presence(user=sergey, state="ready", by=sergey)
    at_noon.shift(23 * MINUTE)
    sweep()
    assert not Notice.objects.exists()
    at_noon.shift(MINUTE)  # 24 of 30 minutes
    sweep()
    sweep()
    (notice,) = Notice.objects.all()
    assert (notice.user, notice.url) == (sergey, f"/tickets/{ticket.number}/")
    at_noon.shift(6 * MINUTE)
    sweep()
    sweep()
    told = Notice.objects.latest("pk")
    assert (told.user, Notice.objects.count()) == (vera, 2)
    assert "100 %" in told.words
    passed = [event.data["percent"] for event in ticket.history.filter(kind="promise_passed")]
    assert passed == [80, 100]
    at_noon.shift(10 * MINUTE)
    actions.take(ticket=ticket, by=sergey)
    assert clock(ticket, "first").is_late
    supervisor = signed_in(vera)
    assert ">1</b>" in supervisor.get("/tickets/").content.decode()
    page = supervisor.get("/notices/").content.decode()
    assert ticket.number in page
    reply = supervisor.post(f"/notices/{told.pk}/")
    assert reply.headers["Location"] == f"/tickets/{ticket.number}/"
    assert ">1</b>" not in supervisor.get("/tickets/").content.decode()


def test_a_notice_is_opened_by_nobody_else(
    at_noon: time_machine.Traveller, sergey: User, vera: User, signed_in: Browser
) -> None:
    opened(sergey)
    at_noon.shift(HOUR)
    sweep()
    notice = Notice.objects.filter(user=vera).latest("pk")
    assert signed_in(sergey).post(f"/notices/{notice.pk}/").status_code == 404
    assert str(notice.words) not in signed_in(sergey).get("/notices/").content.decode()
    signed_in(vera).post("/notices/seen/")
    assert not Notice.objects.filter(user=vera, seen_at=None).exists()


def test_late_work_is_raised_and_moved_by_the_rules(at_noon: time_machine.Traveller, sergey: User) -> None:
    SlaStep.objects.create(desk="support", kind="first", percent=50, deed="raise")
    SlaStep.objects.create(desk="support", kind="first", percent=200, deed="move", to="dispatch")
    ticket = opened(sergey)
    at_noon.shift(15 * MINUTE)
    sweep()
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.desk) == (2, "support")
    at_noon.shift(45 * MINUTE)
    sweep()
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.desk) == (2, "dispatch")
    assert ticket.history.get(kind="edited").by_system == "sweep"


def test_the_most_exact_policy_holds_and_a_change_of_rules_reaches_open_tickets(
    at_noon: time_machine.Traveller, sergey: User
) -> None:
    ticket = opened(sergey)
    always = WorkCalendar.objects.get(code="always")
    SlaPolicy.objects.create(desk="support", priority=1, calendar=always, first_min=5, resolution_min=4 * 60)
    actions.edit(ticket=ticket, by=sergey, priority=1)
    ticket.refresh_from_db()
    assert (ticket.act_by, ticket.due_at) == (NOW + 5 * MINUTE, NOW + 4 * HOUR)
    SlaPolicy.objects.filter(priority=1).update(first_min=10)
    assert actions.mark_stale(desk="support") == 1
    sweep()
    assert clock(ticket, "first").due_at == NOW + 10 * MINUTE


def test_the_office_counts_by_its_own_calendar(at_noon: time_machine.Traveller, anna: User) -> None:
    """Friday 17:30 before a Monday off: the finance desk answers on Tuesday morning."""
    CalendarDay.objects.create(calendar=WorkCalendar.objects.get(code="office"), date=date(2026, 3, 9), hours=[])
    at_noon.move_to(datetime(2026, 3, 6, 14, 30, tzinfo=UTC))
    ticket = opened(anna, desk="finance")
    assert ticket.act_by == datetime(2026, 3, 10, 6, 30, tzinfo=UTC)


def test_a_reopened_ticket_is_promised_anew(at_noon: time_machine.Traveller, sergey: User) -> None:
    ticket = opened(sergey)
    at_noon.shift(2 * HOUR)
    actions.resolve(ticket=ticket, by=sergey)
    first_run = clock(ticket, "resolution")
    assert (first_run.met_at, first_run.alarm_at) == (NOW + 2 * HOUR, None)
    at_noon.shift(HOUR)
    actions.reopen(ticket=ticket, by=sergey, reason="снова")
    again = clock(ticket, "resolution")
    assert (again.run, again.due_at) == (1, NOW + 27 * HOUR)


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_warn_once(sergey: User, vera: User) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        tickets = [opened(sergey) for _ in range(4)]
        traveller.shift(HOUR)
        assert errors(together(actions.ring_alarms, actions.ring_alarms, actions.ring_alarms)) == []
        actions.ring_alarms()
    for ticket in tickets:
        assert ticket.history.filter(kind="promise_passed").count() == 2
    assert Notice.objects.filter(user=vera).count() == 2 * len(tickets)  # nobody of the desk is there: she hears both
