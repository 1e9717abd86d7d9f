"""Opening hours as people write and say them, and whether a place is open now. Pure.

    "пн-пт 9:00-21:00; сб 10-18, вс выходной"   "ежедневно 8-23"   "круглосуточно"   "mon-fri 9-13, 14-18"

A week is seven days, Monday first; a day is a tuple of (from, to) in minutes since its midnight. What ends after
midnight belongs to the day it began: 22-02 is (1320, 1560).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

DAY_MIN = 1440
Span = tuple[int, int]
Day = tuple[Span, ...]
Week = tuple[Day, ...]
CLOSED: Day = ()
WHOLE: Day = ((0, DAY_MIN),)
AROUND_THE_CLOCK: Week = (WHOLE,) * 7
_DAYS = {
    name: n
    for names in (("пн", "вт", "ср", "чт", "пт", "сб", "вс"), ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    for n, name in enumerate(names)
}
_DAILY = {"ежедневно", "daily", "каждый день"}
_WHOLE = {"круглосуточно", "24", "24/7", "24 часа"}
_CLOSED = {"выходной", "закрыто", "closed", "-", "–", "—"}
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_SPAN = re.compile(rf"{_TIME}\s*[-–—]\s*{_TIME}")
_WHICH = re.compile(r"((?:[а-яa-z]{2,3}\.?(?:\s*[-–—]\s*[а-яa-z]{2,3}\.?)?\s*,?\s*)+)\s+(?=\S)")
_EXCEPTION = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\s+(\S.*)")
MOST_EXCEPTIONS = 60


class BadHours(ValueError):
    """The part that nobody can read as hours."""


@dataclass(frozen=True)
class Special:
    """A date whose hours differ from its weekday's."""

    on: date
    day: Day
    note: str = ""


@dataclass(frozen=True)
class Openness:
    """`until`: when that changes, local and naive; None: not within a week."""

    is_open: bool
    until: datetime | None


def parse(text: str) -> Week:
    """The week that the text means; a day it does not name is closed. Raises BadHours."""
    text = " ".join(text.lower().replace("ё", "е").split())
    if text in _WHOLE:
        return AROUND_THE_CLOCK
    week: dict[int, Day] = {}
    for part in re.split(r"\s*[;\n]\s*", text.strip("; ")):
        days, rest = _days(part)
        day = parse_day(rest)
        for n in days:
            if n in week:
                raise BadHours(part)
            week[n] = day
    return tuple(week.get(n, CLOSED) for n in range(7))


def _days(part: str) -> tuple[list[int], str]:
    for word in _DAILY:
        if part.startswith(word):
            return list(range(7)), part[len(word) :].strip(" :")
    found = _WHICH.match(part)
    if found is None:
        raise BadHours(part)
    days: list[int] = []
    for piece in re.split(r"\s*,\s*", found[1].strip(" ,")):
        ends = [_day(name) for name in re.split(r"\s*[-–—]\s*", piece)]
        days += range(ends[0], ends[-1] + 1) if ends[0] <= ends[-1] else [*range(ends[0], 7), *range(ends[-1] + 1)]
    return days, part[found.end() :]


def _day(name: str) -> int:
    if name.rstrip(".") not in _DAYS:
        raise BadHours(name)
    return _DAYS[name.rstrip(".")]


def parse_day(text: str) -> Day:
    """ "9-13, 14:00-18:00", "круглосуточно", "выходной". Raises BadHours."""
    text = text.strip(" :").lower()
    if text in _WHOLE:
        return WHOLE
    if text in _CLOSED:
        return CLOSED
    spans = sorted(_span(part.strip()) for part in text.split(","))
    if any(before[1] > after[0] for before, after in pairwise(spans)):
        raise BadHours(text)
    return tuple(spans)


def _span(part: str) -> Span:
    found = _SPAN.fullmatch(part)
    if found is None:
        raise BadHours(part)
    start_h, start_m, end_h, end_m = (int(group or 0) for group in found.groups())
    start, end = start_h * 60 + start_m, end_h * 60 + end_m
    if max(start_m, end_m) > 59 or start >= DAY_MIN or end > DAY_MIN or start == end:
        raise BadHours(part)
    return start, end if end > start else end + DAY_MIN


def parse_exceptions(text: str) -> tuple[Special, ...]:
    """A line each: "31.12.2026 9-15 короткий день", "01.01.2027 выходной". Raises BadHours with the line."""
    found: dict[date, Special] = {}
    for line in filter(None, (" ".join(line.split()) for line in text.split("\n"))):
        match = _EXCEPTION.fullmatch(line)
        try:
            if match is None:
                raise BadHours(line)
            on = date(int(match[3]), int(match[2]), int(match[1]))
        except ValueError as error:
            raise BadHours(line) from error
        hours, note = _hours_then_words(match[4])
        if on in found:
            raise BadHours(line)
        found[on] = Special(on, hours, note[:80])
    if len(found) > MOST_EXCEPTIONS:
        raise BadHours(f"> {MOST_EXCEPTIONS}")
    return tuple(found[on] for on in sorted(found))


def _hours_then_words(text: str) -> tuple[Day, str]:
    """As many of the first words as can be hours, and the rest."""
    words = text.split()
    for n in range(len(words), 0, -1):
        try:
            return parse_day(" ".join(words[:n])), " ".join(words[n:])
        except BadHours:
            continue
    raise BadHours(text)


def shown_day(day: Day, *, closed: str, whole: str) -> str:
    """ "9:00–13:00, 14:00–18:00"."""
    if day == WHOLE:
        return whole
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in day) or closed


def _clock(minute: int) -> str:
    hour, rest = divmod(minute if minute == DAY_MIN else minute % DAY_MIN, 60)
    return f"{hour}:{rest:02}"


def shown(week: Week, names: tuple[str, ...], *, daily: str, closed: str, whole: str) -> str:
    """The week in one line, equal neighbouring days together: "пн–пт 9:00–21:00; сб, вс 10:00–18:00"."""
    if len(set(week)) == 1:
        return whole if week[0] == WHOLE else f"{daily} {shown_day(week[0], closed=closed, whole=whole)}"
    runs: list[list[int]] = []
    for n in range(7):
        if runs and week[runs[-1][0]] == week[n]:
            runs[-1].append(n)
        else:
            runs.append([n])
    said = []
    for run in runs:
        which = names[run[0]] if len(run) == 1 else f"{names[run[0]]}{'–' if len(run) > 2 else ', '}{names[run[-1]]}"
        said.append(f"{which} {shown_day(week[run[0]], closed=closed, whole=whole)}")
    return "; ".join(said)


def openness(week: Week, exceptions: Iterable[Special], at: datetime) -> Openness:
    """Is it open at this local moment, and until when that holds. A span that began yesterday runs on past midnight."""
    days = {one.on: one.day for one in exceptions}
    spans = _merged(_around(week, days, at))
    for start, end in spans:
        if start <= at < end:
            return Openness(True, end if end - at < timedelta(days=6) else None)
        if start > at:
            return Openness(False, start)
    return Openness(False, None)


def _around(week: Week, days: Mapping[date, Day], at: datetime) -> Iterable[tuple[datetime, datetime]]:
    for offset in range(-1, 8):
        on = at.date() + timedelta(days=offset)
        midnight = datetime(on.year, on.month, on.day)
        for start, end in days.get(on, week[on.weekday()]):
            yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans that touch or overlap are one: a day that follows a day without a break never closes."""
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
