from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from calls import actions as calls
from common import clock, history
from common.errors import DomainError
from common.history import System
from contacts.models import Contact
from staff.models import User
from tickets import events
from tickets.models import MOVES, TICKET_DESKS, Priority, Status, Ticket

if TYPE_CHECKING:
    from contacts.models import Topic
    from customers.models import Subscriber
    from incidents.models import Incident
    from network.models import Building

Actor = User | System
PROMISE = timedelta(hours=24)  # what cannot be solved remotely is visited within a day


class CannotMove(DomainError):
    code = "cannot_move"


class AlreadyTaken(DomainError):
    code = "already_taken"


class WrongDesk(DomainError):
    code = "wrong_desk"
    status = 422


class EmptyText(DomainError):
    code = "empty_text"
    status = 422


def _next_number() -> str:
    """A number people can say: six digits. From a sequence: gaps are allowed, repeats are not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('tickets_number')")
        return f"{cursor.fetchone()[0]:06d}"


def _locked(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)


def _move(ticket: Ticket, to: str) -> list[str]:
    """Change the state if the move is allowed; the fields that changed, for `update_fields`."""
    if to == ticket.status:
        return []
    if to not in MOVES[ticket.status]:
        raise CannotMove(
            _("The ticket is “%(old)s”; it cannot become “%(new)s”.")
            % {"old": ticket.get_status_display(), "new": Status(to).label}
        )
    ticket.status = to
    ticket.resolved_at = clock.now() if to == Status.RESOLVED else None
    return ["status", "resolved_at"]


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
    text: str = "",
) -> Ticket:
    """Open a ticket in a desk's queue, promised within 24 hours."""
    if desk not in TICKET_DESKS:
        raise WrongDesk(_("This desk does not take tickets."), fields={"desk": _("Choose another desk.")})
    subject = subject.strip() or (topic.title if topic else "")
    if not subject:
        raise EmptyText(_("Say in a few words what the ticket is about."), fields={"subject": _("Required.")})
    now = clock.now()
    if subscriber and subscriber.premise_id and building is None:
        building = subscriber.premise.building if subscriber.premise else None
    ticket = Ticket.objects.create(
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
        opened_by=by if isinstance(by, User) else None,
        opened_at=now,
        due_at=now + PROMISE,
    )
    history.record(ticket, events.ticket_opened, by=by, contact=contact.pk if contact else None)
    if text.strip():
        history.record(ticket, events.ticket_commented, by=by, text=text.strip())
    if subscriber:
        calls.note_open_ticket(subscriber_id=subscriber.pk, number=ticket.number)
    return ticket


@transaction.atomic
def open_from_contact(*, contact: Contact, desk: str, by: Actor, subject: str = "", text: str = "") -> Ticket:
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
    )


@transaction.atomic
def take(*, ticket: Ticket, by: User) -> Ticket:
    """Make the ticket mine. Of two who try at once exactly one succeeds; the other gets AlreadyTaken."""
    changed = (
        Ticket.objects.unresolved()
        .filter(pk=ticket.pk, assignee=None)
        .update(assignee=by, first_response_at=ticket.first_response_at or clock.now())
    )
    ticket = _locked(ticket)
    if not changed:
        if ticket.assignee_id == by.pk:
            return ticket
        who = ticket.assignee.title if ticket.assignee else ""
        raise AlreadyTaken(_("%(who)s has already taken this ticket.") % {"who": who} if who else _("It is resolved."))
    fields = _move(ticket, Status.IN_WORK)
    if fields:
        ticket.save(update_fields=fields)
    history.record(ticket, events.ticket_taken, by=by, assignee=by.pk, old=None)
    return ticket


