"""What `calls` holds about a subscriber: his calls, and the raw words of the telephone exchange about them."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from calls.models import Call, Direction, OpenTicketNote
from contacts.holdings import contacts_of, own_numbers
from customers.models import Subscriber
from customers.personal_data import Holding, Row, register

# What a raw event keeps; everything else the exchange may have said is about a person.
_HARMLESS = ("event", "callId", "call_id", "origCallId", "direction", "queue", "cause", "ts")

_MASK_EVENTS = """
UPDATE calls_callevent e
SET payload = (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(e.payload) WHERE key = ANY(%s)),
    -- The digest is made of the words: from it a number could be guessed.
    digest = encode(sha256(convert_to('erased ' || e.id, 'UTF8')), 'hex')
FROM calls_call c
WHERE c.id = ANY(%s) AND e.line_id = c.line_id AND e.root = c.call_id
"""


def _calls(subscriber: Subscriber) -> QuerySet[Call]:
    """Of his contacts, and those with his own numbers that no other subscriber's contact explains."""
    numbers = own_numbers(subscriber)
    with_him = Q(caller__in=numbers) | Q(dialled__in=numbers)
    nobodys = Q(contact=None) | Q(contact__subscriber=None)
    return Call.objects.filter(Q(contact__in=contacts_of(subscriber)) | (with_him & nobodys))


def _export(subscriber: Subscriber) -> Iterable[Row]:
    for call in _calls(subscriber).order_by("first_at", "pk"):
        yield {
            "at": call.first_at,
            "direction": call.get_direction_display(),
            "caller": call.caller,
            "dialled": call.dialled,
            "state": call.state_label,
            "wait_s": call.wait_s,
            "talk_s": call.talk_s,
            "recorded": bool(call.recording_url),
        }


def _named(subscriber: Subscriber) -> QuerySet[Call]:
    blank = Q(recording_url="") & (Q(direction=Direction.IN, caller="") | Q(direction=Direction.OUT, dialled=""))
    return _calls(subscriber).exclude(blank)


def _erase(subscriber: Subscriber) -> int:
    OpenTicketNote.objects.filter(subscriber=subscriber).delete()
    found = list(_named(subscriber).values_list("pk", flat=True))
    if found:
        with connection.cursor() as cursor:
            cursor.execute(_MASK_EVENTS, [[*_HARMLESS], found])
    calls = Call.objects.filter(pk__in=found)
    calls.filter(direction=Direction.OUT).update(dialled="")
    calls.filter(direction=Direction.IN).update(caller="")
    return calls.update(recording_url="")


def register_all() -> None:
    register(
        Holding(
            name="calls",
            title=_("Calls"),
            columns={
                "at": _("When"),
                "direction": _("Direction"),
                "caller": _("Who called"),
                "dialled": _("Whom"),
                "state": _("State"),
                "wait_s": _("Waited, s"),
                "talk_s": _("Talked, s"),
                "recorded": _("Recorded"),
            },
            export=_export,
            order=400,
            count=lambda one: _named(one).count(),
            erase=_erase,
            kept=_("when and how long, without numbers; recordings lie in the exchange and are deleted there"),
        )
    )
