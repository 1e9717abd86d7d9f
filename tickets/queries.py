from django.db.models import Q, QuerySet

from staff.models import User
from tickets.models import TICKET_DESKS, Ticket, TicketEvent

VIEWS = ("desk", "mine", "free", "resolved")


def board(viewer: User, *, view: str, desk: str = "", text: str = "") -> QuerySet[Ticket]:
    """A queue of tickets, the most urgent first. `view`: my desk's open ones, mine, nobody's, or resolved ones."""
    tickets = Ticket.objects.visible_to(viewer).with_people()
    if text:
        return _search(tickets, text)
    if view == "resolved":
        return tickets.filter(status="resolved").order_by("-resolved_at", "-pk")
    tickets = tickets.unresolved()
    if view == "mine":
        tickets = tickets.filter(assignee=viewer)
    elif desk in TICKET_DESKS or viewer.desk in TICKET_DESKS:
        tickets = tickets.filter(desk=desk or viewer.desk)
    if view == "free":
        tickets = tickets.filter(assignee=None)
    return tickets.order_by("priority", "due_at", "pk")


def _search(tickets: QuerySet[Ticket], text: str) -> QuerySet[Ticket]:
    """By number, account or words of the subject; full text comes with its own issue."""
    digits = text.lstrip("№# ")
    found = Q(subject__icontains=text)
    if digits.isdecimal():
        found |= Q(number=digits.zfill(6)) | Q(subscriber__account=digits)
    return tickets.filter(found).order_by("-opened_at", "-pk")


def timeline(ticket: Ticket) -> QuerySet[TicketEvent]:
    """Everything that happened, newest first. One statement."""
    return ticket.history.select_related("by_user").order_by("-at", "-pk")
