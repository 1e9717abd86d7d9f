"""What history says about promises: when each clock ran, rested, and was met.

The clocks are computed from the ticket's facts alone, so that nothing has to be kept running: whoever asks later, or
after the rules have changed, gets the same answer from the same rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tickets.sla.calendars import Calendar


class Kind(StrEnum):
    """A promise to the subscriber: to answer at all, to answer what he wrote since, to solve it."""

    FIRST = "first"
    NEXT = "next"
    RESOLUTION = "resolution"


class What(StrEnum):
    """What a fact of the ticket means to its clocks."""

    OPENED = "opened"
    ASKED = "asked"  # the subscriber wrote
    TAKEN = "taken"  # somebody took the work up
    ANSWERED = "answered"
    MOVED = "moved"
    RESOLVED = "resolved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Fact:
    """`status`: what the ticket is from then on; None where it stays as it was."""

    at: datetime
    what: What
    status: str | None = None


STARTS = {
    Kind.FIRST: frozenset({What.OPENED}),
    Kind.NEXT: frozenset({What.ASKED}),
    Kind.RESOLUTION: frozenset({What.OPENED, What.REOPENED}),
}
MEETS = {
    Kind.FIRST: frozenset({What.TAKEN, What.ANSWERED, What.RESOLVED}),
    Kind.NEXT: frozenset({What.ANSWERED, What.RESOLVED}),
    Kind.RESOLUTION: frozenset({What.RESOLVED}),
}


@dataclass(slots=True)
class Run:
    """One run of a clock. `working`: the spans in which it ran; an open end means that it runs now."""

    started_at: datetime
    working: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    met_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        return self.met_at is None and (not self.working or self.working[-1][1] is not None)

    def _rest(self, at: datetime) -> None:
        if self.working and self.working[-1][1] is None:
            self.working[-1] = (self.working[-1][0], at)

    def _go_on(self, at: datetime) -> None:
        if not self.working or self.working[-1][1] is not None:
            self.working.append((at, None))


def runs(kind: Kind, facts: Iterable[Fact], pausing: frozenset[str]) -> list[Run]:
    """The runs of one clock, in order. `facts` in the order they happened; `pausing`: the states that stop it.

    The first answer is asked for once. While an answer is owed, further questions start nothing new.
    """
    found: list[Run] = []
    run: Run | None = None
    is_paused = False
    for fact in facts:
        if fact.status is not None:
            is_paused = fact.status in pausing
        if run is None and fact.what in STARTS[kind]:
            run = Run(fact.at)
            found.append(run)
        if run is None:
            continue
        if fact.what in MEETS[kind]:
            run._rest(fact.at)
            run.met_at, run = fact.at, None
        elif is_paused:
            run._rest(fact.at)
        else:
            run._go_on(fact.at)
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """A run against its target. `due_at`: when it will be, or was, late; None while it rests before that, and once
    it was met in time. `left`: working time, as of the last moment the run rested or was met."""

    due_at: datetime | None
    left: timedelta
    met_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < (self.met_at or now)


def read(run: Run, calendar: Calendar, target: timedelta) -> Reading:
    ended = (calendar.between(start, end) for start, end in run.working if end is not None)
    return Reading(reaches(run, calendar, target), target - sum(ended, timedelta(0)), run.met_at)


def reaches(run: Run, calendar: Calendar, amount: timedelta) -> datetime | None:
    """When a run has used so much working time, in the past or to come; None while it rests before that or was met."""
    left = amount
    for start, end in run.working:
        if end is None:
            return calendar.add(start, left)
        span = calendar.between(start, end)
        if span >= left:
            return calendar.add(start, left)
        left -= span
    return None