@transaction.atomic
def hand_over(*, ticket: Ticket, to: str, by: Actor, reason: str = "") -> Ticket:
    """Move the ticket to another desk's queue; nobody owns it there until somebody takes it."""
    if to not in TICKET_DESKS:
        raise WrongDesk(_("This desk does not take tickets."), fields={"desk": _("Choose another desk.")})
    ticket = _locked(ticket)
    if ticket.is_resolved:
        raise CannotMove(_("The ticket is resolved; reopen it first."))
    if ticket.desk == to:
        raise WrongDesk(_("The ticket is already there."), fields={"desk": _("Choose another desk.")})
    old, ticket.desk, ticket.assignee = ticket.desk, to, None
    fields = _move(ticket, Status.NEW) if ticket.status == Status.IN_WORK else []
    ticket.save(update_fields=["desk", "assignee", *fields])
    history.record(ticket, events.ticket_handed_over, by=by, old=old, new=to, reason=reason)
    return ticket


@transaction.atomic
def set_status(*, ticket: Ticket, status: str, by: Actor) -> Ticket:
    """Move between the states of unfinished work; resolving and reopening have verbs of their own."""
    ticket = _locked(ticket)
    old = ticket.status
    if status == Status.RESOLVED or status not in Status.values or ticket.is_resolved:
        raise CannotMove(_("Use “resolve” or “reopen”."))
    if fields := _move(ticket, status):
        ticket.save(update_fields=fields)
        history.record(ticket, events.ticket_moved, by=by, old=old, new=status)
    return ticket


@transaction.atomic
def comment(*, ticket: Ticket, text: str, by: Actor) -> history.Event:
    """Write an internal note; it may be added to a resolved ticket too."""
    text = text.strip()
    if not text:
        raise EmptyText(_("The note is empty."), fields={"text": _("Required.")})
    return history.record(_locked(ticket), events.ticket_commented, by=by, text=text)


@transaction.atomic
def edit(*, ticket: Ticket, by: Actor, **changes: Any) -> Ticket:
    """Change subject, priority, topic or due date; only what differs is written down."""
    assert changes.keys() <= {"subject", "priority", "topic", "due_at"}
    ticket = _locked(ticket)
    differs = {name: value for name, value in changes.items() if getattr(ticket, name) != value}
    if not differs:
        return ticket
    said = {name: [str(getattr(ticket, name)), str(value)] for name, value in differs.items()}
    for name, value in differs.items():
        setattr(ticket, name, value)
    ticket.save(update_fields=list(differs))
    history.record(ticket, events.ticket_edited, by=by, **said)
    return ticket


@transaction.atomic
def resolve(*, ticket: Ticket, by: Actor, text: str = "") -> Ticket:
    """Close the work. Refused by whoever still works on it (an open visit)."""
    ticket = _locked(ticket)
    if ticket.is_resolved:
        return ticket
    fields = _move(ticket, Status.RESOLVED)
    ticket.resolution = text.strip()
    ticket.first_response_at = ticket.first_response_at or clock.now()
    ticket.save(update_fields=[*fields, "resolution", "first_response_at"])
    history.record(ticket, events.ticket_resolved, by=by, text=ticket.resolution)
    _forget_open(ticket)
    return ticket


@transaction.atomic
def reopen(*, ticket: Ticket, by: Actor, reason: str) -> Ticket:
    """The work was not done after all: back to the desk's queue."""
    ticket = _locked(ticket)
    if not ticket.is_resolved:
        raise CannotMove(_("The ticket is not resolved."))
    fields = _move(ticket, Status.NEW)
    ticket.assignee = None
    ticket.save(update_fields=[*fields, "assignee"])
    history.record(ticket, events.ticket_reopened, by=by, reason=reason.strip())
    if ticket.subscriber_id:
        calls.note_open_ticket(subscriber_id=ticket.subscriber_id, number=ticket.number)
    return ticket


def _forget_open(ticket: Ticket) -> None:
    """The caller's lookup names the newest ticket that is still open, if any."""
    if ticket.subscriber_id is None:
        return
    other = Ticket.objects.unresolved().filter(subscriber=ticket.subscriber_id).order_by("-opened_at").first()
    calls.note_open_ticket(subscriber_id=ticket.subscriber_id, number=other.number if other else None)
