"""A cause with many tickets: what belongs to it, and one answer for all of them."""

import logging
from collections.abc import Iterable

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from common import clock, history, live
from common.errors import DomainError
from staff.models import User
from tickets import channels, events, queries
from tickets.actions.common import locked, required, save, touch
from tickets.actions.conversation import checked, reply
from tickets.actions.lifecycle import check_code, resolve
from tickets.actions.merging import alone, both
from tickets.models import CommonAnswer, CommonAnswerLine, Status, Ticket

log = logging.getLogger(__name__)
Outcome = CommonAnswerLine.Outcome

AT_ONCE = 20  # lines of one pass of the sweep, so that nothing else waits long


class CannotAttach(DomainError):
    code = "cannot_attach"
    status = 422


class NothingToAnswer(DomainError):
    code = "nothing_to_answer"


class AnswerUnderWay(DomainError):
    code = "answer_under_way"


@transaction.atomic
def attach(*, ticket: Ticket, to: Ticket, by: User) -> Ticket:
    """Let the ticket belong to `to`, the ticket of its cause. One level: a cause belongs to nothing.

    Raises CannotAttach.
    """
    alone()
    child, cause = both(ticket, to) if ticket.pk != to.pk else (locked(ticket), locked(ticket))
    if child.parent_id == cause.pk:
        return child
    if refusal := _why_not(child, cause):
        raise CannotAttach(refusal, fields={"to": refusal})
    child.parent = cause
    save(child, "parent")
    touch(cause)
    history.record(child, events.ticket_attached, by=by, parent=cause.number)
    history.record(cause, events.child_joined, by=by, other=[None, child.number])
    return child


def _why_not(child: Ticket, cause: Ticket) -> str:
    if child.pk == cause.pk:
        return _("A ticket cannot belong to itself.")
    if child.parent_id is not None:
        return _("№ %(number)s belongs to another ticket: detach it first.") % {"number": child.number}
    if cause.parent_id is not None or child.children.exists():
        return _("One level only: what belongs to a ticket has nothing that belongs to it.")
    if child.merged_into_id is not None or cause.merged_into_id is not None:
        return _("One of them is merged into another ticket.")
    if cause.is_resolved:
        return _("№ %(number)s is resolved: reopen it first.") % {"number": cause.number}
    return ""


@transaction.atomic
def attach_many(*, tickets: Iterable[Ticket], to: Ticket, by: User) -> None:
    """All or none. Raises CannotAttach for the first that cannot."""
    for ticket in tickets:
        attach(ticket=ticket, to=to, by=by)


@transaction.atomic
def detach(*, ticket: Ticket, by: User) -> Ticket:
    """The ticket stands for itself again."""
    alone()
    cause = Ticket.objects.get(pk=ticket.pk).parent
    if cause is None:
        return ticket
    child, cause = both(ticket, cause)
    child.parent = None
    save(child, "parent")
    touch(cause)
    history.record(child, events.ticket_detached, by=by, parent=cause.number)
    history.record(cause, events.child_left, by=by, other=[child.number, None])
    return child


@transaction.atomic
def answer_children(*, ticket: Ticket, text: str, by: User, code: str = "") -> CommonAnswer:
    """Resolve all that belongs to the ticket with one answer, each through its own channel; then the ticket itself.

    The worker does it line by line (`give_answers`). `text` may hold variables of `tickets.words`. Raises EmptyText,
    TooLong, WrongCode, NothingToAnswer, AnswerUnderWay.
    """
    text = required(checked(text), "text", _("The answer is empty."))
    ticket = locked(ticket)
    check_code(code, ticket)
    if CommonAnswer.objects.filter(ticket=ticket, ended_at=None).exists():
        raise AnswerUnderWay(_("An answer is being given to them right now."))
    children = list(ticket.children.unresolved().visible_to(by).order_by("opened_at", "pk"))
    if not children:
        raise NothingToAnswer(_("Nothing that belongs to this ticket is open."))
    answer = CommonAnswer.objects.create(ticket=ticket, text=text, code=code, by=by)
    CommonAnswerLine.objects.bulk_create([CommonAnswerLine(answer=answer, ticket=child) for child in children])
    touch(ticket)
    history.record(ticket, events.children_answered, by=by, text=text, tickets=[None, len(children)])
    return answer


def give_answers(*, most: int = AT_ONCE) -> int:
    """Give common answers to the tickets that still wait for one; how many got it now. Any number of workers."""
    given = 0
    while given < most and _give_one():
        given += 1
    for answer in CommonAnswer.objects.filter(ended_at=None).exclude(lines__done_at=None):
        _end(answer)
    return given


@transaction.atomic
def _give_one() -> bool:
    waiting = (
        CommonAnswerLine.objects.filter(done_at=None).order_by("pk").select_for_update(of=("self",), skip_locked=True)
    )
    line = waiting.select_related("answer__by", "answer__ticket", "ticket").first()
    if line is None:
        return False
    try:
        with transaction.atomic():
            line.outcome = _answer(line.ticket, line.answer)
    except DomainError as error:
        line.outcome, line.refusal = Outcome.REFUSED, str(error.text)[:300]
    except OperationalError:
        raise
    except Exception:
        # One that cannot be answered must not hold up the other five hundred.
        log.exception("common answer: line %s failed", line.pk)
        line.outcome, line.refusal = Outcome.REFUSED, _("An internal fault: answer it by hand.")
    line.done_at = clock.now()
    line.save(update_fields=["done_at", "outcome", "refusal"])
    live.hint(f"ticket:{line.answer.ticket.number}")
    return True


def _answer(ticket: Ticket, answer: CommonAnswer) -> Outcome:
    """What was taken out or resolved meanwhile is left alone."""
    ticket = Ticket.objects.with_people().select_related("contact", "conversation").get(pk=ticket.pk)
    if ticket.is_resolved or ticket.parent_id != answer.ticket_id:
        return Outcome.SKIPPED
    text = queries.filler(ticket, answer.by)(answer.text)
    if channels.ways(ticket):
        reply(ticket=ticket, text=text, by=answer.by, status=Status.RESOLVED, code=answer.code)
        return Outcome.TOLD
    resolve(ticket=ticket, text=text, by=answer.by, code=answer.code)
    return Outcome.UNTOLD


@transaction.atomic
def _end(answer: CommonAnswer) -> None:
    """Every line is done: the cause itself is resolved, unless something of it is still open."""
    answer = CommonAnswer.objects.select_for_update(of=("self",)).select_related("ticket", "by").get(pk=answer.pk)
    if answer.ended_at is not None or answer.lines.filter(done_at=None).exists():
        return
    try:
        with transaction.atomic():
            resolve(ticket=answer.ticket, text=answer.text, by=answer.by, code=answer.code)
    except DomainError as error:
        answer.refusal = str(error.text)[:300]
    answer.ended_at = clock.now()
    answer.save(update_fields=["ended_at", "refusal"])
    live.hint(f"ticket:{answer.ticket.number}")
