"""How long a ticket lay at each desk, and how often it was handed on. Pure: facts in, sums out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on it lies at `desk`; None = nobody works on it (resolved)."""

    at: datetime
    desk: str | None


@dataclass
class DeskTime:
    """`spent` by desk in the order they had it; `handed` counts hand-overs, `returned` those to a desk that had it."""

    spent: dict[str, timedelta] = field(default_factory=dict)
    handed: int = 0
    returned: int = 0


def desk_time(steps: Iterable[Step], now: datetime) -> DeskTime:
    """`steps` in the order they happened. Time until `now` counts for whoever has it."""
    found = DeskTime()
    last: Step | None = None
    holder: str | None = None
    for step in [*steps, Step(now, None)]:
        if last is not None and last.desk is not None:
            found.spent[last.desk] = found.spent.get(last.desk, timedelta(0)) + max(step.at - last.at, timedelta(0))
        if step.desk is not None:
            if holder is not None and step.desk != holder:
                found.handed += 1
                found.returned += step.desk in found.spent
            holder = step.desk
        last = step
    return found
