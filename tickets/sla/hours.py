"""Working hours as people write them: "9-13, 14:00-18:00"; nothing or a dash is a day off, "24" the whole day."""

import re

from tickets.sla.calendars import DAY_MIN, DAY_OFF, WHOLE_DAY, BadCalendar, Day, checked

_TIME = r"(\d{1,2})(?::(\d{2}))?"
_SPAN = re.compile(rf"{_TIME}\s*[-–—]\s*{_TIME}")


def parse(text: str) -> Day:
    """The intervals of a day. Raises BadCalendar for anything else, with the part that is wrong."""
    text = text.strip()
    if text in {"", "-", "–", "—"}:
        return DAY_OFF
    if text == "24":
        return WHOLE_DAY
    return checked(tuple(_span(part.strip()) for part in text.split(",")))


def _span(part: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(part)
    if found is None:
        raise BadCalendar(part)
    start_h, start_m, end_h, end_m = (int(group or 0) for group in found.groups())
    start, end = start_h * 60 + start_m, end_h * 60 + end_m
    if start_m > 59 or end_m > 59 or end > DAY_MIN:
        raise BadCalendar(part)
    return start, end


def shown(day: Day) -> str:
    """The same in one spelling."""
    if day == WHOLE_DAY:
        return "24"
    return ", ".join(f"{a // 60:02d}:{a % 60:02d}–{b // 60:02d}:{b % 60:02d}" for a, b in day)
