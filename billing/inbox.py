"""What other desks have handed over to finance: tickets in its queue, contacts about money that nobody closed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import Application, Dispute
from common import clock
from common.errors import DomainError
from contacts.models import Contact
from customers.models import Subscriber
from staff.models import Desk, User
from tickets import events
from tickets.models import Ticket, TicketEvent

LOOK_BACK = timedelta(
    days=7
)  # an older call that nobody wrapped up is a slip of its operator's, not work for an accountant


class NobodyToReturnTo(DomainError):
    code = "nobody_to_return_to"


@dataclass(frozen=True)
class Handed:
    """`number` is a ticket's; a contact has none. `by` is who handed it over, `taken_by` who has it now."""

    number: str
    subject: str
    subscriber: Subscriber | None
    by: str
    since: datetime
    taken_by: User | None = None


def handed(viewer: User) -> list[Handed]:
    """Who waits longest comes first. Three statements."""
    found = [*_from_tickets(tickets(viewer)), *_from_contacts(contacts(viewer))]
    return sorted(found, key=lambda one: one.since)


def tickets(viewer: User) -> QuerySet[Ticket]:
    return Ticket.objects.visible_to(viewer).filter(desk=Desk.FINANCE).unresolved()


def contacts(viewer: User) -> QuerySet[Contact]:
    """Without a ticket, for that stands in the list itself; nor those that have become a question, which waits among
    the questions."""
    since = clock.now() - LOOK_BACK
    seen = Contact.objects.visible_to(viewer).filter(topic__desk=Desk.FINANCE, closed_at=None, merged_into=None)
    asked = Dispute.objects.filter(state__in=Dispute.OPEN).values("contact")
    ticketed = Ticket.objects.filter(contact__isnull=False).values("contact")
    return seen.filter(subscriber__isnull=False, at__gt=since).exclude(pk__in=ticketed).exclude(pk__in=asked)


def came_from(ticket: Ticket) -> str:
    """The desk that handed the ticket over to us. Raises NobodyToReturnTo for one that was opened here."""
    last = _moves([ticket.pk]).get(ticket.pk)
    if last is None:
        raise NobodyToReturnTo(_("It was opened at this desk: nobody handed it over."))
    return str(last.data["old"])


def counts(viewer: User) -> dict[str, int]:
    """What waits, by the page that shows it: for the bar of every page. One statement."""
    pressing = Application.objects.visible_to(viewer).pressing(timezone.localdate(clock.now()))
    waiting = (
        ("applications:register", pressing),
        ("handed:handed", tickets(viewer)),
        ("handed:handed", contacts(viewer)),
    )
    first, *others = [
        rows.order_by().annotate(page=Value(page, output_field=CharField())).values_list("page", flat=True)
        for page, rows in waiting
    ]
    return dict(Counter(first.union(*others, all=True)))


def _from_tickets(rows: QuerySet[Ticket]) -> Iterable[Handed]:
    found = list(rows.select_related("subscriber", "assignee"))
    moves = _moves([one.pk for one in found])
    for one in found:
        move = moves.get(one.pk)
        by = move.actor if move else _("opened here")
        yield Handed(one.number, one.subject, one.subscriber, str(by), move.at if move else one.opened_at, one.assignee)


def _moves(ids: list[int]) -> dict[int, TicketEvent]:
    """The last hand-over to the finance desk of each."""
    rows = TicketEvent.objects.filter(
        thing__in=ids, kind=events.ticket_handed_over.code, data__new=Desk.FINANCE.value
    ).select_related("by_user")
    return {one.thing_id: one for one in rows.order_by("at", "pk")}


def _from_contacts(rows: QuerySet[Contact]) -> Iterable[Handed]:
    for one in rows.select_related("subscriber", "topic", "handled_by"):
        by = one.handled_by.title if one.handled_by else one.get_channel_display()
        yield Handed("", str(one.topic), one.subscriber, by, one.at)
