"""The demo town: 6,000 subscribers who call as much as 60,000 do elsewhere. No database, no clock."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from customers import demo_town
from incidents.detection import CITY, Detector, Finding, Level, Ordinary, Place, Report, Scope, Town, outage
from incidents.detection.ordinary import DAY_SHAPE

HOUR, DAY, TZ = 3600.0, 86_400.0, 3 * 3600.0
MONDAY = datetime(2026, 11, 22, 21, tzinfo=UTC).timestamp()  # midnight in Pushkin
SILENT_S = 3 * HOUR
Call = tuple[float, int]


@pytest.fixture(scope="module")
def homes() -> list[Place]:
    """Where each subscriber lives."""
    made = demo_town.generate(6_000, seed=1)
    switch = {(p.street, p.street_kind, p.house, p.number): p.switch for p in made.network.premises}
    node = {(b.street, b.street_kind, b.house): b.node for b in made.network.buildings}
    houses = [(s.street or "", s.street_kind or "", s.house or "") for s in made.customers.subscribers]
    flats = [s.number or "" for s in made.customers.subscribers]
    return [Place(house, node[house], switch[*house, flat]) for house, flat in zip(houses, flats, strict=True)]


def ordinary_calls(dice: random.Random, days: float, a_day: float, people: int = 6_000) -> Iterator[Call]:
    for hour in range(int(days * 24)):
        at, an_hour = 0.0, a_day * DAY_SHAPE[hour % 24] / sum(DAY_SHAPE)
        while (at := at + dice.expovariate(an_hour)) < 1:
            yield MONDAY + (hour + at) * HOUR, dice.randrange(people)


def outage_calls(dice: random.Random, affected: list[int], start: float, hours: float, news: float) -> Iterator[Call]:
    """Who phones, and when: minute by minute, some far readier than others."""
    for who in affected:
        keen = dice.gammavariate(outage.KEENNESS, 1 / outage.KEENNESS) * news
        for minute in range(2, int(hours * 60)):
            age = minute * 60.0
            fade = outage.FADE_FLOOR + (1 - outage.FADE_FLOOR) * 2.718 ** (-age / outage.FADE_S)
            if dice.random() < outage.AFFECTED * keen * outage.hazard(start + age + TZ) * fade / 60:
                yield start + age, who
                break


def opened(homes: list[Place], calls: list[Call], ordinary: Ordinary | None = None) -> list[Finding]:
    """What opens while nobody chooses a topic; an incident ends after three hours."""
    town = Town.of((home.building, home.switch, home.node, 1) for home in homes)
    fold = Detector(town, ordinary or Ordinary(len(homes), TZ))
    until: dict[Scope, float] = {}
    found = []
    for at, who in sorted(calls):
        for scope in [scope for scope, end in until.items() if end < at]:
            del until[scope], fold.active[scope]
            fold.forget(scope, at)
        finding = fold.feed(Report(at, (who,), homes[who]))
        if finding is not None:
            until[finding.scope] = at + SILENT_S
            found.append(finding)
    return [finding for finding in found if finding.level == Level.OPEN]


def learned(homes: list[Place], a_day: float, days: int = 28) -> Ordinary:
    ordinary = Ordinary(len(homes), TZ, days=days)
    for at, who in ordinary_calls(random.Random(1000), days, a_day):
        ordinary.count(at - days * DAY, homes[who].building)
    return ordinary


@pytest.mark.parametrize("a_day", [100, 150, 200])
def test_ordinary_weeks_of_a_town_just_connected_open_nothing(homes: list[Place], a_day: int) -> None:
    assert not opened(homes, list(ordinary_calls(random.Random(a_day), 28, a_day)))


@pytest.mark.parametrize("a_day", [100, 150, 200])
def test_nor_do_they_where_the_detector_has_learned(homes: list[Place], a_day: int) -> None:
    ordinary = learned(homes, a_day)
    assert len(opened(homes, list(ordinary_calls(random.Random(a_day + 1), 28, a_day)), ordinary)) <= 2


@pytest.mark.parametrize("has_learned", [False, True])
def test_the_largest_house_is_found_when_it_fails_in_the_evening(homes: list[Place], has_learned: bool) -> None:
    sizes = {home.building: 0 for home in homes}
    for home in homes:
        sizes[home.building] += 1
    house = max(sizes, key=lambda building: sizes[building])
    behind = [who for who, home in enumerate(homes) if home.building == house]
    found = sum(
        any(
            finding.scope.kind in ("building", "switch") and finding.scope.id in _places(homes, behind)
            for finding in _evening_with(homes, behind, seed, news=1.0, has_learned=has_learned)
        )
        for seed in range(10)
    )
    assert found >= 9


@pytest.mark.parametrize("has_learned", [False, True])
def test_a_large_node_is_found_when_it_fails_in_the_evening(homes: list[Place], has_learned: bool) -> None:
    sizes = {home.node: 0 for home in homes}
    for home in homes:
        sizes[home.node] += 1
    node = max(sizes, key=lambda one: sizes[one])
    behind = [who for who, home in enumerate(homes) if home.node == node]
    evenings = [_evening_with(homes, behind, seed, news=0.7, has_learned=has_learned) for seed in range(10)]
    assert sum(Scope("node", node) in {finding.scope for finding in evening} for evening in evenings) >= 8


def test_the_whole_town_is_found_within_half_an_hour(homes: list[Place]) -> None:
    for seed in range(5):
        first = _evening_with(homes, list(range(6_000)), seed, news=0.3, has_learned=False)[0]
        assert first.scope == CITY
        assert first.at - (MONDAY + 18 * HOUR) < 30 * 60


def _places(homes: list[Place], behind: list[int]) -> set[object]:
    return {homes[who].building for who in behind} | {homes[who].switch for who in behind}


def _evening_with(homes: list[Place], behind: list[int], seed: int, *, news: float, has_learned: bool) -> list[Finding]:
    """A Monday of 150 calls, and from six in the evening for three hours nothing works for those behind."""
    dice = random.Random(seed)
    calls = list(ordinary_calls(dice, 1, 150))
    calls += outage_calls(dice, behind, MONDAY + 18 * HOUR, 3, news)
    evening = [call for call in calls if call[0] >= MONDAY + 12 * HOUR]
    return opened(homes, evening, learned(homes, 150) if has_learned else None)
