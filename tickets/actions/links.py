"""Bonds that change nothing by themselves: links with a reason, and a ticket split from another."""

from django.db import transaction
from django.utils.translation import gettext as _

from common import history
from common.errors import DomainError
from contacts.models import Topic
from staff.models import User
from tickets import events
from tickets.actions.common import touch
from tickets.actions.merging import alone, both
from tickets.actions.opening import open_ticket
from tickets.models import Link, LinkKind, Ticket


class CannotLink(DomainError):
    code = "cannot_link"
    status = 422


@transaction.atomic
def link(*, ticket: Ticket, to: Ticket, kind: str, by: User, reason: str = "") -> Link:
    """Say that `ticket` is `kind` to `to`. Said twice, it stays said once. Raises CannotLink."""
    if kind not in LinkKind.values:
        raise CannotLink(_("There is no such link."), fields={"kind": _("Choose another one.")})
    if ticket.pk == to.pk:
        raise CannotLink(_("A ticket is not linked to itself."), fields={"to": _("Name another ticket.")})
    ticket, to = both(ticket, to)
    one, other = (to, ticket) if kind == LinkKind.RELATED and to.pk < ticket.pk else (ticket, to)
    made, is_new = Link.objects.get_or_create(
        one=one, other=other, kind=kind, defaults={"by": by, "reason": reason.strip()[:200]}
    )
    if is_new:
        for end, far in ((one, other), (other, one)):
            touch(end)
            # The reason stands where it was given: what is said of one person is not spread over another's history.
            said = {
                "other": [None, far.number],
                "link": [None, kind],
                **({"reason": made.reason} if end == ticket else {}),
            }
            history.record(end, events.ticket_linked, by=by, **said)
    return made


@transaction.atomic
def unlink(*, link: Link, by: User) -> None:
    """Take a link away; the history keeps that it was there. Gone already is as good."""
    one, other = both(link.one, link.other)
    if not Link.objects.filter(pk=link.pk).delete()[0]:
        return
    for end, far in ((one, other), (other, one)):
        touch(end)
        history.record(end, events.ticket_unlinked, by=by, other=[far.number, None], link=[link.kind, None])


@transaction.atomic
def split(
    *,
    ticket: Ticket,
    by: User,
    subject: str,
    desk: str,
    text: str,
    topic: Topic | None = None,
) -> Ticket:
    """Open a ticket of its own for a second matter; who and where come from the first. Answers with the new one.

    It is answered through the same conversation; what the subscriber writes comes to the ticket that answered him
    last. Raises what opening raises.
    """
    alone()
    new = open_ticket(
        desk=desk,
        subject=subject,
        channel=ticket.channel,
        by=by,
        topic=topic,
        contact=ticket.contact,
        subscriber=ticket.subscriber,
        building=ticket.building,
        priority=ticket.priority,
        conversation=ticket.conversation,
        text=text,
    )
    link(ticket=ticket, to=new, kind=LinkKind.SPLIT, by=by)
    return new
