"""Working time: which moments count, how much of it lies between two moments, and when so much of it has passed.

A moment is working time if the clock on the wall of the calendar's zone shows an hour of work of that day. So an hour
that the wall shows twice (clocks go back) counts twice, and one that it skips does not exist.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

Interval = tuple[int, int]  # minutes of the local day, the end not included: (540, 1080) is 9:00-18:00
Day = tuple[Interval, ...]

DAY_MIN = 1440
WHOLE_DAY: Day = ((0, DAY_MIN),)
DAY_OFF: Day = ()
_LOOK_AHEAD = timedelta(days=28)
_HORIZON = timedelta(days=3660)
_SECOND = timedelta(seconds=1)


class BadCalendar(ValueError):
    """Hours that make no sense; the text says which."""


class NoWorkingTime(ValueError):
    """So much working time does not come within ten years."""


def checked(day: Day) -> Day:
    """The hours of a day, or BadCalendar: each interval within the day, one after the other."""
    end = 0
    for start, stop in day:
        if not end <= start < stop <= DAY_MIN:
            raise BadCalendar(f"{start}-{stop}")
        end = stop
    return day


@dataclass(frozen=True)
class Calendar:
    """Hours by weekday (Monday first) in a zone, and days that differ: holidays, moved working days."""

    zone: str
    week: tuple[Day, Day, Day, Day, Day, Day, Day]
    days: Mapping[date, Day] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise BadCalendar("a week has seven days")
        for day in (*self.week, *self.days.values()):
            checked(day)
        if not any(self.week):
            raise BadCalendar("no hour of the week is working time")

    @cached_property
    def is_always(self) -> bool:
        return not self.days and all(day == WHOLE_DAY for day in self.week)

    def hours(self, day: date) -> Day:
        return self.days.get(day, self.week[day.weekday()])

    def spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working time within [start, end), in order, as pairs of UTC moments."""
        for low, high, offset in _stretches(self.zone, start.astimezone(UTC), end.astimezone(UTC)):
            day = (low + offset).date()
            while (midnight := datetime.combine(day, time(), UTC) - offset) < high:
                for first, last in self.hours(day):
                    begins = max(low, midnight + timedelta(minutes=first))
                    ends = min(high, midnight + timedelta(minutes=last))
                    if begins < ends:
                        yield begins, ends
                day += timedelta(days=1)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; zero when the end comes first."""
        if self.is_always:
            return max(end - start, timedelta(0))
        return sum((last - first for first, last in self.spans(start, end)), timedelta(0))

    def add(self, start: datetime, work: timedelta) -> datetime:
        """The moment at which `work` has passed since `start`: the earliest one, in UTC. Raises NoWorkingTime."""
        start = start.astimezone(UTC)
        if self.is_always or work <= timedelta(0):
            return start + max(work, timedelta(0))
        low = start
        while low - start < _HORIZON:
            high = low + _LOOK_AHEAD
            for first, last in self.spans(low, high):
                if last - first >= work:
                    return first + work
                work -= last - first
            low = high
        raise NoWorkingTime


def _stretches(zone: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """[start, end) cut where the zone changes its offset from UTC: pairs of moments with their offset."""
    if start >= end:
        return
    cuts = [at for year in range(start.year, end.year + 1) for at in _changes(zone, year) if start < at < end]
    for low, high in zip([start, *cuts], [*cuts, end], strict=True):
        yield low, high, _offset(zone, low)


def _offset(zone: str, at: datetime) -> timedelta:
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return offset


@lru_cache(maxsize=512)  # a fact of the zone, not state: some 400 look-ups a year, done once
def _changes(zone: str, year: int) -> tuple[datetime, ...]:
    """The moments of a UTC year at which the zone changes its offset."""
    found = []
    low = datetime(year, 1, 1, tzinfo=UTC)
    while low.year == year:
        high = low + timedelta(days=1)
        if _offset(zone, low) != _offset(zone, high):
            found.append(_change(zone, low, high))
        low = high
    return tuple(found)


def _change(zone: str, low: datetime, high: datetime) -> datetime:
    """The first second in (low, high] with the offset that `high` has."""
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle <= low:
            break
        if _offset(zone, middle) == _offset(zone, high):
            high = middle
        else:
            low = middle
    return high
