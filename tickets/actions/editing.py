from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common import history
from customers.shield import as_stored
from tickets import events
from tickets.actions.common import Actor, locked, required, save
from tickets.actions.lifecycle import tell_lookup
from tickets.models import Ticket


@transaction.atomic
def edit(*, ticket: Ticket, by: Actor, **changes: Any) -> Ticket:
    """Change what the ticket is about or whose it is; only what differs is written down. Raises EmptyText,
    HiddenNumbers.

    With another subscriber comes his address, and each caller's lookup names the right ticket again.
    """
    assert changes.keys() <= {"subject", "priority", "topic", "due_at", "subscriber", "building"}
    ticket = locked(ticket)
    if "subject" in changes:
        subject = as_stored(changes["subject"], ticket.subject, by=by)
        changes["subject"] = required(subject, "subject", _("Say in a few words what the ticket is about."))
    subscriber = changes.get("subscriber")
    if subscriber is not None and subscriber != ticket.subscriber and "building" not in changes:
        changes["building"] = subscriber.premise.building if subscriber.premise else None
    differs = {name: value for name, value in changes.items() if getattr(ticket, name) != value}
    if not differs:
        return ticket
    said = {name: [str(getattr(ticket, name)), str(value)] for name, value in differs.items()}
    old_subscriber = ticket.subscriber_id
    for name, value in differs.items():
        setattr(ticket, name, value)
    save(ticket, *differs)
    if "subscriber" in differs:
        tell_lookup(old_subscriber)
        tell_lookup(ticket.subscriber_id)
    history.record(ticket, events.ticket_edited, by=by, **said)
    return ticket
