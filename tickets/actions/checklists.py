"""Steps of a ticket, and the templates they come from."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common import cards, clock, history
from common.errors import DomainError
from common.setting import save_setting
from contacts.models import Topic
from staff.models import User
from tickets import events
from tickets.actions.common import Actor, locked, required, touch
from tickets.models import ChecklistItem, ChecklistTemplate, Ticket

LONGEST = 200
MOST = 50


class TooManySteps(DomainError):
    code = "too_many_steps"


class ChecklistTaken(DomainError):
    code = "checklist_taken"


def attach(ticket: Ticket, template: ChecklistTemplate, *, after: int = 0) -> None:
    """Put a template's steps on the ticket."""
    ChecklistItem.objects.bulk_create(
        ChecklistItem(ticket=ticket, text=text[:LONGEST], position=after + at, is_required=template.must_be_done)
        for at, text in enumerate(template.steps[:MOST])
    )


def attach_for(ticket: Ticket) -> None:
    """Put on a new ticket the steps that its desk and topic ask for. One query where there are none."""
    fits = Q(topics=None) | Q(topics=ticket.topic_id) if ticket.topic_id else Q(topics=None)
    found = ChecklistTemplate.objects.filter(fits, desk__in=["", ticket.desk], is_active=True, by_itself=True)
    for template in found.distinct():
        attach(ticket, template)


@transaction.atomic
def put_checklist(*, ticket: Ticket, template: ChecklistTemplate, by: Actor) -> Ticket:
    """Put a template's steps on a ticket that is open already, below those it has. Raises TooManySteps."""
    ticket = locked(ticket)
    places = list(ticket.checklist.values_list("position", flat=True))
    if len(places) + len(template.steps) > MOST:
        raise TooManySteps(_("A checklist has at most %(most)d steps.") % {"most": MOST})
    attach(ticket, template, after=max(places, default=-1) + 1)
    touch(ticket)
    history.record(ticket, events.step_added, by=by, text=template.title)
    return ticket


@transaction.atomic
def add_step_to(*, ticket: Ticket, text: str, by: User) -> ChecklistItem:
    """Add a step at the end. Raises EmptyText, TooManySteps."""
    text = cards.mask(required(text, "text", _("Say what is to be done.")))[:LONGEST]
    ticket = locked(ticket)
    places = list(ticket.checklist.values_list("position", flat=True))
    if len(places) >= MOST:
        raise TooManySteps(_("A checklist has at most %(most)d steps.") % {"most": MOST})
    made = ChecklistItem.objects.create(ticket=ticket, text=text, position=max(places, default=0) + 1, added_by=by)
    touch(ticket)
    history.record(ticket, events.step_added, by=by, text=text)
    return made


@transaction.atomic
def check_step(*, item: ChecklistItem, done: bool, by: User) -> ChecklistItem:
    """Tick a step off, or take the tick away. Of two people who tick at once the first is written down."""
    ticket = locked(item.ticket)
    rows = ChecklistItem.objects.filter(pk=item.pk, done_at__isnull=done)
    changed = rows.update(done_at=clock.now(), done_by=by) if done else rows.update(done_at=None, done_by=None)
    if changed:
        touch(ticket)
        history.record(ticket, events.step_done if done else events.step_undone, by=by, text=item.text)
    return item


@transaction.atomic
def remove_step_of(*, item: ChecklistItem, by: User) -> None:
    """Take a step away; history keeps that it was there."""
    ticket = locked(item.ticket)
    gone, _kinds = ChecklistItem.objects.filter(pk=item.pk).delete()
    if gone:
        touch(ticket)
        history.record(ticket, events.step_removed, by=by, text=item.text)


@transaction.atomic
def save_checklist(
    *, by: User, template: ChecklistTemplate | None = None, topics: Iterable[Topic] | None = None, **values: Any
) -> ChecklistTemplate:
    """Write a checklist's template or change one; tickets that have its steps keep theirs. Raises ChecklistTaken."""
    kept = ChecklistTemplate.objects.select_for_update().get(pk=template.pk) if template else ChecklistTemplate()
    taken = ChecklistTaken(
        _("Another checklist has this title."), fields={"title": _("Another checklist has this title.")}
    )
    save_setting(kept, events.checklist_saved, taken, by=by, topics=topics, **values)
    return kept
