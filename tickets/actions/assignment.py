"""Whose work a ticket is. Nobody but the database decides who was first."""

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock, history
from common.errors import DomainError
from common.history import System
from staff.models import User
from tickets import events, queries
from tickets.actions.common import Actor, CannotMove, WrongDesk, locked, move, required, save
from tickets.actions.requirements import check
from tickets.models import TICKET_DESKS, Status, Ticket


class AlreadyTaken(DomainError):
    code = "already_taken"


class NotYours(DomainError):
    code = "not_yours"


class WrongPerson(DomainError):
    code = "wrong_person"
    status = 422


def _must_be_unfinished(ticket: Ticket) -> None:
    if ticket.is_resolved:
        raise CannotMove(_("The ticket is resolved; reopen it first."))


@transaction.atomic
def take(*, ticket: Ticket, by: User) -> Ticket:
    """Make the ticket mine. Of two who try at once exactly one succeeds; the other gets AlreadyTaken."""
    changed = (
        Ticket.objects.unresolved()
        .filter(pk=ticket.pk, assignee=None)
        .update(assignee=by, first_response_at=ticket.first_response_at or clock.now())
    )
    ticket = locked(ticket)
    if not changed:
        if ticket.assignee_id == by.pk:
            return ticket
        who = ticket.assignee.title if ticket.assignee else ""
        raise AlreadyTaken(_("%(who)s has already taken this ticket.") % {"who": who} if who else _("It is resolved."))
    save(ticket, *(move(ticket, Status.IN_WORK, within=True) if ticket.status == Status.NEW else []))
    history.record(ticket, events.ticket_taken, by=by, assignee=by.pk, old=None)
    return ticket


@transaction.atomic
def give(*, ticket: Ticket, to: User, by: Actor, reason: str = "") -> Ticket:
    """Make it a colleague's work. Raises WrongPerson for somebody who does not work at the ticket's desk.

    What is a third person's work is not given away over his head, except by `queries.may_reassign`: NotYours.
    """
    ticket = locked(ticket)
    _must_be_unfinished(ticket)
    if not queries.workers(ticket.desk).filter(pk=to.pk).exists():
        raise WrongPerson(
            _("%(who)s does not work at this desk.") % {"who": to.title},
            fields={"assignee": _("Choose a colleague of the desk, or hand the ticket over.")},
        )
    if ticket.assignee_id == to.pk:
        return ticket
    if isinstance(by, User) and ticket.assignee_id not in {None, by.pk} and not queries.may_reassign(by, ticket):
        raise NotYours(_("It is a colleague's work: take it over with a reason first."))
    old, ticket.assignee = ticket.assignee_id, to
    ticket.first_response_at = ticket.first_response_at or clock.now()
    moved = move(ticket, Status.IN_WORK, within=True) if ticket.status == Status.NEW else []
    save(ticket, "assignee", "first_response_at", *moved)
    history.record(ticket, events.ticket_given, by=by, assignee=to.pk, old=old, reason=reason.strip())
    return ticket


@transaction.atomic
def take_over(*, ticket: Ticket, by: User, reason: str) -> Ticket:
    """Make a colleague's ticket mine, and say why: he reads it."""
    reason = required(reason, "reason", _("Say why you take it over: your colleague will read it."))
    ticket = locked(ticket)
    _must_be_unfinished(ticket)
    if ticket.assignee_id is None:
        return take(ticket=ticket, by=by)
    if ticket.assignee_id == by.pk:
        return ticket
    if not queries.workers(ticket.desk).filter(pk=by.pk).exists() and not queries.may_reassign(by, ticket):
        raise WrongPerson(_("This ticket is another desk's work."))
    old, ticket.assignee = ticket.assignee_id, by
    save(ticket, "assignee")
    history.record(ticket, events.ticket_taken_over, by=by, assignee=by.pk, old=old, reason=reason)
    return ticket


@transaction.atomic
def release(*, ticket: Ticket, by: Actor, reason: str = "") -> Ticket:
    """Give the ticket back to the desk's queue. Raises NotYours for a colleague's work."""
    ticket = locked(ticket)
    _must_be_unfinished(ticket)
    if ticket.assignee_id is None:
        return ticket
    if isinstance(by, User) and ticket.assignee_id != by.pk and not queries.may_reassign(by, ticket):
        raise NotYours(_("It is a colleague's work: take it over with a reason first."))
    old, ticket.assignee = ticket.assignee_id, None
    moved = move(ticket, Status.NEW, within=True) if ticket.status == Status.IN_WORK else []
    save(ticket, "assignee", *moved)
    history.record(ticket, events.ticket_released, by=by, assignee=None, old=old, reason=reason.strip())
    return ticket


@transaction.atomic
def hand_over(*, ticket: Ticket, to: str, by: Actor, reason: str = "") -> Ticket:
    """Move the ticket to another desk's queue; nobody owns it there until somebody takes it.

    A desk that had it before gets it back with a reason only. Raises WrongDesk, EmptyText.
    """
    if to not in TICKET_DESKS:
        raise WrongDesk(_("This desk does not take tickets."), fields={"desk": _("Choose another desk.")})
    ticket = locked(ticket)
    _must_be_unfinished(ticket)
    if ticket.desk == to:
        raise WrongDesk(_("The ticket is already there."), fields={"desk": _("Choose another desk.")})
    if isinstance(by, User) and queries.was_at(ticket, to):
        required(reason, "reason", _("Say why it comes back: that desk had it before."))
    check(ticket, "handing_over", by=by)
    old, ticket.desk, ticket.assignee = ticket.desk, to, None
    moved = move(ticket, Status.NEW, within=True) if ticket.status == Status.IN_WORK else []
    save(ticket, "desk", "assignee", *moved)
    history.record(ticket, events.ticket_handed_over, by=by, old=old, new=to, reason=reason)
    return ticket


def return_work_of_absent() -> int:
    """Give back to the desk what people who went away or left had in work; how many tickets came back.

    By each desk's `return_after_min`; who can sign in no more leaves his work at once. Waiting, postponed and visited
    tickets keep their owner: nothing is to be done on them now.
    """
    returned = 0
    for pk in queries.work_of_absent():
        with transaction.atomic():
            ticket = Ticket.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if ticket and pk in queries.work_of_absent(only=pk):
                release(ticket=ticket, by=System.SWEEP, reason=_("The person in charge is away."))
                returned += 1
    return returned
