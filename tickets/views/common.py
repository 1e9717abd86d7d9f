"""What every screen about one ticket shares."""

from django.http import QueryDict
from django.shortcuts import get_object_or_404

from staff.access import StaffRequest
from tickets.models import Ticket


def ticket_of(request: StaffRequest, number: str) -> Ticket:
    """The ticket of this number, if the viewer may see it; else there is none."""
    tickets = Ticket.objects.visible_to(request.user).with_people().with_phones()
    return get_object_or_404(tickets.select_related("contact", "conversation"), number=number)


def number_in(data: QueryDict, name: str) -> int:
    """A number that the page sent; what is none counts as 0."""
    raw = data.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else 0
