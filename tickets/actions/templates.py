"""Ticket templates, and a ticket opened by hand."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.models import StoredAnswer
from common.setting import save_setting
from staff.models import User
from tickets import events, words
from tickets.actions import checklists
from tickets.actions.fields import FieldErrors, set_fields
from tickets.actions.opening import open_ticket
from tickets.actions.texts import WrongVariable
from tickets.models import Ticket, TicketTemplate


class TemplateTaken(DomainError):
    code = "template_taken"


@transaction.atomic
def save_template(*, by: User, template: TicketTemplate | None = None, **values: Any) -> TicketTemplate:
    """Write a ticket's template or change one. Raises TemplateTaken, WrongVariable."""
    wrong = {
        name: _("There is no such variable: %(names)s.") % {"names": ", ".join(f"{{{one}}}" for one in unknown)}
        for name in ("subject", "text")
        if (unknown := words.unknown(values.get(name, "")))
    }
    if wrong:
        raise WrongVariable(next(iter(wrong.values())), fields=wrong)
    kept = TicketTemplate.objects.select_for_update().get(pk=template.pk) if template else TicketTemplate()
    taken = TemplateTaken(
        _("Another template has this title."), fields={"title": _("Another template has this title.")}
    )
    save_setting(kept, events.template_saved, taken, by=by, topics=None, **values)
    return kept


def is_opened(*, by: User, key: str) -> bool:
    """Has this form opened its ticket already?"""
    return StoredAnswer.objects.filter(user=by, key=f"new-ticket:{key}").exists()


@transaction.atomic
def open_by_hand(*, by: User, key: str = "", template: TicketTemplate | None = None, **facts: Any) -> Ticket:
    """Open a ticket as a person wrote it, with what its template adds: steps and values of fields.

    `key` names the page's form: sent twice, it opens one ticket. Raises what `open_ticket` raises.
    """
    if key:
        kept, is_new = StoredAnswer.objects.get_or_create(user=by, key=f"new-ticket:{key}", defaults={"digest": ""})
        if not is_new:
            return Ticket.objects.get(number=kept.body)
    ticket = open_ticket(by=by, **facts)
    if template is not None:
        if template.checklist and template.checklist.is_active:
            ticket.checklist.filter(text__in=template.checklist.steps).delete()
            checklists.attach(ticket, template.checklist)
        for field, value in template.fields.items():
            try:
                ticket = set_fields(ticket=ticket, values={field: value}, by=by)
            except FieldErrors:  # the field was changed after the template: it stays for a person to fill
                continue
    if key:
        kept.body = ticket.number
        kept.save(update_fields=["body"])
    return ticket
