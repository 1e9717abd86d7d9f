"""Which incident a contact belongs to."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from common import history
from common.history import System
from contacts.models import Contact
from incidents import events
from incidents.actions.lifecycle import Actor, locked, update_seen
from incidents.models import Incident, IncidentContact

if TYPE_CHECKING:
    from incidents.actions.situation import Situation


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


def attach_found(incident: Incident, found: Sequence[Contact]) -> None:
    """Attach the contacts that made the finding; those that belong to an incident already stay there."""
    IncidentContact.objects.bulk_create(
        [IncidentContact(contact=contact, incident=incident) for contact in found], ignore_conflicts=True
    )


def count_reporters(incident: Incident, until: datetime) -> None:
    """Keep the explanation true as the incident grows: different reporters, and the time they took."""
    attached = Contact.objects.filter(pk__in=incident.attached.values("contact"))
    reporters = {subscriber or phone for subscriber, phone in attached.values_list("subscriber", "phone")}
    seconds = max(1, int((until - incident.started_at).total_seconds()))
    expected = incident.expected * seconds / max(1, incident.window_s)
    update_seen(incident, {"reporters": len(reporters), "window_s": seconds, "expected": expected})


def follow_topic(contact: Contact, situation: "Situation") -> None:
    """A contact from inside an active incident joins it; one that turned out to be no fault leaves it."""
    counts = contact.merged_into_id is None and (contact.topic is None or contact.topic.is_fault)
    if not counts:
        link = IncidentContact.objects.filter(contact=contact, by_hand=False).first()
        if link is not None:
            detach(contact=contact, by=System.DETECTOR)
        return
    incident = situation.covering(contact)
    if incident is None:
        return
    _link, is_new = IncidentContact.objects.get_or_create(contact=contact, defaults={"incident": incident})
    if is_new:
        count_reporters(incident, contact.at)
        history.record(incident, events.incident_grew, by=System.DETECTOR, contacts=[contact.pk])
