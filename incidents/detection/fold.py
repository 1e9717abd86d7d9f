"""The fold: feed reports in time order, read what each of them raises.

One score for each scope, two limits on it: the score is ln(odds that the place is out against every rival
explanation x hours that waiting for one more report would cost), so a silent night in a small house does not have to
wait for callers who will not come. Different people count, never calls; a node opens on different buildings and the
town on different nodes, and a wider place that explains the reports better takes them from the narrower ones.
"""

import math
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from incidents.detection import outage
from incidents.detection.ordinary import Ordinary
from incidents.detection.outage import NEVER, Odds, OutageKind
from incidents.detection.sensitivity import STEPS, USUAL
from incidents.detection.town import CITY, Place, Scope, Town

HOUR_S = 3600.0
HORIZON_S = outage.BUILDING.memory_s
MOST_ROWS = 40  # a scope's latest reports that are weighed: bounds the work; a louder scope is open long before
SAME_PERSON_S = 3 * HOUR_S  # until then another call of the same person is a repeat
REPEAT_S = HOUR_S + 60.0
REPEAT_TELLS = 2.0  # people without service call again about twice as often as others; told once a person
UNKNOWN_PERSON = 0.03  # an unknown phone is too often the second phone of somebody who called already
WIDEN_ODDS = 10.0  # how much better the whole building must explain than its switch under an open incident
LEAST = {"switch": 2, "building": 2, "node": 2, "city": 3}  # different reporters, buildings, nodes
LEAST_TO_OPEN = {**LEAST, "node": 3}


class Level(StrEnum):
    SUSPECTED = "suspected"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Report:
    """A contact that is, or may be, about a fault.

    `at` in epoch seconds; `who` are all names of the reporter (subscriber, phone): sharing one makes two reports one
    person's; `likeness` is how much commoner its topic is in an outage than on an ordinary day, 1 if not known.
    """

    at: float
    who: tuple[Hashable, ...]
    place: Place
    likeness: float = 1.0
    is_known: bool = True  # do we know the subscriber


