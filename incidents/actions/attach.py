"""Which incident a contact belongs to."""

from django.db import transaction

from common import history
from contacts.models import Contact
from incidents import events
from incidents.actions.lifecycle import Actor, locked
from incidents.models import Incident, IncidentContact


@transaction.atomic
def attach(*, incident: Incident, contact: Contact, by: Actor) -> None:
    """A person says that the contact is about this incident."""
    incident = locked(incident)
    IncidentContact.objects.update_or_create(contact=contact, defaults={"incident": incident, "by_hand": True})
    history.record(incident, events.incident_grew, by=by, contacts=[contact.pk])


@transaction.atomic
def detach(*, contact: Contact, by: Actor) -> None:
    """It is about something else after all (undo)."""
    link = IncidentContact.objects.filter(contact=contact).select_related("incident").first()
    if link is not None:
        link.delete()
        history.record(link.incident, events.incident_grew, by=by, contacts=[], removed=contact.pk)
