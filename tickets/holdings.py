"""What `tickets` holds about a subscriber: his tickets and everything that was written on them."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import changes
from customers.models import Subscriber
from customers.personal_data import ERASED, Holding, Row, masked_by, register, words_in
from messaging.holdings import destroy, packed
from messaging.models import Attachment
from tickets.models import (
    ChecklistItem,
    CommonAnswer,
    Draft,
    Link,
    Ticket,
    TicketEvent,
    TicketFile,
    TicketQuerySet,
    TimeEntry,
)

_HISTORY = "tickets_ticketevent e JOIN tickets_ticket t ON t.id = e.thing_id WHERE t.subscriber_id = %(subscriber)s"

# The search keeps every word that was ever said; of an erased person's tickets only the number is found.
_FORGET_WORDS = """
UPDATE tickets_tickettext w SET words = to_tsvector('russian', t.number)
FROM tickets_ticket t WHERE t.id = w.ticket_id AND t.subscriber_id = %s
"""


def _tickets(subscriber: Subscriber) -> TicketQuerySet:
    return Ticket.objects.filter(subscriber=subscriber)


def _export(subscriber: Subscriber) -> Iterable[Row]:
    found = _tickets(subscriber).select_related("topic", "resolution_code", "building__street")
    for ticket in found.order_by("opened_at", "pk"):
        yield {
            "number": ticket.number,
            "opened_at": ticket.opened_at,
            "desk": ticket.get_desk_display(),
            "channel": ticket.get_channel_display(),
            "topic": ticket.topic.title if ticket.topic else None,
            "subject": ticket.subject,
            "address": ticket.building.title if ticket.building else None,
            "state": ticket.get_status_display(),
            "resolved_at": ticket.resolved_at,
            "ending": ticket.resolution_code.title if ticket.resolution_code else None,
            "resolution": ticket.resolution,
            "fields": "; ".join(f"{key}: {value}" for key, value in sorted(ticket.fields.items())),
        }


def _export_history(subscriber: Subscriber) -> Iterable[Row]:
    events = TicketEvent.objects.filter(thing__subscriber=subscriber).select_related("thing", "by_user")
    for event in changes.told(events.order_by("at", "pk")):
        said = [
            f"{one.label}: {one.new}" if one.old is None else f"{one.label}: {one.old} → {one.new}"
            for one in (event.changes)
        ]
        yield {
            "number": event.thing.number,  # type: ignore[attr-defined]
            "at": event.at,
            "what": event.label,
            "changed": "; ".join(said),
            "words": event.text,
        }


def _open(subscriber: Subscriber) -> list[str]:
    numbers = _tickets(subscriber).unresolved().order_by("number").values_list("number", flat=True)
    return [_("ticket № %(number)s is open") % {"number": number} for number in numbers]


def _worded(subscriber: Subscriber) -> TicketQuerySet:
    return _tickets(subscriber).exclude(Q(subject=ERASED) & Q(resolution__in=["", ERASED]) & Q(fields={}))


def _attachments(subscriber: Subscriber) -> QuerySet[Attachment]:
    """Of notes and drafts; those of messages are given out and erased with the messages."""
    held = TicketFile.objects.filter(ticket__subscriber=subscriber).values("attachment")
    return Attachment.objects.filter(pk__in=held, message=None).exclude(name=ERASED)


def _said_aside(subscriber: Subscriber) -> list[tuple[QuerySet[Any], str]]:
    """Words that hang on his tickets: (rows that have some, their field)."""
    bound = Q(one__subscriber=subscriber) | Q(other__subscriber=subscriber)
    found: list[tuple[QuerySet[Any], str]] = [
        (ChecklistItem.objects.filter(ticket__subscriber=subscriber), "text"),
        (TimeEntry.objects.filter(ticket__subscriber=subscriber), "note"),
        (Link.objects.filter(bound), "reason"),
        (CommonAnswer.objects.filter(ticket__subscriber=subscriber), "text"),
    ]
    return [(rows.exclude(**{f"{name}__in": ["", ERASED]}), name) for rows, name in found]


def _count(subscriber: Subscriber) -> int:
    aside = sum(rows.count() for rows, _name in _said_aside(subscriber))
    drafts = Draft.objects.filter(ticket__subscriber=subscriber).exclude(text__in=["", ERASED])
    return _worded(subscriber).count() + drafts.count() + aside + _attachments(subscriber).count()


def _erase(subscriber: Subscriber) -> int:
    found = list(_worded(subscriber).values_list("pk", flat=True))
    Ticket.objects.filter(pk__in=found).exclude(resolution="").update(resolution=ERASED)
    done = Ticket.objects.filter(pk__in=found).update(subject=ERASED, fields={})
    done += Draft.objects.filter(ticket__subscriber=subscriber).exclude(text__in=["", ERASED]).update(text=ERASED)
    for rows, name in _said_aside(subscriber):
        done += rows.order_by().update(**{name: ERASED})
    done += destroy(_attachments(subscriber))
    with connection.cursor() as cursor:  # after the texts: their trigger only ever adds words
        cursor.execute(_FORGET_WORDS, [subscriber.pk])
    return done


def register_all() -> None:
    register(
        Holding(
            name="tickets",
            title=gettext_lazy("Tickets"),
            columns={
                "number": gettext_lazy("Number"),
                "opened_at": gettext_lazy("Opened at"),
                "desk": gettext_lazy("Desk"),
                "channel": gettext_lazy("Channel"),
                "topic": gettext_lazy("Topic"),
                "subject": gettext_lazy("Subject"),
                "address": gettext_lazy("Address"),
                "state": gettext_lazy("State"),
                "resolved_at": gettext_lazy("Resolved at"),
                "ending": gettext_lazy("How it ended"),
                "resolution": gettext_lazy("What was done"),
                "fields": gettext_lazy("Fields"),
            },
            export=_export,
            order=200,
            count=_count,
            erase=_erase,
            files=lambda one: packed(_attachments(one)),
            blockers=_open,
            kept=gettext_lazy("that there was work, on which topic, at which desk and for how long: for reports"),
        )
    )
    register(
        Holding(
            name="ticket_history",
            title=gettext_lazy("History of tickets"),
            columns={
                "number": gettext_lazy("Number"),
                "at": gettext_lazy("When"),
                "what": gettext_lazy("What"),
                "changed": gettext_lazy("Changed"),
                "words": gettext_lazy("Words"),
            },
            export=_export_history,
            order=210,
            texts=words_in(_HISTORY),
            erase_texts=masked_by("erase_ticket_history"),
            kept=gettext_lazy("who of ours did what and when, without the words"),
        )
    )
