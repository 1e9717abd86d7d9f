"""Who goes: the master for an immediate visit. Pure: no database, no framework."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

EARTH_M = 6_371_000.0
SAME_TIME = timedelta(minutes=15)  # masters free within this of each other are equally soon: the nearer one goes
UNKNOWN_DISTANCE_M = 5_000.0

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Booking:
    """A visit on a master's day. `gives_way`: planned and not started, so an emergency may move it."""

    visit_id: int
    start: datetime
    end: datetime
    gives_way: bool
    place: Place | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A skilled master on shift, with what stands on his day (in any order) and where he is when it is empty."""

    master_id: int
    shift_end: datetime
    bookings: Sequence[Booking]
    base: Place | None


@dataclass(frozen=True, slots=True)
class Choice:
    """Who goes, when, and which visits must give way for it."""

    master_id: int
    start: datetime
    end: datetime
    displaced: tuple[int, ...]
    distance_m: float


def choose(candidates: Iterable[Candidate], *, place: Place | None, now: datetime, length: timedelta) -> Choice | None:
    """The master who is free soonest; among equals, who moves fewest promises; then the nearest. None = nobody.

    A visit that has started, or another emergency, is waited for; a planned one that has not started gives way.
    """
    options = [option for one in candidates if (option := _option(one, place, now, length)) is not None]
    return min(options, key=lambda o: (_slot(o.start, now), len(o.displaced), o.distance_m, o.master_id), default=None)


def _slot(start: datetime, now: datetime) -> int:
    return int((start - now) / SAME_TIME)


def _option(one: Candidate, place: Place | None, now: datetime, length: timedelta) -> Choice | None:
    start, where = now, one.base
    for booking in sorted(one.bookings, key=lambda b: b.start):
        if booking.end <= now:
            where = booking.place or where
        elif not booking.gives_way and booking.start < start + length:
            start, where = booking.end, booking.place or where
    end = start + length
    if start >= one.shift_end:
        return None
    displaced = tuple(b.visit_id for b in one.bookings if b.gives_way and b.start < end and b.end > start)
    return Choice(one.master_id, start, end, displaced, distance_m(where, place))


def distance_m(a: Place | None, b: Place | None) -> float:
    """Great-circle metres between two (latitude, longitude) in degrees (haversine); a guess where one is unknown."""
    if a is None or b is None:
        return UNKNOWN_DISTANCE_M
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(h))


def first_gap(
    busy: Iterable[tuple[datetime, datetime]], *, after: datetime, until: datetime, length: timedelta, step: timedelta
) -> datetime | None:
    """The earliest start, on a grid of `step` from `after`, of a free stretch of `length` that ends by `until`."""
    taken = sorted(busy)
    start = after
    while start + length <= until:
        clash = next((end for begin, end in taken if begin < start + length and end > start), None)
        if clash is None:
            return start
        start += math.ceil((clash - start) / step) * step
    return None
