"""The fold on its own: what raises a place, and what does not. No database, no clock."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.detection import (
    CITY,
    HOURS_A_WEEK,
    Detector,
    Finding,
    Level,
    Ordinary,
    Place,
    Report,
    Scope,
    Settings,
    Town,
    hour_of_week,
    outage,
)
from incidents.detection.ordinary import DAY_SHAPE
from incidents.detection.outage import BUILDING, NODE, Heard, odds

MINUTE, HOUR = 60.0, 3600.0
EVENING = datetime(2026, 11, 23, 16, tzinfo=UTC).timestamp()  # 19:00 in Pushkin
NIGHT = datetime(2026, 11, 23, 0, tzinfo=UTC).timestamp()
TZ = 3 * HOUR
NO_INTERNET = 2.5


def town(buildings: int = 80, flats: int = 60, switches: int = 1) -> Town:
    return Town.of(
        (f"b{b}", f"b{b}-{s}", f"n{b // 40}", flats // switches) for b in range(buildings) for s in range(switches)
    )


def usual(contacts: float = 10_800, days: float = 60, **more: Any) -> Ordinary:
    """What a detector has learned that watched a town of 60,000 for two months."""
    by_hour = [contacts * DAY_SHAPE[hour % 24] / sum(DAY_SHAPE) / 7 for hour in range(HOURS_A_WEEK)]
    return Ordinary(60_000, TZ, days=days, contacts=contacts, located=contacts, by_hour=by_hour, **more)


def detector(where: Town | None = None, **more: Any) -> Detector:
    return Detector(where or town(), usual(), Settings(plain=None), **more)


def report(at: float, who: object, building: int = 0, switch: int = 0, **more: Any) -> Report:
    place = Place(f"b{building}", f"n{building // 40}", f"b{building}-{switch}")
    return Report(at, (who,), place, more.pop("likeness", NO_INTERNET), **more)


def feed(fold: Detector, reports: Iterable[Report]) -> list[Finding]:
    return [finding for finding in map(fold.feed, reports) if finding is not None]


def levels(found: list[Finding]) -> list[tuple[str, Level]]:
    return [(finding.scope.kind, finding.level) for finding in found]


def test_neighbours_within_minutes_open_their_building() -> None:
    found = feed(detector(), [report(EVENING + n * 2 * MINUTE, n) for n in range(5)])
    assert found[-1].scope == Scope("building", "b0")
    assert found[-1].level == Level.OPEN


def test_one_caller_opens_nothing_however_often_he_calls() -> None:
    assert not feed(detector(), [report(EVENING + n * MINUTE, "Пётр") for n in range(20)])


def test_the_second_phone_of_the_same_person_is_not_a_neighbour() -> None:
    fold = detector()
    place = Place("b0", "n0", "b0-0")
    calls = [("phone 1", "Пётр"), ("phone 2", "Пётр"), ("phone 2",), ("phone 1",)]
    assert not feed(fold, [Report(EVENING + n * MINUTE, who, place, NO_INTERNET) for n, who in enumerate(calls)])


def test_an_unknown_phone_weighs_little() -> None:
    known = feed(detector(), [report(EVENING + n * MINUTE, n) for n in range(2)])
    unknown = feed(detector(), [report(EVENING + n * MINUTE, n, is_known=n == 0) for n in range(2)])
    assert unknown[0].score < known[0].score - 2


def test_a_silent_large_building_needs_more_than_a_small_one() -> None:
    """Two callers an hour apart: most of a house of 8 - but where 400 live, others would have called long ago."""
    calls = [report(EVENING, 1), report(EVENING + HOUR, 2)]
    assert feed(detector(town(flats=8)), calls)
    assert not feed(detector(town(flats=400)), calls)


def test_calls_behind_one_switch_raise_that_switch() -> None:
    calls = [report(EVENING + n * 9 * MINUTE, n, switch=2) for n in range(3)]
    found = feed(detector(town(switches=4, flats=240)), calls)
    assert found[-1].scope == Scope("switch", "b0-2")


def test_calls_from_all_switches_raise_the_building() -> None:
    fold = detector(town(switches=4, flats=240))
    found = feed(fold, [report(EVENING + n * MINUTE, n, switch=n % 4) for n in range(6)])
    assert found[-1].scope == Scope("building", "b0")


def test_different_buildings_of_a_node_raise_the_node_and_no_building() -> None:
    found = feed(detector(), [report(EVENING + n * 30, n, building=n) for n in range(6)])
    assert levels(found)[-1] == ("node", Level.OPEN)
    assert "building" not in {finding.scope.kind for finding in found if finding.level == Level.OPEN}


def test_two_buildings_are_too_few_for_a_node_to_open() -> None:
    found = feed(detector(), [report(EVENING + n, n, building=n) for n in range(2)])
    assert ("node", Level.OPEN) not in levels(found)


def test_all_nodes_at_once_raise_the_town() -> None:
    fold = detector(town(buildings=1200))
    found = feed(fold, [report(EVENING + n * 5, n, building=n * 41 % 1200) for n in range(40)])
    assert (CITY, Level.OPEN) in [(finding.scope, finding.level) for finding in found]


def test_what_lies_inside_an_open_node_raises_nothing() -> None:
    fold = detector(active={Scope("node", "n0"): Level.OPEN})
    assert not feed(fold, [report(EVENING + n * MINUTE, n) for n in range(9)])


def test_a_suspicion_is_raised_once_and_then_opens_once() -> None:
    found = feed(detector(), [report(EVENING + n * 30 * MINUTE, n, likeness=0.45) for n in range(9)])
    assert levels(found) == [("building", Level.SUSPECTED), ("building", Level.OPEN)]


def test_the_plain_rule_opens_a_building_whatever_the_odds() -> None:
    ordinary = usual(40_000, days=30, by_building={"b0": 3_000})
    calls = [report(EVENING + n * MINUTE, n, likeness=0.6) for n in range(5)]
    assert levels(feed(Detector(town(), ordinary, Settings(plain=(5, 1800.0))), calls))[-1][1] == Level.OPEN
    assert not feed(Detector(town(), ordinary, Settings(plain=None)), calls)


def test_the_plain_rule_counts_the_whole_building_however_the_odds_divide_it() -> None:
    deaf = Settings(suspect_limit=99, open_limit=99, plain=(5, 1800.0))
    fold = Detector(town(switches=4), Ordinary(60_000, TZ), deaf)
    found = feed(fold, [report(EVENING + n * MINUTE, n, switch=n % 4) for n in range(6)])
    assert [(finding.scope, finding.level, finding.reporters) for finding in found] == [
        (Scope("building", "b0"), Level.OPEN, 5)
    ]


def test_an_ended_incident_is_not_found_again_from_the_same_calls() -> None:
    fold = detector()
    feed(fold, [report(EVENING + n * MINUTE, n) for n in range(5)])
    fold.active.clear()
    fold.forget(Scope("building", "b0"), before=EVENING + 10 * MINUTE)
    assert not feed(fold, [report(EVENING + 20 * MINUTE, "next")])


def test_the_explanation_counts_people_and_minutes() -> None:
    found = feed(detector(), [report(EVENING + n * 3 * MINUTE, n) for n in range(5)])[-1]
    assert found.subscribers == 60
    assert 2 <= found.reporters <= 5
    assert found.window_s == pytest.approx((found.reporters - 1) * 3 * MINUTE)
    assert 0 < found.expected < 0.05


def test_quiet_nights_do_not_make_the_next_night_call_an_alarm() -> None:
    """A month without a call at four: the hour is still taken for one in which somebody may call."""
    silent, night = usual(5_000, days=28), NIGHT + HOUR
    at_four = silent.level(night)
    for hour in range(HOURS_A_WEEK):
        silent.by_hour[hour] *= hour != hour_of_week(night, TZ)
    assert at_four / 2 < silent.level(night) < at_four


def test_a_new_town_needs_more_than_one_that_has_spoken() -> None:
    calls = [report(EVENING + n * 20 * MINUTE, n) for n in range(2)]
    new = Detector(town(), Ordinary(60_000, TZ), Settings(plain=None))
    assert levels(feed(detector(), calls)) == [("building", Level.OPEN)]
    assert levels(feed(new, calls)) == [("building", Level.SUSPECTED)]


def test_a_loud_house_needs_more() -> None:
    calls = [report(EVENING + n * 30 * MINUTE, n) for n in range(2)]
    loud = usual(by_building={"b0": 400})
    assert feed(detector(), calls)
    assert not feed(Detector(town(), loud, Settings(plain=None)), calls)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 7 * HOUR), min_size=1, max_size=12), st.floats(1, 200), st.sampled_from([BUILDING, NODE]))
def test_one_more_report_never_lowers_the_odds(ages: list[float], affected: float, kind: Any) -> None:
    heard = [Heard(EVENING - age, 200.0) for age in ages]
    fewer, more = (
        odds(kind, sorted(of), local_now=EVENING, affected=affected).value
        for of in (heard, [*heard, Heard(EVENING - 200, 50)])
    )
    assert 0 <= fewer <= more


@pytest.mark.parametrize("at", [EVENING, NIGHT])
def test_the_odds_agree_with_a_slow_plain_sum(at: float) -> None:
    """The table of cumulative hazard against integrating it second by second, where nobody has called."""
    for age in (30 * MINUTE, 3 * HOUR):
        slow = sum(
            outage.hazard(at - age + s)
            * (outage.FADE_FLOOR + (1 - outage.FADE_FLOOR) * 2.718281828459045 ** (-s / outage.FADE_S))
            * 10
            / HOUR
            for s in range(120, int(age), 10)
        )
        fast = outage._at(outage._CUMULATIVE[int((at - age) % 86_400 // 600)], age)
        assert fast == pytest.approx(slow, rel=0.03)
