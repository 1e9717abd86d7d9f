"""How an ordinary day sounds: contacts per subscriber, by building and by hour of the week, learned from counts.

What is counted is every contact's first call on any topic, announced works and incidents left out. A town that we do
not know yet is taken for a talkative one, twice the 100-200 calls a day of such centres, until it has spoken for a day
or two: what an unlearned detector misses is little beside alarms on which masters leave for nothing. Each building's
own rate is shrunk to the town's as the mean of a gamma posterior worth SHRINK_CONTACTS, for some houses just call more;
each hour of the week is shrunk to DAY_SHAPE in the same way, for a month of silent nights does not mean that nobody
will ever phone at four.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Self

DAY_S = 86_400.0
HOURS_A_WEEK = 168
PRIOR_A_DAY = 360.0
PRIOR_DAYS = 1.0  # what the prior is worth
PRIOR_LOCATED, PRIOR_LOCATED_OF = 92.0, 100.0
SHRINK_CONTACTS = 4.0
SHRINK_HOUR_CONTACTS = 4.0
# Contacts by local hour, relative: morning and evening peaks of a residential provider.
DAY_SHAPE = (
    *(0.25, 0.15, 0.10, 0.08, 0.08, 0.12, 0.25, 0.6, 1.1, 1.6, 1.8, 1.7),
    *(1.5, 1.5, 1.4, 1.4, 1.5, 1.7, 2.0, 2.1, 1.9, 1.5, 0.9, 0.5),
)


def hour_of_week(at: float, tz_offset_s: float) -> int:
    """0 is Monday 00:00-01:00 local time. (1970-01-01 was a Thursday, hence the 3 days.)"""
    return int((at + tz_offset_s + 3 * DAY_S) % (7 * DAY_S) // 3600)


_USUAL_WEEK = tuple(DAY_SHAPE[hour % 24] / sum(DAY_SHAPE) / 7 for hour in range(HOURS_A_WEEK))


@dataclass
class Ordinary:
    """Counts so far: over `days`, `contacts` in all, `located` of them with an address."""

    subscribers: int
    tz_offset_s: float = 0.0
    days: float = 0.0
    contacts: float = 0.0
    located: float = 0.0
    by_building: dict[Hashable, float] = field(default_factory=dict)
    by_hour: list[float] = field(default_factory=lambda: [0.0] * HOURS_A_WEEK)

    def count(self, at: float, building: Hashable | None) -> None:
        """Learn one contact."""
        hour = hour_of_week(at, self.tz_offset_s)
        self.contacts += 1
        self.by_hour[hour] += 1
        if building is not None:
            self.located += 1
            self.by_building[building] = self.by_building.get(building, 0.0) + 1

    @property
    def located_share(self) -> float:
        """The share of contacts whose address is known."""
        return (self.located + PRIOR_LOCATED) / (self.contacts + PRIOR_LOCATED_OF)

    def level(self, at: float) -> float:
        """Contacts with an address, on any topic, per subscriber and hour, in the town as a whole."""
        hour = hour_of_week(at, self.tz_offset_s)
        usual = _USUAL_WEEK[hour]
        seen = (SHRINK_HOUR_CONTACTS + self.by_hour[hour]) / (SHRINK_HOUR_CONTACTS + self.contacts * usual)
        return self._a_day() * 7 * usual * seen

    def rate(self, building: Hashable, subscribers: int, at: float) -> float:
        """The level, as far as this building of so many subscribers has shown that it keeps to it."""
        expected = self._a_day() * subscribers * self.days
        house = (SHRINK_CONTACTS + self.by_building.get(building, 0.0)) / (SHRINK_CONTACTS + expected)
        return self.level(at) * house

    def _a_day(self) -> float:
        evidence = self.contacts + PRIOR_A_DAY * PRIOR_DAYS
        return evidence / ((self.days + PRIOR_DAYS) * max(1, self.subscribers)) * self.located_share

    def as_json(self) -> dict[str, Any]:
        return {
            "days": self.days,
            "contacts": self.contacts,
            "located": self.located,
            "by_building": list(self.by_building.items()),
            "by_hour": self.by_hour,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], *, subscribers: int, tz_offset_s: float) -> Self:
        counts = {**data, "by_building": dict(data["by_building"])}
        return cls(subscribers, tz_offset_s, **counts)
