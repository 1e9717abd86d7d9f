"""How an outage sounds, and the odds that one is under way.

Affected subscribers phone with a hazard that depends on the hour, starts after a few minutes and fades as the outage
ages; some are far readier to phone than others (gamma), so the keen ones are used up first. For one onset the
likelihood ratio of "outage on top of an ordinary day" to "ordinary day" is that of two Poisson processes,

    exp(-expected extra reports) * product over reports of (1 + outage intensity / ordinary intensity),

so silence speaks as well: a large building where only one more neighbour called has probably no outage. The odds are
the sum over possible onsets, weighted by how often such a place fails and how long its outages last.

Over a node or the town ordinary calls are many, and no two days are alike: rumours, bills, a site that is down
elsewhere. There the ordinary day may be louder than usual by a gamma factor, and the outage must explain the reports
better than such a day does. Without this every busy hour of a small town is an outage, for where ten times fewer people
live and as many call, a real outage brings few calls more than usual.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

HOUR_S, DAY_S = 3600.0, 86_400.0
# Per affected subscriber and hour of outage, by local hour. These, the fading and the outage frequencies below are the
# assumptions of benchmarks/spikes; a town's own confirmed incidents are the place to measure them.
HAZARD = (
    *(0.018, 0.008, 0.004, 0.003, 0.003, 0.004, 0.010, 0.022, 0.028, 0.026, 0.026, 0.026),
    *(0.027, 0.027, 0.027, 0.030, 0.036, 0.048, 0.062, 0.070, 0.072, 0.066, 0.052, 0.034),
)
SILENCE_S = 120.0  # nobody phones in the first minutes
FADE_S, FADE_FLOOR = 2 * HOUR_S, 0.35
KEENNESS = 0.7  # gamma shape of how ready people are to phone
AFFECTED = 0.92  # the rest are away, suspended or switched off
LOUDNESS = 3.0  # gamma shape of how loud an hour is: now and then twice as loud as usual
ONSETS_MIN = (4, 8, 12, 18, 25, 35, 47, 60, 75, 95, 120, 150, 185, 225, 270, 320, 380, 450)  # minutes ago
_STEP_S = 600.0
_STEPS = int(DAY_S / _STEP_S)


class Heard(NamedTuple):
    """A report as the odds need it: `strength` is outage over ordinary intensity before fading and news."""

    at: float
    strength: float


class Odds(NamedTuple):
    """Odds that the place is out, and how long ago it most likely began."""

    value: float
    age_s: float


NEVER = Odds(0.0, 0.0)


@dataclass(frozen=True)
class OutageKind:
    """Outages of one kind of place: `a_month` in the whole town, lasting `median_h` hours (lognormal, `sigma`).

    `news` is how much less people phone where neighbours, chats and the voice menu already tell; onsets further back
    than `memory_s` are not considered.
    """

    a_month: float
    median_h: float
    sigma: float
    news: float
    memory_s: float

    @property
    def an_hour(self) -> float:
        return self.a_month / 30 / 24

    def still_out(self, age_s: float) -> float:
        """The share of outages that last longer than this."""
        return 0.5 * math.erfc(math.log(age_s / HOUR_S / self.median_h) / self.sigma / math.sqrt(2))

    @cached_property
    def onsets(self) -> tuple[tuple[float, float], ...]:
        """(seconds ago, hours of onset it stands for times the chance that the outage still lasts)."""
        ages = [minutes * 60.0 for minutes in ONSETS_MIN if minutes * 60.0 <= self.memory_s]
        edges = [0.0, *((a + b) / 2 for a, b in pairwise(ages)), ages[-1]]
        return tuple(
            (age, (upper - lower) / HOUR_S * self.still_out(age))
            for age, lower, upper in zip(ages, edges, edges[1:], strict=False)
        )


BUILDING = OutageKind(a_month=12, median_h=4, sigma=0.7, news=1.0, memory_s=8 * HOUR_S)
SWITCH = OutageKind(a_month=12, median_h=4, sigma=0.7, news=1.0, memory_s=8 * HOUR_S)
NODE = OutageKind(a_month=3, median_h=2, sigma=0.7, news=0.7, memory_s=4 * HOUR_S)
TOWN = OutageKind(a_month=0.6, median_h=1, sigma=0.6, news=0.3, memory_s=1 * HOUR_S)


def hazard(local_s: float) -> float:
    """Per hour, at seconds of local time."""
    return HAZARD[int(local_s % DAY_S // HOUR_S)]


def _cumulative() -> list[list[float]]:
    """Hazard added up from each ten minutes of the day on: [start][ten minutes of age], a day of each."""
    parts = 5
    table = []
    for start in range(_STEPS):
        total, row = 0.0, [0.0]
        for part in range(_STEPS * parts):
            age = (part + 0.5) * _STEP_S / parts
            if age >= SILENCE_S:
                fade = FADE_FLOOR + (1 - FADE_FLOOR) * math.exp(-age / FADE_S)
                total += hazard(start * _STEP_S + age) * fade * _STEP_S / parts / HOUR_S
            if (part + 1) % parts == 0:
                row.append(total)
        table.append(row)
    return table


_CUMULATIVE = _cumulative()


def odds(
    kind: OutageKind,
    heard: Sequence[tuple[float, float]],
    *,
    local_now: float,
    affected: float,
    usual: Callable[[float], float] | None = None,
) -> Odds:
    """Odds that an outage of this kind is under way, before the prior of the one place is applied.

    `heard` are the `Heard` so far in the order of time, on the same local clock in seconds as `local_now`; plain pairs
    do too, for making tuples with names took longer than the sums. `affected` is how many subscribers would be able to
    report. `usual`, the ordinary reports an hour at a local time, is given where an ordinary day may be a loud one.
    The work is onsets times reports; callers bound both.
    """
    exposed = kind.news / KEENNESS
    usual_now = usual(local_now) if usual else 0.0
    total, best, best_age = 0.0, 0.0, 0.0
    for age, weight in kind.onsets:
        onset = local_now - age
        row = _CUMULATIVE[int(onset % DAY_S // _STEP_S)]
        likelihood = math.exp(-affected * KEENNESS * (1 - (1 + _at(row, age) * exposed) ** -KEENNESS))
        count = 0
        for at, strength in reversed(heard):
            since = at - onset
            if since < SILENCE_S:
                break  # earlier reports came before this outage could be heard
            fade = FADE_FLOOR + (1 - FADE_FLOOR) * math.exp(-since / FADE_S)
            used_up = (1 + row[int(since / _STEP_S)] * exposed) ** (-1 - KEENNESS)
            likelihood *= 1 + strength * kind.news * fade * used_up
            count += 1
        if usual and likelihood > 1:  # else it hardly counts, loud or not
            likelihood /= _loud(count, (usual_now + usual(onset)) / 2 * (age - SILENCE_S) / HOUR_S)
        part = weight * likelihood
        total += part
        if part > best:
            best, best_age = part, age
    return Odds(total * kind.an_hour, best_age)


def _loud(count: int, expected: float) -> float:
    """How much better a day of unknown loudness explains so many reports than a usual day does; at least 1."""
    if count <= expected:
        return 1.0
    return max(1.0, math.exp(_gammas(count) + expected - (LOUDNESS + count) * math.log(LOUDNESS + expected)))


@cache
def _gammas(count: int) -> float:
    return LOUDNESS * math.log(LOUDNESS) + math.lgamma(LOUDNESS + count) - math.lgamma(LOUDNESS)


def _at(row: list[float], age_s: float) -> float:
    """Linear between the ten-minute steps."""
    x = age_s / _STEP_S
    i = int(x)
    return row[i] + (row[i + 1] - row[i]) * (x - i)
