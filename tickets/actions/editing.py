from typing import Any

from django.db import transaction

from common import history
from tickets import events
from tickets.actions.common import Actor, locked, save
from tickets.models import Ticket


@transaction.atomic
def edit(*, ticket: Ticket, by: Actor, **changes: Any) -> Ticket:
    """Change subject, priority, topic or due date; only what differs is written down."""
    assert changes.keys() <= {"subject", "priority", "topic", "due_at"}
    ticket = locked(ticket)
    differs = {name: value for name, value in changes.items() if getattr(ticket, name) != value}
    if not differs:
        return ticket
    said = {name: [str(getattr(ticket, name)), str(value)] for name, value in differs.items()}
    for name, value in differs.items():
        setattr(ticket, name, value)
    save(ticket, *differs)
    history.record(ticket, events.ticket_edited, by=by, **said)
    return ticket
