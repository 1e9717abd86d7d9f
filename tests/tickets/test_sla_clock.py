"""Working time and clocks against a slow reference that looks at the wall every minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.sla.calendars import DAY_OFF, WHOLE_DAY, BadCalendar, Calendar, Day, NoWorkingTime
from tickets.sla.clock import Fact, Kind, Run, What, reaches, read, runs

MINUTE = timedelta(minutes=1)
ZONES = ["Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "America/Sao_Paulo"]
OFFICE: Day = ((540, 1080),)
# Around the days on which clocks change, months and years end.
EDGES = [
    datetime(2026, 3, 7, 12, tzinfo=UTC),
    datetime(2026, 3, 28, 12, tzinfo=UTC),
    datetime(2026, 4, 4, 6, tzinfo=UTC),
    datetime(2026, 10, 24, 12, tzinfo=UTC),
    datetime(2026, 10, 31, 12, tzinfo=UTC),
    datetime(2026, 2, 27, 12, tzinfo=UTC),
    datetime(2028, 2, 28, 12, tzinfo=UTC),
    datetime(2026, 12, 30, 20, tzinfo=UTC),
    datetime(2014, 10, 25, 10, tzinfo=UTC),
    datetime(2018, 11, 3, 12, tzinfo=UTC),
]


def is_working(calendar: Calendar, at: datetime) -> bool:
    """What the wall shows."""
    local = at.astimezone(ZoneInfo(calendar.zone))
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in calendar.hours(local.date()))


def slow_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    return sum(
        (MINUTE for n in range((end - start) // MINUTE) if is_working(calendar, start + n * MINUTE)), timedelta(0)
    )


def slow_add(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    at = start
    while minutes:
        minutes -= is_working(calendar, at)
        at += MINUTE
    return at


@st.composite
def hours(draw: st.DrawFn) -> Day:
    cuts = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    cuts = cuts[: len(cuts) // 2 * 2]
    return tuple(zip(cuts[::2], cuts[1::2], strict=True))


@st.composite
def calendars(draw: st.DrawFn, around: datetime) -> Calendar:
    week = draw(st.lists(hours(), min_size=7, max_size=7).filter(any))
    near = [around.date() + timedelta(days=n) for n in range(-1, 5)]
    days = draw(st.dictionaries(st.sampled_from(near), hours(), max_size=3))
    return Calendar(draw(st.sampled_from(ZONES)), tuple(week), days)  # type: ignore[arg-type]


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_working_time_is_what_the_wall_shows(data: st.DataObject) -> None:
    around = data.draw(st.sampled_from(EDGES))
    calendar = data.draw(calendars(around))
    start = around + MINUTE * data.draw(st.integers(0, 3 * 1440))
    end = start + MINUTE * data.draw(st.integers(0, 2 * 1440))
    assert calendar.between(start, end) == slow_between(calendar, start, end)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_end_is_the_first_moment_when_enough_has_passed(data: st.DataObject) -> None:
    around = data.draw(st.sampled_from(EDGES))
    calendar = data.draw(calendars(around))
    start = around + MINUTE * data.draw(st.integers(0, 1440))
    most = slow_between(calendar, start, start + timedelta(days=3)) // MINUTE
    work = data.draw(st.integers(0, most))
    assert calendar.add(start, work * MINUTE) == slow_add(calendar, start, work)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_adding_and_measuring_agree_to_the_second(data: st.DataObject) -> None:
    around = data.draw(st.sampled_from(EDGES))
    calendar = data.draw(calendars(around))
    start = around + timedelta(seconds=data.draw(st.integers(0, 86_400)))
    work = timedelta(seconds=data.draw(st.integers(0, 40 * 3600)))
    assert calendar.between(start, calendar.add(start, work)) == work


SPOKEN = st.sampled_from([What.ASKED, What.TAKEN, What.ANSWERED, What.MOVED, What.RESOLVED, What.REOPENED])
STATES = ["new", "in_work", "waiting", "postponed"]


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    at = draw(st.sampled_from(EDGES))
    facts, is_resolved = [Fact(at, What.OPENED, "new")], False
    for what in draw(st.lists(SPOKEN, max_size=8)):
        if is_resolved and what is not What.REOPENED:
            continue
        if not is_resolved and what is What.REOPENED:
            continue
        at += MINUTE * draw(st.integers(1, 500))
        is_resolved = what is What.RESOLVED
        status = {
            What.MOVED: draw(st.sampled_from(STATES)),
            What.RESOLVED: "resolved",
            What.REOPENED: "new",
            What.TAKEN: "in_work",
        }.get(what)
        facts.append(Fact(at, what, status))
    return facts


def slow_used(facts: list[Fact], kind: Kind, pausing: frozenset[str], calendar: Calendar, until: datetime) -> list[int]:
    """Minutes used by each run until a moment: every minute asks what was said and what the state was."""
    met = {
        Kind.FIRST: {What.TAKEN, What.ANSWERED, What.RESOLVED},
        Kind.NEXT: {What.ANSWERED, What.RESOLVED},
        Kind.RESOLUTION: {What.RESOLVED},
    }[kind]
    started = {
        Kind.FIRST: {What.OPENED},
        Kind.NEXT: {What.ASKED},
        Kind.RESOLUTION: {What.OPENED, What.REOPENED},
    }[kind]
    used: list[int] = []
    status, is_on, at, rest = "new", False, facts[0].at, list(facts)
    while at <= until:
        while rest and rest[0].at <= at:
            fact = rest.pop(0)
            status = fact.status or status
            if not is_on and fact.what in started:
                is_on = True
                used.append(0)
            if is_on and fact.what in met:
                is_on = False
        if at < until and is_on and status not in pausing and is_working(calendar, at):
            used[-1] += 1
        at += MINUTE
    return used


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_clock_used_what_the_reference_counts(data: st.DataObject) -> None:
    facts = data.draw(histories())
    calendar = data.draw(calendars(facts[0].at))
    pausing = frozenset(data.draw(st.sets(st.sampled_from(["waiting", "postponed"]))))
    until = facts[-1].at + MINUTE * data.draw(st.integers(0, 600))
    for kind in Kind:
        mine = []
        for run in runs(kind, facts, pausing):
            spans = [(start, min(end or until, until)) for start, end in run.working]
            mine.append(sum((calendar.between(*span) for span in spans), timedelta(0)) // MINUTE)
        assert mine == slow_used(facts, kind, pausing, calendar, until), kind


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_running_clock_is_due_when_its_target_is_used_up(data: st.DataObject) -> None:
    facts = data.draw(histories())
    calendar = data.draw(calendars(facts[0].at))
    target = MINUTE * data.draw(st.integers(1, 3000))
    for kind in Kind:
        for run in runs(kind, facts, frozenset({"waiting"})):
            reading = read(run, calendar, target)
            if reading.due_at is None:
                assert run.working == [] or run.working[-1][1] is not None
                assert reading.left > timedelta(0)
                continue
            spans = [(start, min(end or reading.due_at, reading.due_at)) for start, end in run.working]
            assert sum((calendar.between(*span) for span in spans), timedelta(0)) == target


# ------------------------------------------------------------------------------- told by hand
MOSCOW = Calendar("Europe/Moscow", (OFFICE,) * 5 + (DAY_OFF, DAY_OFF))  # type: ignore[arg-type]
ALWAYS = Calendar("Europe/Moscow", (WHOLE_DAY,) * 7)  # type: ignore[arg-type]


def moscow(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Moscow"))


def test_friday_evening_goes_on_on_monday() -> None:
    assert MOSCOW.add(moscow(6, 17), timedelta(hours=2)) == moscow(9, 10)


def test_a_holiday_is_skipped_and_a_moved_saturday_works() -> None:
    days = {date(2026, 3, 9): DAY_OFF, date(2026, 3, 7): OFFICE}
    calendar = Calendar(MOSCOW.zone, MOSCOW.week, days)
    assert calendar.add(moscow(6, 17), timedelta(hours=2)) == moscow(7, 10)
    assert calendar.add(moscow(7, 17), timedelta(hours=2)) == moscow(10, 10)


def test_night_shifts_run_over_midnight_as_two_intervals() -> None:
    night = Calendar("Europe/Moscow", (((0, 480), (1200, 1440)),) * 7)  # type: ignore[arg-type]
    assert night.between(moscow(4, 20), moscow(5, 8)) == timedelta(hours=12)
    assert night.add(moscow(4, 23), timedelta(hours=2)) == moscow(5, 1)


def test_the_hour_that_does_not_exist_and_the_hour_that_comes_twice() -> None:
    always = Calendar("Europe/Berlin", (((0, 1440),),) * 7, {date(2000, 1, 1): DAY_OFF})  # type: ignore[arg-type]
    berlin = ZoneInfo("Europe/Berlin")

    def day(of: date) -> timedelta:
        midnight = datetime(of.year, of.month, of.day, tzinfo=berlin)
        after = of + timedelta(days=1)
        return always.between(midnight, datetime(after.year, after.month, after.day, tzinfo=berlin))

    assert day(date(2026, 3, 29)) == timedelta(hours=23)
    assert day(date(2026, 10, 25)) == timedelta(hours=25)


def test_waiting_for_the_subscriber_stops_the_clock_a_visit_does_not() -> None:
    facts = [
        Fact(moscow(4, 12), What.OPENED, "new"),
        Fact(moscow(4, 13), What.TAKEN, "in_work"),
        Fact(moscow(4, 14), What.MOVED, "waiting"),
        Fact(moscow(4, 20), What.ASKED, "in_work"),
        Fact(moscow(4, 21), What.MOVED, "visit"),
    ]
    (run,) = runs(Kind.RESOLUTION, facts, frozenset({"waiting", "postponed"}))
    assert read(run, ALWAYS, timedelta(hours=24)).due_at == moscow(5, 18)
    (first,) = runs(Kind.FIRST, facts, frozenset({"waiting"}))
    assert (first.met_at, read(first, ALWAYS, timedelta(minutes=30)).is_late(moscow(5, 0))) == (moscow(4, 13), True)
    (asked,) = runs(Kind.NEXT, facts, frozenset())
    assert reaches(asked, ALWAYS, timedelta(hours=1)) == moscow(4, 21)


@pytest.mark.parametrize(
    "week",
    [
        ((),) * 7,
        (((600, 540),), *((),) * 6),
        (((0, 1441),), *((),) * 6),
        (((0, 600), (500, 700)), *((),) * 6),
        (WHOLE_DAY,) * 6,
    ],
)
def test_hours_that_make_no_sense_are_refused(week: tuple[Day, ...]) -> None:
    with pytest.raises(BadCalendar):
        Calendar("Europe/Moscow", week)  # type: ignore[arg-type]


def test_a_calendar_whose_work_never_comes_says_so() -> None:
    never = Calendar(
        "UTC", (OFFICE,) + (DAY_OFF,) * 6, {date(2026, 1, 5) + timedelta(days=7 * n): DAY_OFF for n in range(600)}
    )  # type: ignore[arg-type]
    with pytest.raises(NoWorkingTime):
        never.add(datetime(2026, 1, 5, tzinfo=UTC), timedelta(hours=1))


def test_a_run_without_work_is_paused() -> None:
    assert Run(moscow(4, 12)).is_paused
