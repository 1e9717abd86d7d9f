"""What every screen about one ticket shares."""

from django.http import QueryDict
from django.shortcuts import get_object_or_404

from staff.access import StaffRequest
from tickets.checklist import with_steps
from tickets.models import Ticket


def ticket_of(request: StaffRequest, number: str, *, steps: bool = False) -> Ticket:
    """The ticket of this number, if the viewer may see it; else there is none. `steps`: with its checklist."""
    tickets = Ticket.objects.visible_to(request.user).with_people().with_phones()
    if steps:
        tickets = tickets.annotate(steps=with_steps())
    return get_object_or_404(tickets.select_related("contact", "conversation"), number=number)


def number_in(data: QueryDict, name: str) -> int:
    """A number that the page sent; what is none counts as 0."""
    raw = data.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else 0
