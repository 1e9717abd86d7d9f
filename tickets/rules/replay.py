"""A ticket's state as it was after one of its history rows: later changes are taken back, the newest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Row:
    """A history row: `changed` maps a field to its old and new value."""

    pk: int
    at: datetime
    kind: str
    changed: Mapping[str, Sequence[Any]]


def as_of(state: Mapping[str, Any], rows: Iterable[Row], pk: int) -> dict[str, Any]:
    """`state` is how it is now; the answer is how it was when row `pk` had been written."""
    was = dict(state)
    for row in sorted(rows, key=lambda one: one.pk, reverse=True):
        if row.pk <= pk:
            break
        was.update({name: pair[0] for name, pair in row.changed.items() if len(pair) == 2 and name in was})
    return was


def quiet_min(rows: Iterable[Row], pk: int, at: datetime) -> int:
    """Whole minutes from the row before `pk` to `at`; 0 when there is none."""
    before = [row.at for row in rows if row.pk < pk]
    return max(int((at - max(before)).total_seconds() // 60), 0) if before else 0


def reopened(rows: Iterable[Row], pk: int) -> int:
    """How often it had been reopened, `pk` included."""
    return sum(row.kind == "reopened" and row.pk <= pk for row in rows)
