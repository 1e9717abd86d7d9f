"""When does a flood of contacts mean that a place is out? A pure fold over reports: no framework, no clock.

One score for each scope, two limits on it. The score is the log-likelihood ratio (in nats) of the best of several
windows: k different reporters came where the ordinary rate expects mu, so the score is k ln(k/mu) - (k - mu), the
scan statistic of Kulldorff (1997) for a Poisson rate. Different subscribers count, never calls; a node counts
different buildings and the town different nodes, so that one noisy place cannot raise a wide scope.
"""

import math
from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

HORIZON_S = 6 * 3600.0
WINDOWS_S = (600.0, 1800.0, 3600.0, 7200.0, 14400.0, HORIZON_S)
LEAST_REPORTERS = 2
HOURS_A_WEEK = 168


class Scope(NamedTuple):
    """A place that may be out: `kind` is building, switch, node or city; `id` names it within its kind."""

    kind: str
    id: Hashable


CITY = Scope("city", None)


class Level(StrEnum):
    SUSPECTED = "suspected"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report comes from; `switch` is None where the subscriber is not known."""

    building: Hashable
    node: Hashable
    switch: Hashable | None = None

    def scopes(self) -> tuple[Scope, ...]:
        """From the narrowest to the town."""
        own = (Scope("building", self.building), Scope("node", self.node), CITY)
        return own if self.switch is None else (Scope("switch", self.switch), *own)


@dataclass(frozen=True, slots=True)
class Report:
    """A contact that is, or may be, about a fault. `at` in epoch seconds; `weight` 1 for a fault, less if unsure."""

    at: float
    reporter: Hashable
    place: Place
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Finding:
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
    """`suspect_limit` and `open_limit` are scores in nats; `plain` is (different callers, seconds) for a building."""

    suspect_limit: float = 8.0
    open_limit: float = 11.0
    plain: tuple[int, float] | None = None


@dataclass
class Rates:
    """Ordinary reports: per subscriber and second, shaped by the hour of the week (168 factors with mean 1)."""

    per_subscriber_s: float = 0.0012 / 86400
    week: list[float] = field(default_factory=lambda: [1.0] * HOURS_A_WEEK)
    tz_offset_s: float = 3 * 3600.0

    def expected(self, subscribers: int, start: float, end: float) -> float:
        """Reports expected from this many subscribers between two moments, by the hour of the middle."""
        hour = int(((start + end) / 2 + self.tz_offset_s + 3 * 86400) % (7 * 86400) // 3600)
        return subscribers * self.per_subscriber_s * self.week[hour] * (end - start)


def score(count: float, expected: float) -> float:
    """Log-likelihood ratio of a raised Poisson rate, 0 where no more came than expected."""
    if count <= expected or count <= 0:
        return 0.0
    return count * math.log(count / expected) - (count - expected)


class Detector:
    """The fold: feed reports in time order, read what each of them raises.

    `sizes` holds subscribers of every scope; `active` the scopes under an incident with its level. Cost of a report:
    the reports of its own scopes within the horizon.
    """

    def __init__(
        self,
        sizes: Mapping[Scope, int],
        rates: Rates,
        settings: Settings | None = None,
        active: Mapping[Scope, Level] | None = None,
    ) -> None:
        self.sizes, self.rates, self.settings = sizes, rates, settings or Settings()
        self.active = dict(active or {})
        self._recent: dict[Scope, deque[tuple[float, Hashable, float, Hashable]]] = {}

    def remember(self, report: Report) -> None:
        """Take a report that was acted on before: it counts, but raises nothing."""
        for scope in report.place.scopes():
            recent = self._recent.setdefault(scope, deque())
            recent.append((report.at, report.reporter, report.weight, _part(scope, report)))
            while recent[0][0] < report.at - HORIZON_S:
                recent.popleft()

    def feed(self, report: Report) -> list[Finding]:
        """Take one report; at most one finding: the widest scope that it raises."""
        self.remember(report)
        for scope in reversed(report.place.scopes()):
            if self.active.get(scope) == Level.OPEN:
                return []  # the wider incident explains it
            finding = self._look(scope, report.at)
            if finding is not None:
                self.active[scope] = finding.level
                return [finding]
        return []

    def _look(self, scope: Scope, at: float) -> Finding | None:
        best = self._best(scope, at)
        if best is None:
            return None
        points, reporters, window, expected = best
        level = Level.OPEN if points >= self.settings.open_limit else Level.SUSPECTED
        if scope.kind == "building" and self.settings.plain is not None:
            callers, within = self.settings.plain
            if len({row[1] for row in self._recent[scope] if row[0] > at - within}) >= callers:
                level, points = Level.OPEN, max(points, self.settings.open_limit)
        if points < self.settings.suspect_limit or self.active.get(scope) == level:
            return None
        return Finding(at, scope, level, points, reporters, self.sizes.get(scope, 1), window, expected)

    def _best(self, scope: Scope, at: float) -> tuple[float, int, float, float] | None:
        """The window with the highest score: (score, different reporters, its seconds, expected reporters)."""
        size = self.sizes.get(scope, 1)
        found = None
        for window in WINDOWS_S:
            rows = [row for row in self._recent[scope] if row[0] > at - window]
            parts: dict[Hashable, float] = {}
            for _, _, weight, part in rows:
                parts[part] = max(parts.get(part, 0.0), weight)
            if len(parts) < LEAST_REPORTERS:
                continue
            expected = max(self.rates.expected(size, at - window, at), 1e-6)
            points = score(sum(parts.values()), expected)
            if found is None or points > found[0]:
                found = (points, len({row[1] for row in rows}), window, expected)
        return found


def _part(scope: Scope, report: Report) -> Hashable:
    """What a scope counts once: the town its nodes, a node its buildings; a building and a switch their reporters."""
    return {"city": report.place.node, "node": report.place.building}.get(scope.kind, report.reporter)


def evaluate(detector: Detector, reports: Iterable[Report], *, since: float) -> list[Finding]:
    """The row path: feed the recent rows and return what those from `since` on raised.

    Rows before `since` were acted on when they came; their incidents are in the detector's `active`.
    """
    found = []
    for report in reports:
        if report.at < since:
            detector.remember(report)
        else:
            found += detector.feed(report)
    return found
