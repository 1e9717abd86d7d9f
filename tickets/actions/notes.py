from django.db import transaction
from django.utils.translation import gettext as _

from common import history
from tickets import events
from tickets.actions.common import Actor, locked, required, touch
from tickets.models import Ticket


@transaction.atomic
def comment(*, ticket: Ticket, text: str, by: Actor) -> history.Event:
    """Write an internal note; it may be added to a resolved ticket too."""
    text = required(text, "text", _("The note is empty."))
    ticket = locked(ticket)
    touch(ticket)
    return history.record(ticket, events.ticket_commented, by=by, text=text)
