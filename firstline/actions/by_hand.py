"""A call that no exchange reported: it is away, or somebody called another telephone."""

from django.db import transaction

from common import clock, phones
from contacts import actions as contacts
from contacts.models import Channel, Contact
from customers.queries import by_phone
from firstline.queries import BY_HAND
from staff.models import User

LONGEST = 40


@transaction.atomic
def note_call(*, phone: str, key: str, by: User) -> Contact:
    """Take in a call that is typed in by hand; `key` makes an impatient hand's second press the same call.

    A number in a strange form is kept as typed. Whose it is decides only when it is one person's.
    """
    key = f"{BY_HAND}{by.pk}:{key}"[:200]
    if known := Contact.objects.filter(key=key).first():
        return known
    number = phones.normalise(phone) or phone.strip()[:LONGEST]
    people = by_phone(number, viewer=by) if number.startswith("+") else []
    only = people[0] if len(people) == 1 else None
    premise = only.premise if only else None
    contact = contacts.receive(
        channel=Channel.PHONE,
        key=key,
        at=clock.now(),
        by=by,
        phone=number,
        subscriber_id=only.pk if only else None,
        building_id=premise.building_id if premise else None,
        switch_id=premise.switch_id if premise else None,
    )
    contacts.assign(contact=contact, user=by)
    return contact
