from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext as _

from common import clock, history, origin
from common.errors import DomainError
from common.history import System
from common.prepared import Prepared
from contacts import events
from contacts.models import WITHOUT_TOPIC, Contact, ContactEvent, Outcome, Topic
from staff.models import User

if TYPE_CHECKING:
    from customers.models import Subscriber
    from network.models import Building

Actor = User | System


class NoSuchOutcome(DomainError):
    code = "no_such_outcome"
    status = 422


class NoTopic(DomainError):
    code = "no_topic"
    status = 422


# A contact and the first row of its history, in one statement: this is the way of every call.
_RECEIVE = Prepared(
    "receive_contact",
    """
WITH contact AS (
    INSERT INTO contacts_contact (channel, key, at, created_at, phone, subscriber_id, building_id, switch_id, topic_id,
        outcome, note)
    VALUES (%(channel)s, %(key)s, %(at)s, %(now)s, %(phone)s, %(subscriber)s, %(building)s, %(switch)s, %(topic)s,
        '', '')
    RETURNING id)
INSERT INTO contacts_contactevent (at, kind, by_system, by_user_id, data, via, address, thing_id)
SELECT %(now)s, %(kind)s, %(by_system)s, %(by_user)s, '{}', %(via)s, %(address)s, id FROM contact
RETURNING id, thing_id
""",
    channel="text",
    key="text",
    at="timestamptz",
    now="timestamptz",
    phone="text",
    subscriber="bigint",
    building="bigint",
    switch="bigint",
    topic="bigint",
    kind="text",
    by_system="text",
    by_user="bigint",
    via="text",
    address="inet",
)


def receive(
    *,
    channel: str,
    key: str,
    at: datetime,
    by: Actor,
    phone: str = "",
    subscriber_id: int | None = None,
    building_id: int | None = None,
    switch_id: int | None = None,
    topic_id: int | None = None,
) -> Contact:
    """Take in a contact. Costs one statement.

    Must run inside the caller's transaction: the contact stands or falls with the message that brought it. The
    caller has made sure that the message is new; a second contact with the same `key` is an IntegrityError.
    """
    now, came, is_system = clock.now(), origin.current(), isinstance(by, System)
    row = {
        "channel": channel,
        "key": key,
        "at": at,
        "now": now,
        "phone": phone,
        "subscriber": subscriber_id,
        "building": building_id,
        "switch": switch_id,
        "topic": topic_id,
        "kind": events.contact_received.code,
        "by_system": by if isinstance(by, System) else None,
        "by_user": None if isinstance(by, System) else by.pk,
        "via": came.via if came else None,
        "address": came.address if came and not is_system else None,
    }
    with connection.cursor() as cursor:
        _RECEIVE.execute(cursor, row)
        event_id, contact_id = cursor.fetchone()
    contact = Contact(
        pk=contact_id,
        channel=channel,
        key=key,
        at=at,
        created_at=now,
        phone=phone,
        subscriber_id=subscriber_id,
        building_id=building_id,
        switch_id=switch_id,
        topic_id=topic_id,
    )
    contact._state.adding = False
    event = ContactEvent(pk=event_id, thing=contact, kind=events.contact_received.code, at=now)
    history.tell(contact, events.contact_received, event, by=by)
    return contact


def _locked(contact: Contact) -> Contact:
    return Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)


@transaction.atomic
def identify(
    *, contact: Contact, by: Actor, subscriber: "Subscriber | None" = None, building: "Building | None" = None
) -> Contact:
    """Say who the contact is from, or, where the person stays unknown, which building it is about."""
    contact = _locked(contact)
    premise = subscriber.premise if subscriber else None
    contact.subscriber = subscriber
    contact.building = premise.building if premise else building
    contact.switch_id = premise.switch_id if premise else None
    contact.evaluated_at = None
    contact.save(update_fields=["subscriber", "building", "switch", "evaluated_at"])
    history.record(
        contact,
        events.contact_identified,
        by=by,
        subscriber=contact.subscriber_id,
        building=contact.building_id,
    )
    return contact


@transaction.atomic
def set_topic(*, contact: Contact, topic: Topic | None, by: Actor) -> Contact:
    """Choose or change the topic; spike detection looks at the contact again."""
    contact = _locked(contact)
    if contact.topic_id == (topic.pk if topic else None):
        return contact
    old = contact.topic.code if contact.topic else None
    contact.topic, contact.evaluated_at = topic, None
    contact.save(update_fields=["topic", "evaluated_at"])
    history.record(contact, events.contact_topic_set, by=by, old=old, new=topic.code if topic else None)
    return contact


def is_others_note(contact: Contact, viewer: User) -> bool:
    """Has anybody else ended this contact, so that the note may be his? A query where there is a note."""
    ended = contact.history.filter(kind=events.contact_closed.code)
    return bool(contact.note) and ended.exclude(by_user=viewer).exists()


@transaction.atomic
def close(*, contact: Contact, outcome: str, by: Actor, note: str | None = None) -> Contact:
    """Wrap the contact up: one of eight outcomes and, if worth it, a note; None leaves the note as it is, "" clears it.

    Closing again corrects the outcome. What a person ends has a topic, else nobody learns what callers ask; a broken
    line and a wrong number need none. What the outsourcer's people write goes under a note of others: they see that
    one masked and do not edit it. Raises NoSuchOutcome, NoTopic.
    """
    if outcome not in Outcome.values:
        raise NoSuchOutcome(_("Choose how the contact ended."), fields={"outcome": _("Required.")})
    contact = _locked(contact)
    if isinstance(by, User) and contact.topic_id is None and outcome not in WITHOUT_TOPIC:
        raise NoTopic(_("Choose what it was about: the topic."), fields={"topic": _("Required.")})
    old, contact.outcome = contact.outcome, outcome
    if note is not None and isinstance(by, User) and by.is_outsourced and is_others_note(contact, by):
        note = f"{contact.note}\n{note}".strip()
    contact.note = contact.note if note is None else note
    contact.closed_at = contact.closed_at or clock.now()
    if isinstance(by, User):
        contact.handled_by = contact.handled_by or by
    contact.save(update_fields=["outcome", "note", "closed_at", "handled_by"])
    corrected = {"instead_of": old} if old and old != outcome else {}
    history.record(contact, events.contact_closed, by=by, outcome=outcome, **corrected)
    return contact


@transaction.atomic
def assign(*, contact: Contact, user: User) -> None:
    """Note who handles the contact (the line says so); not an event of its own: the call's answer is."""
    Contact.objects.filter(pk=contact.pk).update(handled_by=user)


@transaction.atomic
def merge(*, contact: Contact, into: Contact, by: Actor) -> None:
    """Fold a contact that was only a leg of another call into that call's contact; it stops counting."""
    if contact.pk == into.pk:
        return
    contact = _locked(contact)
    contact.merged_into, contact.evaluated_at = into, clock.now()
    contact.save(update_fields=["merged_into", "evaluated_at"])
    history.record(contact, events.contact_merged, by=by, into=into.pk)


def mark_evaluated(*, contact_ids: list[int]) -> None:
    """Spike detection has seen these contacts as they are now. Bookkeeping, so no history row."""
    Contact.objects.filter(pk__in=contact_ids).update(evaluated_at=clock.now())
