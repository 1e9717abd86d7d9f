"""A ticket's steps as its page shows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from tickets.models import ChecklistItem, Ticket


@dataclass(frozen=True)
class Step:
    pk: int
    text: str
    is_required: bool
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True)
class Checklist:
    """All steps in order; `done` of them are ticked off."""

    items: list[Step]

    @property
    def done(self) -> int:
        return sum(one.done_at is not None for one in self.items)

    @property
    def all(self) -> int:
        return len(self.items)


def with_steps() -> ArraySubquery:
    """The steps as a column of a query of tickets: the ticket's page has no statement to spare for them."""
    who = {"first": "done_by__first_name", "last": "done_by__last_name", "login": "done_by__username"}
    rows = ChecklistItem.objects.filter(ticket=OuterRef("pk")).order_by("position", "pk")
    row = JSONObject(pk="pk", text="text", is_required="is_required", done_at=F("done_at"), **who)
    return ArraySubquery(rows.values_list(row))


def checklist(ticket: Ticket) -> Checklist:
    """Of a ticket read `with_steps` for nothing, else one query."""
    rows: list[dict[str, Any]] | None = getattr(ticket, "steps", None)
    if rows is None:
        rows = Ticket.objects.annotate(steps=with_steps()).values_list("steps", flat=True).get(pk=ticket.pk)
    return Checklist([_step(row) for row in rows])


def _step(row: dict[str, Any]) -> Step:
    done_at = parse_datetime(row["done_at"]) if row["done_at"] else None
    who = f"{row['first'] or ''} {row['last'] or ''}".strip() or row["login"] or ""
    return Step(row["pk"], row["text"], row["is_required"], done_at, who)
