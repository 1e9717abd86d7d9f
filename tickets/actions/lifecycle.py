from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from calls import actions as calls
from common import clock, history
from common.errors import DomainError
from common.history import System
from tickets import events
from tickets.actions.common import Actor, CannotMove, landed, locked, move, save
from tickets.actions.newer import must_have_seen
from tickets.actions.opening import open_again
from tickets.actions.requirements import check
from tickets.models import DeskPolicy, ResolutionCode, Status, Ticket


class WrongCode(DomainError):
    code = "wrong_code"
    status = 422


class WrongDate(DomainError):
    code = "wrong_date"
    status = 422


class OpenChildren(DomainError):
    code = "open_children"


class TooLate(DomainError):
    """The desk's rule wants a new ticket that continues the old one: `open_again`."""

    code = "too_late_to_reopen"


@transaction.atomic
def set_status(*, ticket: Ticket, status: str, by: Actor, until: datetime | None = None, reason: str = "") -> Ticket:
    """Move between the states of unfinished work; resolving and reopening have verbs of their own.

    Postponing needs `until`, a moment to come. Raises CannotMove, WrongDate.
    """
    ticket = locked(ticket)
    old = ticket.status
    if status == Status.RESOLVED or status not in Status.values or ticket.is_resolved:
        raise CannotMove(_("Use “resolve” or “reopen”."))
    if status == Status.POSTPONED and (until is None or until <= clock.now()):
        raise WrongDate(_("Say until when: a moment to come."), fields={"until": _("Choose a moment to come.")})
    if status == Status.VISIT:
        check(ticket, "visit", by=by)
    # A machine's move follows from something that has happened: a finished visit, a date that came.
    within = isinstance(by, System)
    if fields := move(ticket, status, wait_until=until if status == Status.POSTPONED else None, within=within):
        save(ticket, *fields)
        said = {"until": ticket.wait_until.isoformat()} if ticket.wait_until else {}
        history.record(ticket, events.ticket_moved, by=by, old=old, new=status, reason=reason.strip(), **said)
    return ticket


def check_code(code: str, ticket: Ticket) -> ResolutionCode | None:
    """The code by its name, if this desk uses it. Raises WrongCode."""
    if not code:
        if DeskPolicy.of(ticket.desk).needs_code:
            raise WrongCode(_("Say how it ended."), fields={"code": _("Choose how it ended.")})
        return None
    found = ResolutionCode.objects.filter(code=code).first()
    if found is None or not found.fits(ticket.desk):
        raise WrongCode(_("This desk does not use this code."), fields={"code": _("Choose how it ended.")})
    return found


@transaction.atomic
def resolve(*, ticket: Ticket, by: Actor, text: str = "", code: str = "", seen: int | None = None) -> Ticket:
    """Close the work, and say how it ended (`code`) and with what words.

    `seen`: the newest message he saw; over a newer one NewerMessage. Refused by whoever still works on it: CannotMove,
    WrongCode, OpenChildren; an open visit refuses through its desk.
    """
    ticket = locked(ticket)
    if ticket.is_resolved:
        return ticket
    must_have_seen(ticket, seen)
    if ticket.children.unresolved().exists():
        raise OpenChildren(_("Tickets that belong to this one are still open: resolve or detach them first."))
    check(ticket, "resolving", by=by)
    old = ticket.status
    ending = check_code(code, ticket)
    fields = move(ticket, Status.RESOLVED)
    ticket.resolution, ticket.resolution_code = text.strip(), ending
    ticket.first_response_at = ticket.first_response_at or clock.now()
    save(ticket, *fields, "resolution", "resolution_code", "first_response_at")
    history.record(ticket, events.ticket_resolved, by=by, text=ticket.resolution, code=code, old=old)
    tell_lookup(ticket.subscriber_id)
    return ticket


@transaction.atomic
def reopen(*, ticket: Ticket, by: Actor, reason: str = "") -> Ticket:
    """The work was not done after all: back to the desk's queue. Raises CannotMove, TooLate by the desk's rule."""
    ticket = locked(ticket)
    if not ticket.is_resolved:
        raise CannotMove(_("The ticket is not resolved."))
    if ticket.merged_into_id is not None:
        raise CannotMove(_("The ticket is merged into another one: undo the merge, or reopen that one."))
    if not may_reopen(ticket):
        raise TooLate(_("By this desk's rule the old ticket stays closed: open a new one linked to it."))
    fields = move(ticket, Status.NEW)
    ticket.assignee, ticket.reopened_at = None, clock.now()
    save(ticket, *fields, "assignee", "reopened_at")
    history.record(ticket, events.ticket_reopened, by=by, reason=reason.strip())
    tell_lookup(ticket.subscriber_id)
    return ticket


def may_reopen(ticket: Ticket) -> bool:
    """Does the desk's rule still allow to reopen this resolved ticket?"""
    policy = DeskPolicy.of(ticket.desk)
    if policy.reopening == DeskPolicy.Reopening.NEW or ticket.resolved_at is None:
        return False
    return clock.now() <= ticket.resolved_at + policy.reopen_for


@transaction.atomic
def subscriber_wrote(*, ticket: Ticket, by: Actor = System.PUBLIC) -> Ticket:
    """The subscriber spoke again: the ticket that takes it, which may be another one.

    A merged ticket passes it on; a resolved one is reopened or continued by the desk's rule; a waiting one is work
    again.
    """
    ticket = landed(ticket)
    if ticket.is_resolved:
        if may_reopen(ticket):
            return reopen(ticket=ticket, by=by, reason=_("The subscriber wrote again."))
        return open_again(ticket=ticket, by=by)
    if ticket.status in {Status.WAITING, Status.POSTPONED}:
        to = Status.IN_WORK if ticket.assignee_id else Status.NEW
        old, fields = ticket.status, move(ticket, to, within=True)
        save(ticket, *fields)
        history.record(ticket, events.ticket_moved, by=by, old=old, new=to, reason=_("The subscriber wrote."))
    return ticket


def wake_postponed() -> int:
    """Make work again of what was postponed until now; how many."""
    woken = 0
    for ticket in Ticket.objects.filter(status=Status.POSTPONED, wait_until__lte=clock.now()).order_by("wait_until"):
        with transaction.atomic():
            ticket = locked(ticket)
            if ticket.status != Status.POSTPONED or ticket.wait_until is None or ticket.wait_until > clock.now():
                continue
            to = Status.IN_WORK if ticket.assignee_id else Status.NEW
            set_status(ticket=ticket, status=to, by=System.SWEEP, reason=_("The day has come."))
            woken += 1
    return woken


def tell_lookup(subscriber_id: int | None) -> None:
    """A caller's lookup names his newest ticket that is still open, if any."""
    if subscriber_id is None:
        return
    newest = Ticket.objects.unresolved().filter(subscriber=subscriber_id).order_by("-opened_at", "-pk").first()
    calls.note_open_ticket(subscriber_id=subscriber_id, number=newest.number if newest else None)
