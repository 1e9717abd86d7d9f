"""Which incident a contact belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from common import history
from common.history import System
from contacts.models import Contact
from incidents import events
from incidents.actions.lifecycle import Actor, locked, update_seen
from incidents.models import ApartContact, Incident, IncidentContact
from staff.models import User

if TYPE_CHECKING:
    from incidents.actions.situation import Situation


@transaction.atomic
def attach(*, incident: Incident, contact: Contact, by: Actor, wants_word: bool = False) -> None:
    """A person says that the contact is about this incident. What the detector had attached to it stays the detector's.

    `wants_word`: the caller was promised a message when the service works again.
    """
    incident = locked(incident)
    ApartContact.objects.filter(contact=contact).delete()
    known = IncidentContact.objects.select_for_update().filter(contact=contact).first()
    if known is None or known.incident_id != incident.pk:
        now = {"incident": incident, "by_hand": True, "wants_word": wants_word, "word_at": None}
        IncidentContact.objects.update_or_create(contact=contact, defaults=now)
        history.record(incident, events.incident_grew, by=by, contacts=[contact.pk])
    elif known.word_at is None:
        known.wants_word = wants_word
        known.save(update_fields=["wants_word"])


@transaction.atomic
def detach(*, contact: Contact, by: Actor) -> None:
    """It is about something else after all (undo). Said by a person, it holds against the detector."""
    if isinstance(by, User):
        ApartContact.objects.get_or_create(contact=contact, defaults={"by": by})
    link = IncidentContact.objects.filter(contact=contact).select_related("incident").first()
    if link is not None:
        link.delete()
        history.record(link.incident, events.incident_grew, by=by, contacts=[], removed=contact.pk)


@transaction.atomic
def take_back_word(*, contact: Contact, by: User) -> None:
    """The caller was not told after all: what that deed alone attached is detached, and no message is promised."""
    link = IncidentContact.objects.select_for_update().filter(contact=contact).first()
    if link is not None and link.by_hand:
        detach(contact=contact, by=by)
    elif link is not None and link.wants_word and link.word_at is None:
        link.wants_word = False
        link.save(update_fields=["wants_word"])


def attach_found(incident: Incident, contact_ids: Sequence[int]) -> None:
    """Attach the contacts that made the finding; those that belong to an incident already stay there."""
    apart = _apart(contact_ids)
    IncidentContact.objects.bulk_create(
        [IncidentContact(contact_id=pk, incident=incident) for pk in contact_ids if pk not in apart],
        ignore_conflicts=True,
    )


def _apart(contact_ids: Sequence[int]) -> set[int]:
    return set(ApartContact.objects.filter(contact__in=contact_ids).values_list("contact", flat=True))


@dataclass
class Joining:
    """Contacts from inside active incidents, collected and written together: a storm must not cost a count each."""

    contacts: dict[int, list[Contact]] = field(default_factory=dict)
    incidents: dict[int, Incident] = field(default_factory=dict)

    def add(self, contact: Contact, situation: "Situation") -> None:
        """It joins the incident that it is inside of; one that turned out to be no fault leaves it at once."""
        if contact.merged_into_id is not None or (contact.topic is not None and not contact.topic.is_fault):
            _leave(contact)
            return
        incident = situation.covering(contact)
        if incident is not None:
            self.incidents[incident.pk] = incident
            self.contacts.setdefault(incident.pk, []).append(contact)

    def write(self) -> None:
        for pk, contacts in self.contacts.items():
            _grow(self.incidents[pk], contacts)
        self.contacts.clear()


def _leave(contact: Contact) -> None:
    link = IncidentContact.objects.filter(contact=contact, by_hand=False).first()
    if link is not None:
        detach(contact=contact, by=System.DETECTOR)


def _grow(incident: Incident, contacts: Sequence[Contact]) -> None:
    ids = [contact.pk for contact in contacts]
    held = set(IncidentContact.objects.filter(contact__in=ids).values_list("contact", flat=True)) | _apart(ids)
    new = [pk for pk in ids if pk not in held]
    if not new:
        return
    attach_found(incident, new)
    _count_reporters(incident, contacts[-1].at)
    history.record(incident, events.incident_grew, by=System.DETECTOR, contacts=new)


def _count_reporters(incident: Incident, until: datetime) -> None:
    """Keep the explanation true as the incident grows: different reporters, and the time they took."""
    attached = Contact.objects.filter(pk__in=incident.attached.values("contact"))
    reporters = {subscriber or phone for subscriber, phone in attached.values_list("subscriber", "phone")}
    seconds = max(1, int((until - incident.started_at).total_seconds()))
    expected = incident.expected * seconds / max(1, incident.window_s)
    update_seen(incident, {"reporters": len(reporters), "window_s": seconds, "expected": expected})
