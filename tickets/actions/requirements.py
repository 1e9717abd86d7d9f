"""What must be known and done before a deed on a ticket: one place for resolving, handing over and a visit."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.errors import DomainError
from common.history import System
from tickets.actions.common import Actor
from tickets.models import ChecklistItem, FieldDefinition, Ticket


class MissingFields(DomainError):
    code = "missing_fields"


class UndoneSteps(DomainError):
    code = "undone_steps"


def check_arrival(ticket: Ticket) -> None:
    """Refuse a hand-over from the first line over empty fields that its receiver demands. Raises MissingFields."""
    needed = FieldDefinition.objects.of(desk=ticket.desk, topic_id=ticket.topic_id).filter(on_arrival=True)
    _need(needed, ticket)


def _need(needed: Iterable[FieldDefinition], ticket: Ticket) -> None:
    if missing := [one for one in needed if one.key not in ticket.fields]:
        raise MissingFields(
            _("Fill in first: %(names)s.") % {"names": ", ".join(one.title for one in missing)},
            fields={one.key: _("Required.") for one in missing},
            link=f"{ticket.get_absolute_url()}#in-field-{missing[0].key}",
        )


def check(ticket: Ticket, deed: str, *, by: Actor) -> None:
    """Refuse the deed ("resolving", "handing_over", "visit") over empty fields that it needs, or steps not done.

    A machine's deed follows from something that has happened and is not refused. Raises MissingFields, UndoneSteps.
    """
    if isinstance(by, System):
        return
    needed = FieldDefinition.objects.of(desk=ticket.desk, topic_id=ticket.topic_id).filter(**{f"before_{deed}": True})
    _need(needed, ticket)
    if deed == "resolving":
        left = ChecklistItem.objects.filter(ticket=ticket, is_required=True, done_at=None).count()
        if left:
            raise UndoneSteps(
                ngettext("%(n)d step of the checklist is not done.", "%(n)d steps of the checklist are not done.", left)
                % {"n": left},
                link=f"{ticket.get_absolute_url()}#checklist",
            )
