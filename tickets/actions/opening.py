from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext as _

from calls import actions as calls
from common import clock, history
from contacts.models import Contact
from staff.models import User
from tickets import events
from tickets.actions import checklists, clocks
from tickets.actions.common import Actor, EmptyText, WrongDesk
from tickets.models import TICKET_DESKS, Priority, Ticket, TicketClock

if TYPE_CHECKING:
    from contacts.models import Topic
    from customers.models import Subscriber
    from incidents.models import Incident
    from messaging.models import Conversation
    from network.models import Building

PROMISE = timedelta(hours=24)  # what cannot be solved remotely is visited within a day


def _next_number() -> str:
    """A number people can say: six digits. From a sequence: gaps are allowed, repeats are not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('tickets_number')")
        return f"{cursor.fetchone()[0]:06d}"


@transaction.atomic
def open_ticket(
    *,
    desk: str,
    subject: str,
    channel: str,
    by: Actor,
    topic: "Topic | None" = None,
    contact: Contact | None = None,
    subscriber: "Subscriber | None" = None,
    building: "Building | None" = None,
    incident: "Incident | None" = None,
    priority: int = Priority.P3,
    continues: Ticket | None = None,
    conversation: "Conversation | None" = None,
    text: str = "",
    due_at: datetime | None = None,
    handed_from: str | None = None,
) -> Ticket:
    """Open a ticket in a desk's queue, promised within 24 hours or by `due_at`. Raises WrongDesk, EmptyText.

    `handed_from`: the desk that had the trouble before there was a ticket of it, and hands it over by opening one.
    """
    if desk not in TICKET_DESKS:
        raise WrongDesk(_("This desk does not take tickets."), fields={"desk": _("Choose another desk.")})
    subject = subject.strip() or (topic.title if topic else "")
    if not subject:
        raise EmptyText(_("Say in a few words what the ticket is about."), fields={"subject": _("Required.")})
    now = clock.now()
    if subscriber and subscriber.premise_id and building is None:
        building = subscriber.premise.building if subscriber.premise else None
    ticket = Ticket(
        number=_next_number(),
        desk=desk,
        subject=subject[:200],
        channel=channel,
        topic=topic,
        contact=contact,
        subscriber=subscriber,
        building=building,
        incident=incident,
        priority=priority,
        continues=continues,
        conversation=conversation,
        opened_by=by if isinstance(by, User) else None,
        opened_at=now,
        changed_at=now,
        due_at=now + PROMISE,
    )
    running = clocks.start(ticket)
    ticket.due_at = due_at or ticket.due_at
    ticket.save(force_insert=True)
    TicketClock.objects.bulk_create(running)
    came = {"handed_from": handed_from} if handed_from else {}
    history.record(ticket, events.ticket_opened, by=by, contact=contact.pk if contact else None, **came)
    checklists.attach_for(ticket)
    if text.strip():
        history.record(ticket, events.ticket_commented, by=by, text=text.strip())
    if subscriber:
        calls.note_open_ticket(subscriber_id=subscriber.pk, number=ticket.number)
    return ticket


@transaction.atomic
def open_from_contact(
    *, contact: Contact, desk: str, by: Actor, subject: str = "", text: str = "", handed_from: str | None = None
) -> Ticket:
    """Open a ticket about a contact in one step: who, where and about what come from the contact.

    Asked twice, by an impatient hand or two people, a desk has one open ticket about it.
    """
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    known = Ticket.objects.unresolved().filter(contact=contact, desk=desk).first()
    if known is not None:
        return known
    return open_ticket(
        desk=desk,
        subject=subject,
        channel=contact.channel,
        by=by,
        topic=contact.topic,
        contact=contact,
        subscriber=contact.subscriber,
        building=contact.building,
        text=text,
        handed_from=handed_from,
    )


@transaction.atomic
def open_again(*, ticket: Ticket, by: Actor, reason: str = "") -> Ticket:
    """Open a new ticket that continues a resolved one: the same person, place, topic and desk."""
    return open_ticket(
        desk=ticket.desk,
        subject=ticket.subject,
        channel=ticket.channel,
        by=by,
        topic=ticket.topic,
        subscriber=ticket.subscriber,
        building=ticket.building,
        priority=ticket.priority,
        continues=ticket,
        text=reason,
    )
