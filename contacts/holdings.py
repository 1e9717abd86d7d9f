"""What `contacts` holds about a subscriber: when he reached us, about what, from which number."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from customers.models import Phone, Subscriber
from customers.personal_data import ERASED, Holding, Row, register


def own_numbers(subscriber: Subscriber) -> list[str]:
    """Numbers that nobody else has: what came from a shared one may be another person's."""
    numbers = [phone.number for phone in subscriber.phones.all()]
    shared = Phone.objects.filter(number__in=numbers).exclude(subscriber=subscriber).values_list("number", flat=True)
    return sorted({*numbers} - {*shared})


def contacts_of(subscriber: Subscriber) -> QuerySet[Contact]:
    """His, and those of nobody known that came from his own numbers."""
    unnamed = Q(subscriber=None, phone__in=own_numbers(subscriber))
    return Contact.objects.filter(Q(subscriber=subscriber) | unnamed)


def _export(subscriber: Subscriber) -> Iterable[Row]:
    for contact in contacts_of(subscriber).select_related("topic", "building__street").order_by("at", "pk"):
        yield {
            "at": contact.at,
            "channel": contact.get_channel_display(),
            "phone": contact.phone,
            "address": contact.building.title if contact.building else None,
            "topic": contact.topic.title if contact.topic else None,
            "outcome": contact.get_outcome_display(),
            "note": contact.note,
        }


def _named(subscriber: Subscriber) -> QuerySet[Contact]:
    return contacts_of(subscriber).exclude(Q(phone="") & (Q(note="") | Q(note=ERASED)))


def _erase(subscriber: Subscriber) -> int:
    found = list(_named(subscriber).values_list("pk", flat=True))
    Contact.objects.filter(pk__in=found).exclude(note="").update(note=ERASED)
    return Contact.objects.filter(pk__in=found).update(phone="")


def register_all() -> None:
    register(
        Holding(
            name="contacts",
            title=_("Contacts"),
            columns={
                "at": _("When"),
                "channel": _("Channel"),
                "phone": _("Number"),
                "address": _("Address"),
                "topic": _("Topic"),
                "outcome": _("Outcome"),
                "note": _("Note"),
            },
            export=_export,
            order=500,
            count=lambda one: _named(one).count(),
            erase=_erase,
            kept=_("that somebody of the building asked, when, about what, without a name: incidents are found so"),
        )
    )
