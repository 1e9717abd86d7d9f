"""Which messages and files the tickets show to whom, for `messaging`, which knows nobody above it."""

from django.db.models import Q

from messaging.models import Attachment
from staff.models import User
from tickets.models import Ticket, TicketFile, TicketMessage


def messages(user: User) -> Q:
    """Conditions on Message: those on tickets that this user may see."""
    return Q(pk__in=TicketMessage.objects.filter(ticket__in=Ticket.objects.visible_to(user)).values("message"))


def may_see_file(user: User, attachment: Attachment) -> bool:
    """Is it on a ticket that this user may see? A draft's file is its writer's alone. One statement."""
    mine = Q(draft=None) | Q(draft__user=user)
    return TicketFile.objects.filter(mine, attachment=attachment, ticket__in=Ticket.objects.visible_to(user)).exists()
