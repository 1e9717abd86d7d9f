"""Whoever answers or closes must have seen what was said last."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from common.errors import DomainError
from tickets.models import Ticket, TicketMessage


class NewerMessage(DomainError):
    """Something was said that the person had not seen; `newer` holds it. Nothing was done, nothing is lost."""

    code = "newer_message"

    def __init__(self, newer: Sequence[TicketMessage]) -> None:
        super().__init__(_("Meanwhile a newer message came. Read it, then go on."))
        self.newer = newer


def must_have_seen(ticket: Ticket, seen: int | None) -> None:
    """`seen`: id of the newest TicketMessage he saw, 0 for none; None asks nothing. Needs the ticket locked."""
    if seen is None or ticket.last_message_id is None or ticket.last_message_id <= seen:
        return
    raise NewerMessage(list(ticket.messages.filter(pk__gt=seen).select_related("message__author").order_by("pk")))
