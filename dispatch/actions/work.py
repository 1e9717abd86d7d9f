"""The master's own steps: accept, set out, arrive, finish or fail."""

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock, history
from common.errors import DomainError
from dispatch import events
from dispatch.actions.rules import NotYours, locked, move
from dispatch.models import CAUSES_OF_FAILURE, Cause, Visit, VisitState
from staff.models import Role, User
from tickets import actions as tickets
from tickets.models import Status


class CauseNeeded(DomainError):
    code = "cause_needed"
    status = 422


def _mine(visit: Visit, by: User) -> Visit:
    visit = locked(visit)
    if by.role == Role.MASTER and (visit.master is None or visit.master.user_id != by.pk):
        raise NotYours(_("This visit now belongs to another master."))
    return visit


@transaction.atomic
def accept(*, visit: Visit, by: User) -> Visit:
    """Say yes to a visit. Twice is once."""
    visit = _mine(visit, by)
    if visit.state != VisitState.SCHEDULED:
        move(visit, VisitState.SCHEDULED)
    if visit.accepted_at is None:
        visit.accepted_at = clock.now()
        visit.save(update_fields=["accepted_at"])
        history.record(visit, events.visit_accepted, by=by)
    return visit


@transaction.atomic
def set_out(*, visit: Visit, by: User) -> Visit:
    """On the way; accepts in passing."""
    visit = _mine(visit, by)
    if visit.state == VisitState.EN_ROUTE:
        return visit
    move(visit, VisitState.EN_ROUTE)
    visit.en_route_at = clock.now()
    visit.accepted_at = visit.accepted_at or visit.en_route_at
    visit.save(update_fields=["state", "en_route_at", "accepted_at"])
    history.record(visit, events.visit_en_route, by=by)
    return visit


@transaction.atomic
def arrive(*, visit: Visit, by: User) -> Visit:
    visit = _mine(visit, by)
    if visit.state == VisitState.ON_SITE:
        return visit
    move(visit, VisitState.ON_SITE)
    visit.on_site_at = clock.now()
    visit.save(update_fields=["state", "on_site_at"])
    history.record(visit, events.visit_on_site, by=by)
    return visit


@transaction.atomic
def finish(*, visit: Visit, cause: str, by: User, report: str = "") -> Visit:
    """The work is done, and this was the cause."""
    if cause not in Cause.values or cause in CAUSES_OF_FAILURE:
        raise CauseNeeded(_("Say what the cause was."), fields={"cause": _("Required.")})
    return _end(visit, VisitState.DONE, cause, report, by)


@transaction.atomic
def fail(*, visit: Visit, cause: str, by: User, report: str = "") -> Visit:
    """It could not be done, and this is why; the ticket goes back to its desk."""
    if cause not in CAUSES_OF_FAILURE:
        raise CauseNeeded(_("Say what stood in the way."), fields={"cause": _("Required.")})
    return _end(visit, VisitState.FAILED, cause, report, by)


def _end(visit: Visit, to: VisitState, cause: str, report: str, by: User) -> Visit:
    visit = _mine(visit, by)
    if visit.state == to:
        return visit
    move(visit, to)
    visit.cause, visit.report, visit.ended_at, visit.flag = cause, report.strip(), clock.now(), ""
    visit.save(update_fields=["state", "cause", "report", "ended_at", "flag"])
    fact = events.visit_done if to == VisitState.DONE else events.visit_failed
    history.record(visit, fact, by=by, cause=cause)
    ticket = visit.ticket
    if ticket is not None and not ticket.is_resolved:
        words = [visit.get_state_display(), visit.get_cause_display(), visit.report]
        tickets.comment(ticket=ticket, text=": ".join(filter(None, words)), by=by)
        tickets.set_status(ticket=ticket, status=Status.IN_WORK if ticket.assignee_id else Status.NEW, by=by)
    return visit
