"""The supervisor writes the promises: targets, steps, calendars; open tickets follow."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from contactcenter.sweep import sweep
from staff.actions import issue_api_key
from staff.models import User
from tests.conftest import NOW
from tests.tickets.test_story import opened
from tickets import actions
from tickets.models import CalendarDay, SlaPolicy, SlaStep, WorkCalendar
from tickets.sla import hours
from tickets.sla.calendars import BadCalendar

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def words_of(page: object) -> str:
    return page.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_a_promise_is_written_and_reaches_what_is_open(
    at_noon: time_machine.Traveller, sergey: User, vera: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey), signed_in(vera)
    always = WorkCalendar.objects.get(code="always")
    said = {"desk": "support", "priority": 3, "calendar": always.pk, "first_min": 7, "resolution_min": 600}
    assert browser.post("/settings/promises/new/", {**said, "pauses": ["waiting"]}).status_code == 302
    policy = SlaPolicy.objects.get(priority=3)
    assert policy.history.get().by_user == vera
    sweep()
    ticket.refresh_from_db()
    assert (ticket.act_by, ticket.due_at) == (NOW + timedelta(minutes=7), NOW + timedelta(hours=10))
    page = words_of(browser.get("/settings/promises/"))
    assert "7 мин" in page
    assert "10 ч" in page
    again = browser.post("/settings/promises/new/", said)
    assert (again.status_code, "уже есть" in words_of(again)) == (422, True)
    assert 'value="600"' in words_of(again)
    browser.post(f"/settings/promises/{policy.pk}/retire/")
    sweep()
    ticket.refresh_from_db()
    assert ticket.act_by == NOW + timedelta(minutes=30)
    assert browser.get(f"/settings/promises/{policy.pk}/").status_code == 404


def test_steps_are_added_and_removed_and_nonsense_is_said(vera: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    step = {"kind": "first", "percent": 50, "deed": "move", "to": "", "desk": "support"}
    wrong = browser.post("/settings/promises/steps/", step)
    assert (wrong.status_code, "какой отдел" in words_of(wrong)) == (422, True)
    assert browser.post("/settings/promises/steps/", {**step, "percent": 0, "to": "dispatch"}).status_code == 422
    browser.post("/settings/promises/steps/", {**step, "to": "dispatch"})
    added = SlaStep.objects.get(desk="support")
    assert (added.to, added.added_by) == ("dispatch", vera)
    twice = browser.post("/settings/promises/steps/", {**step, "to": "dispatch"})
    assert (twice.status_code, "уже есть" in words_of(twice)) == (422, True)
    browser.post(f"/settings/promises/steps/{added.pk}/remove/")
    added.refresh_from_db()
    assert added.removed_by == vera
    assert not SlaStep.objects.of("support").filter(desk="support").exists()


def test_hours_and_days_of_the_office(
    at_noon: time_machine.Traveller, anna: User, vera: User, signed_in: Browser
) -> None:
    office, browser = WorkCalendar.objects.get(code="office"), signed_in(vera)
    ticket = opened(anna, desk="finance")
    path = f"/settings/calendars/{office.pk}/"
    week = {f"day_{n}": "9-13, 14:00–18:00" for n in range(5)} | {"day_5": "10-15", "day_6": ""}
    wrong = browser.post(path, {**week, "day_2": "с девяти"})
    assert (wrong.status_code, "с девяти" in words_of(wrong)) == (422, True)
    assert browser.post(path, {f"day_{n}": "" for n in range(7)}).status_code == 422
    browser.post(path, week)
    office.refresh_from_db()
    assert office.week[5] == [[600, 900]]
    browser.post(f"{path}days/", {"date": "2026-03-04", "hours": "", "title": "Ремонт"})
    sweep()
    ticket.refresh_from_db()
    assert ticket.act_by == datetime(2026, 3, 5, 7, tzinfo=UTC)  # an hour after the doors open tomorrow
    page = words_of(browser.get(path))
    assert "Ремонт" in page
    day = CalendarDay.objects.get(date=date(2026, 3, 4), calendar=office)
    browser.post(f"/settings/calendars/days/{day.pk}/forget/")
    assert not CalendarDay.objects.filter(date=date(2026, 3, 4)).exists()
    assert office.history.count() == 4  # with the state's holidays
    assert browser.get("/settings/calendars/").status_code == 302


def test_the_states_holidays_come_by_themselves_and_own_days_stay(at_noon: time_machine.Traveller, vera: User) -> None:
    office = WorkCalendar.objects.get(code="office")
    actions.set_day(calendar=office, day=date(2026, 1, 5), hours=((600, 720),), title="Дежурство", by=vera)
    assert actions.follow_holidays() > 10
    assert actions.follow_holidays() == 0
    days = {day.date: day for day in office.days.all()}
    assert days[date(2026, 1, 5)].hours == [[600, 720]]
    assert days[date(2026, 6, 12)].hours == []
    assert date(2027, 5, 10) in days or date(2027, 1, 1) in days
    at_noon.shift(timedelta(days=366))
    assert actions.follow_holidays() > 0


def test_promises_by_rest(at_noon: time_machine.Traveller, sergey: User, vera: User) -> None:
    ticket = opened(sergey)

    def rest(user: User) -> Client:
        return Client(headers={"Authorization": f"Token {issue_api_key(user=user, name='bot')}"})

    support, supervisor = rest(sergey), rest(vera)
    clocks = {one["kind"]: one for one in support.get(f"/api/v1/tickets/{ticket.number}/clocks/").json()}
    assert clocks["first"]["due_at"] == "2026-03-04T09:30:00Z"
    assert len(support.get("/api/v1/promises/").json()["results"]) == 4
    said = {"desk": "support", "topic": "no_tv", "calendar": "office", "resolution_min": 90, "pauses": ["visit"]}
    assert support.post("/api/v1/promises/", said, content_type="application/json").status_code == 403
    made = supervisor.post("/api/v1/promises/", said, content_type="application/json")
    assert (made.status_code, made.json()["topic"]) == (201, "no_tv")
    path = f"/api/v1/promises/{made.json()['id']}/"
    twice = supervisor.post("/api/v1/promises/", said, content_type="application/json")
    assert (twice.status_code, twice.json()["code"]) == (422, "two_promises")
    changed = supervisor.put(path, {**said, "first_min": 5}, content_type="application/json")
    assert changed.json()["first_min"] == 5
    assert supervisor.delete(path).status_code == 204
    assert supervisor.get(path).status_code == 404
    days = support.get("/api/v1/calendars/").json()["results"]
    assert {one["code"] for one in days} == {"always", "office"}


@pytest.mark.parametrize("text", ["9", "9-", "25-26", "18-9", "9-12, 11-13", "9:60-10", "девять-десять", "9-13;14-18"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BadCalendar):
        hours.parse(text)


@given(st.sets(st.integers(0, 1440), max_size=8))
def test_hours_are_read_as_they_are_shown(cuts: set[int]) -> None:
    ordered = sorted(cuts)[: len(cuts) // 2 * 2]
    day = tuple(zip(ordered[::2], ordered[1::2], strict=True))
    assert hours.parse(hours.shown(day)) == day
