"""Tickets as rules see them: snapshots, now and as they were."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common import changes
from contacts.models import Topic
from network.models import Building
from tickets.models import Ticket, TicketEvent, TicketMessage, WorkCalendar
from tickets.rules.conditions import LONGEST_VALUE, Snapshot
from tickets.rules.replay import Row, as_of, quiet_min, reopened
from tickets.sla.calendars import Calendar


@dataclass(frozen=True)
class Moment:
    """A ticket and the history row at which it is looked at; without a row: now."""

    ticket: Ticket
    at: datetime
    event: TicketEvent | None = None


class Facts:
    """Snapshots of many tickets for the price of few queries: what they name is read once and kept.

    `past`: each ticket as it was at its row, by taking later changes back; else as it is now.
    """

    def __init__(self, needed: Iterable[str]) -> None:
        self.needed = frozenset(needed)
        self.topics = dict(Topic.objects.values_list("pk", "code")) if "topic" in self.needed else {}
        self.calendars: dict[str, Calendar] = {}
        if "hours" in self.needed:
            rows = WorkCalendar.objects.prefetch_related("days")
            self.calendars = {one.code: one.pure({day.date: day.pure for day in one.days.all()}) for one in rows}

    def of(self, moments: list[Moment], *, past: bool = False) -> list[Snapshot]:
        """One for each moment, in their order."""
        history = self._history(moments) if past or self.needed & {"quiet", "reopened"} else {}
        states = []
        for one in moments:
            state = changes.snapshot(one.ticket)
            rows = history.get(one.ticket.pk, [])
            states.append(as_of(state, rows, one.event.pk) if past and one.event else state)
        places = self._addresses(states) if "address" in self.needed else {}
        texts = self._texts(moments) if "text" in self.needed else {}
        return [
            self._one(one, state, history.get(one.ticket.pk, []), places, texts)
            for one, state in zip(moments, states, strict=True)
        ]

    def _one(
        self,
        one: Moment,
        state: Mapping[str, Any],
        rows: list[Row],
        places: Mapping[int, str],
        texts: Mapping[int, str],
    ) -> Snapshot:
        data = one.event.data if one.event else {}
        newest = one.event.pk if one.event else max((row.pk for row in rows), default=0) + 1
        percent = data.get("percent")
        return Snapshot(
            {
                "desk": state["desk"],
                "topic": self.topics.get(state["topic"]),
                "state": state["status"],
                "priority": str(state["priority"]),
                "channel": one.ticket.channel,
                "assignee": str(state["assignee"] or "nobody"),
                "known": "yes" if state["subscriber"] else "no",
                "fields": frozenset(_field_values(one.ticket.fields)),
                "hours": frozenset(code for code, one_ in self.calendars.items() if _works(one_, one.at)),
                "promise": data.get("promise"),
                "percent": percent if isinstance(percent, int) else None,
                "subject": state["subject"],
                "text": texts.get(one.event.pk, "") if one.event else "",
                "address": places.get(state["building"] or 0, ""),
                "age": max(int((one.at - one.ticket.opened_at).total_seconds() // 60), 0),
                "quiet": quiet_min(rows, newest, one.at),
                "reopened": reopened(rows, newest),
            }
        )

    @staticmethod
    def _history(moments: list[Moment]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {}
        rows = TicketEvent.objects.filter(thing__in={one.ticket.pk for one in moments})
        for pk, ticket, at, kind, changed in rows.values_list("pk", "thing_id", "at", "kind", "changed"):
            found.setdefault(ticket, []).append(Row(pk, at, kind, changed or {}))
        return found

    @staticmethod
    def _addresses(states: Iterable[Mapping[str, Any]]) -> dict[int, str]:
        ids = {state["building"] for state in states} - {None}
        found = Building.objects.select_related("street").in_bulk(ids)
        return {pk: f"{one.title} {one.street.name} {one.house}" for pk, one in found.items()}

    @staticmethod
    def _texts(moments: list[Moment]) -> dict[int, str]:
        events = [one.event for one in moments if one.event]
        said = {e.data["message"]: e.pk for e in events if isinstance(e.data.get("message"), int)}
        found = {event.pk: event.text for event in events}
        messages = TicketMessage.objects.filter(pk__in=said).values_list("pk", "message__text")
        return found | {said[pk]: text for pk, text in messages}


def _field_values(fields: Mapping[str, str]) -> Iterable[str]:
    """What a condition may name: "router=keenetic" of a choice, "router=*" of anything that is filled in."""
    for key, value in fields.items():
        yield from (f"{key}={value}"[:LONGEST_VALUE], f"{key}=*")


def _works(calendar: Calendar, at: datetime) -> bool:
    return calendar.between(at, at + timedelta(seconds=1)) > timedelta(0)
