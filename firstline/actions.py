"""How a contact ends at the first line: the ending and what it leaves behind are one deed."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from contacts import actions as contacts
from contacts.actions import NoSuchOutcome
from contacts.models import Contact, Outcome
from incidents import actions as incidents
from staff.models import Desk, User
from tickets import actions as tickets
from tickets.actions import WrongDesk

if TYPE_CHECKING:
    from incidents.models import Incident
    from tickets.models import Ticket

DESKS = (Desk.SUPPORT, Desk.FINANCE, Desk.DISPATCH)
# The other two come by themselves: a ticket by opening it, an incident by telling about it.
BY_HAND = tuple(outcome for outcome in Outcome if outcome not in (Outcome.TICKET, Outcome.INCIDENT))


@transaction.atomic
def wrap_up(*, contact: Contact, outcome: str, note: str, by: User) -> Contact:
    """End the contact with an outcome that a person chooses. Raises NoSuchOutcome."""
    if outcome not in BY_HAND:
        raise NoSuchOutcome(_("Choose how the contact ended."), fields={"outcome": _("Required.")})
    return contacts.close(contact=contact, outcome=outcome, note=note, by=by)


@transaction.atomic
def pass_on(*, contact: Contact, desk: str, subject: str, note: str, by: User) -> "Ticket":
    """Hand the contact to a desk as a ticket; the same desk twice is one ticket. Raises WrongDesk, EmptyText."""
    if desk not in DESKS:
        raise WrongDesk(_("Choose a desk."))
    ticket = tickets.open_from_contact(contact=contact, desk=desk, subject=subject, text=note, by=by)
    contacts.close(contact=contact, outcome=Outcome.TICKET, note=note, by=by)
    return ticket


@transaction.atomic
def tell_of_incident(*, contact: Contact, incident: "Incident", by: User) -> None:
    """The caller was told about the incident: the contact belongs to it and is over."""
    incidents.attach(incident=incident, contact=contact, by=by)
    contacts.close(contact=contact, outcome=Outcome.INCIDENT, by=by)
