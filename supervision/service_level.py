"""The 20-second promise in figures. Pure: no database, no framework.

Formulas and names: docs/metrics.md. A = answered, A_T = answered within T, B = abandoned, B_s = abandoned within s.
"""

from collections.abc import Iterable
from dataclasses import dataclass

THRESHOLD_S = 20.0
SHORT_ABANDON_S = 5.0
FEW_CALLS = 10  # with fewer, a share says nothing: show counts


@dataclass(frozen=True, slots=True)
class Line:
    """One incoming call as the metric sees it: seconds waited so far, and how the wait ended (None = still waits)."""

    wait_s: float
    answered: bool | None


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """Counts of a period. `missed` counts callers who still wait past the threshold as well: they are a miss now."""

    answered: int
    answered_in_time: int
    abandoned: int
    abandoned_short: int
    waiting: int
    waiting_late: int

    @property
    def offered(self) -> int:
        return self.answered + self.abandoned + self.waiting

    @property
    def strict(self) -> float | None:
        """SL1 = A_T / (A + B): abandons count against us."""
        return _share(self.answered_in_time, self.answered + self.abandoned + self.waiting_late)

    @property
    def default(self) -> float | None:
        """SL5 = A_T / (A + B - B_s): who gave up at once is left out."""
        return _share(self.answered_in_time, self.answered + self.abandoned - self.abandoned_short + self.waiting_late)


def measure(calls: Iterable[Line]) -> ServiceLevel:
    """Count a period's incoming calls."""
    rows = list(calls)
    answered = [c.wait_s for c in rows if c.answered]
    abandoned = [c.wait_s for c in rows if c.answered is False]
    waiting = [c.wait_s for c in rows if c.answered is None]
    return ServiceLevel(
        answered=len(answered),
        answered_in_time=sum(w <= THRESHOLD_S for w in answered),
        abandoned=len(abandoned),
        abandoned_short=sum(w <= SHORT_ABANDON_S for w in abandoned),
        waiting=len(waiting),
        waiting_late=sum(w > THRESHOLD_S for w in waiting),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