class Finding(NamedTuple):
    """A scope whose score passed a limit, with what a dispatcher reads about it."""

    at: float
    scope: Scope
    level: Level
    score: float
    reporters: int
    subscribers: int
    window_s: float
    expected: float


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits on the score; `plain` is (different callers, seconds) that open a building whatever the odds."""

    suspect_limit: float = STEPS[USUAL].suspect_limit
    open_limit: float = STEPS[USUAL].open_limit
    plain: tuple[int, float] | None = (5, 1800.0)


@dataclass(slots=True)
class _Row:
    at: float
    who: tuple[Hashable, ...]
    place: Place
    scopes: tuple[Scope, ...]
    strength: float
    rate: float
    has_repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """One explanation of the reports: this scope is out."""

    scope: Scope
    odds: Odds = NEVER
    rows: tuple[_Row, ...] = ()
    parts: int = 0


class Detector:
    """Feed reports, read findings.

    `active` holds the scopes under an incident with their level, kept by whoever knows how incidents end. Cost of a
    report: at most MOST_ROWS rows of each of its scopes times the onsets considered.
    """

    def __init__(
        self,
        town: Town,
        ordinary: Ordinary,
        settings: Settings | None = None,
        active: Mapping[Scope, Level] | None = None,
    ) -> None:
        self.town, self.ordinary, self.settings = town, ordinary, settings or Settings()
        self.active = dict(active or {})
        self._rows: dict[Scope, deque[_Row]] = {}
        self._last: dict[Hashable, _Row] = {}

    def feed(self, report: Report) -> Finding | None:
        """Take one report; at most one finding: a certain one before a suspicion, the wider place first."""
        return self._judge(report.place, report.at) if self.remember(report) else None

    def remember(self, report: Report) -> bool:
        """Take a report without judging; does it tell anything new?"""
        before = max((self._last[w] for w in report.who if w in self._last), key=lambda row: row.at, default=None)
        if before is not None and report.at - before.at < SAME_PERSON_S:
            self._name(report, before)
            return self._repeat(before, report)
        rate = self.ordinary.rate(
            report.place.building, self.town.size(Scope("building", report.place.building)), report.at
        )
        local = report.at + self.ordinary.tz_offset_s
        certainty = 1.0 if report.is_known else UNKNOWN_PERSON
        affected = outage.AFFECTED * self.ordinary.located_share
        strength = certainty * affected * outage.hazard(local) * report.likeness / rate
        row = _Row(report.at, report.who, report.place, report.place.scopes(), strength, rate)
        self._name(report, row)
        for scope in row.scopes[-3:]:
            rows = self._rows.setdefault(scope, deque(maxlen=MOST_ROWS))
            rows.append(row)
            while rows[0].at < report.at - _KINDS[scope.kind].memory_s:
                rows.popleft()
        return True

    def _name(self, report: Report, row: _Row) -> None:
        for who in report.who:
            self._last[who] = row

    def _repeat(self, row: _Row, report: Report) -> bool:
        if row.has_repeated or report.at - row.at > REPEAT_S:
            return False
        row.has_repeated = True
        row.strength *= REPEAT_TELLS
        return True

    def forget(self, scope: Scope, before: float) -> None:
        """An incident of the scope has ended: what was said until then says nothing about the next one."""
        for of_scope, rows in self._rows.items():
            if of_scope == scope or (rows and scope in rows[-1].scopes):
                while rows and rows[0].at <= before:
                    rows.popleft()

    # ------------------------------------------------------------------------------------ explanations
    def _judge(self, place: Place, at: float) -> Finding | None:
        node = Scope("node", place.node)
        if Level.OPEN in (self.active.get(CITY), self.active.get(node)):
            return None  # the wider incident explains it
        town, wide = self._case(CITY, at), self._case(node, at)
        narrow, address_odds = self._address(place, at)
        waiting_h = self._waiting_h(narrow, at)
        findings = [
            self._finding(town, at, town.odds.value / (1 + wide.odds.value + address_odds)),
            self._finding(wide, at, wide.odds.value / (1 + town.odds.value + address_odds)),
            self._finding(narrow, at, address_odds * waiting_h / (1 + town.odds.value + wide.odds.value)),
        ]
        if all(finding is None or finding.level != Level.OPEN for finding in findings):
            findings.append(self._plain_rule(Scope("building", place.building), at))
        raised = [finding for finding in findings if finding is not None]
        found = next((finding for finding in raised if finding.level == Level.OPEN), raised[0] if raised else None)
        if found is not None:
            self.active[found.scope] = found.level
        return found

    def _case(self, scope: Scope, at: float, rows: Iterable[_Row] | None = None, share: float = 1.0) -> _Case:
        """Odds that the scope is out; `share` of its kind's outages falls on each place of it."""
        memory = at - _KINDS[scope.kind].memory_s
        rows = tuple(row for row in (self._rows.get(scope, ()) if rows is None else rows) if row.at >= memory)
        if scope == CITY and self.active:
            rows = tuple(self._unexplained(rows))
        parts = len({_part(scope, row) for row in rows})
        if parts < LEAST[scope.kind]:
            return _Case(scope)
        offset = self.ordinary.tz_offset_s
        value, age = outage.odds(
            _KINDS[scope.kind],
            [(row.at + offset, row.strength) for row in rows],
            local_now=at + offset,
            affected=self._reachable(scope),
            usual=self._usual(scope) if scope.kind in _WIDE else None,
        )
        if scope.kind == "node":
            share = 1 / self.town.nodes
        return _Case(scope, Odds(value * share, age), rows, parts)

    def _unexplained(self, rows: Iterable[_Row]) -> Iterator[_Row]:
        """For the town, what a narrower open incident explains counts once: the twentieth caller of a dark node says
        nothing of the rest of the town; that the node is dark does."""
        counted = set()
        for row in rows:
            place = next((one for one in row.scopes if self.active.get(one) == Level.OPEN), None)
            if place is None or place not in counted:
                yield row
            counted.add(place)

    def _address(self, place: Place, at: float) -> tuple[_Case, float]:
        """The best explanation at this address, and the odds of all of them: the building, or one of its switches."""
        building = Scope("building", place.building)
        rows = self._rows.get(building, ())
        count = self.town.switches_in(place.building)
        cases = [self._case(building, at, share=count / self.town.all_switches)]
        if count > 1:
            for switch in {row.place.switch for row in rows if row.place.switch is not None}:
                behind = [row for row in rows if row.place.switch in (switch, None)]
                share = 1 / self.town.shared_buildings / count
                cases.append(self._case(Scope("switch", switch), at, behind, share))
        best = max(cases, key=lambda case: case.odds.value)
        total = sum(case.odds.value for case in cases)
        held = [case for case in cases if self.active.get(case.scope) == Level.OPEN]
        if held and (best.scope.kind != "building" or best.odds.value < WIDEN_ODDS * held[0].odds.value):
            return _Case(held[0].scope), total
        return best, total

    def _waiting_h(self, case: _Case, at: float) -> float:
        """Hours until one more report would come or the outage would end: what it costs not to decide now."""
        per_hour = self._reachable(case.scope) * outage.hazard(at + self.ordinary.tz_offset_s) * _USUAL_FADE
        return 1 / (per_hour + _ENDS_AN_HOUR)

    def _reachable(self, scope: Scope) -> float:
        """How many subscribers of the place would be affected, and heard with an address if they phone."""
        return self.town.size(scope) * outage.AFFECTED * self.ordinary.located_share

    def _usual(self, scope: Scope) -> Callable[[float], float]:
        """How many ordinary reports the place makes in an hour, at a local time."""
        size, ordinary = self.town.size(scope), self.ordinary
        return lambda local: size * ordinary.level(local - ordinary.tz_offset_s)

    # ------------------------------------------------------------------------------------ limits
    def _finding(self, case: _Case, at: float, against_rivals: float) -> Finding | None:
        score = math.log(max(against_rivals, 1e-12))
        level = Level.SUSPECTED
        if score >= self.settings.open_limit and case.parts >= LEAST_TO_OPEN[case.scope.kind]:
            level = Level.OPEN
        held = self.active.get(case.scope)
        if not case.rows or score < self.settings.suspect_limit or held in (level, Level.OPEN):
            return None
        since = at - case.odds.age_s
        seen = [row for row in case.rows if row.at > since] or list(case.rows)
        return self._told(case.scope, level, score, seen, at)

    def _told(self, scope: Scope, level: Level, score: float, seen: list[_Row], at: float) -> Finding:
        window_s = max(60.0, at - seen[0].at)
        size = self.town.size(scope)
        rate = sum(row.rate for row in seen) / len(seen)
        return Finding(at, scope, level, score, len(seen), size, window_s, rate * size * window_s / HOUR_S)

    def _plain_rule(self, building: Scope, at: float) -> Finding | None:
        """So many different callers of one building within so many minutes: it opens, whatever the odds."""
        if self.settings.plain is None or self.active.get(building) == Level.OPEN:
            return None
        callers, within = self.settings.plain
        rows = self._rows.get(building, ())
        seen = [row for row in rows if row.at > at - within] if len(rows) >= callers else []
        switches = {Scope("switch", row.place.switch) for row in seen}
        if len(seen) < callers or any(self.active.get(switch) == Level.OPEN for switch in switches):
            return None
        return self._told(building, Level.OPEN, self.settings.open_limit, seen, at)


_WIDE = ("node", "city")
_USUAL_FADE = 0.6
_ENDS_AN_HOUR = 1 / 3
_KINDS: dict[str, OutageKind] = {
    "switch": outage.SWITCH,
    "building": outage.BUILDING,
    "node": outage.NODE,
    "city": outage.TOWN,
}


def _part(scope: Scope, row: _Row) -> Hashable:
    """What a scope counts once: the town its nodes, a node its buildings; a building and a switch their reporters."""
    return {"city": row.place.node, "node": row.place.building}.get(scope.kind, id(row))


def evaluate(detector: Detector, reports: Iterable[Report], *, since: float) -> list[Finding]:
    """The row path: feed the recent rows and return what those from `since` on raised.

    Rows before `since` were acted on when they came; their incidents are in the detector's `active`.
    """
    found = []
    for report in reports:
        if report.at < since:
            detector.remember(report)
        elif (finding := detector.feed(report)) is not None:
            found.append(finding)
    return found
