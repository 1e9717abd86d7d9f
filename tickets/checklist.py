"""A ticket's steps as its page shows them."""

from dataclasses import dataclass

from tickets.models import ChecklistItem, Ticket


@dataclass(frozen=True)
class Checklist:
    """All steps in order; `done` of them are ticked off."""

    items: list[ChecklistItem]

    @property
    def done(self) -> int:
        return sum(one.done_at is not None for one in self.items)

    @property
    def all(self) -> int:
        return len(self.items)


def checklist(ticket: Ticket) -> Checklist:
    """One query."""
    return Checklist(list(ChecklistItem.objects.filter(ticket=ticket).select_related("done_by")))
