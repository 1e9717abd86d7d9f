"""Everything that was said and done on a ticket, as its page shows it: newest first, changes folded together."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from common import changes
from messaging.models import Attachment, Message
from staff.models import User
from tickets import channels, events, mentions, queries, reading
from tickets.models import Draft, Kind, Ticket, TicketEvent, TicketFile, TicketMessage

LIMIT = 50
_SHOWN_AS_MESSAGES = {events.ticket_replied.code, events.subscriber_wrote.code}
# The ticket and everything merged into it, at any depth.
_KIN = """WITH RECURSIVE kin(id) AS (SELECT %s::bigint UNION
SELECT t.id FROM tickets_ticket t JOIN kin ON t.merged_into_id = kin.id) SELECT id FROM kin"""


@dataclass
class Words:
    """A text for the page: pieces of (text, is it a name that is called), what is folded, what is quoted."""

    head: list[tuple[str, bool]]
    more: list[tuple[str, bool]] = field(default_factory=list)
    quoted: str = ""


@dataclass
class Entry:
    """One entry: a message ("in", "out"), a "note", or "changes" (one or more facts in a row, newest first)."""

    kind: str
    anchor: str
    at: datetime
    ticket_id: int
    author: str = ""
    author_id: int | None = None
    channel: str = ""
    trouble: str = ""  # why it was not delivered, and what helps
    words: Words | None = None
    files: list[Attachment] = field(default_factory=list)
    message: Message | None = None
    said: TicketMessage | None = None
    changes: list[TicketEvent] = field(default_factory=list)
    day: date | None = None  # set on the first entry of a day


@dataclass
class Timeline:
    entries: list[Entry]
    has_more: bool
    known: frozenset[str]  # numbers of tickets that the texts name and the viewer may see
    drafts: dict[str, Draft]
    draft_files: dict[str, list[Attachment]]
    newer: list[Entry]


def kin(ticket: Ticket) -> RawSQL:
    """Ids of the ticket and of those merged into it, for `__in`."""
    return RawSQL(_KIN, (ticket.pk,))  # noqa: S611 (a constant; the id is a parameter)


def said_on(ticket: Ticket) -> QuerySet[TicketMessage]:
    """Messages of the ticket and of what was merged into it, newest first."""
    return (
        TicketMessage.objects.filter(ticket__in=kin(ticket))
        .select_related("message__author", "message__conversation")
        .order_by("-at", "-pk")
    )


def timeline(ticket: Ticket, viewer: User, *, whole: bool = False) -> Timeline:
    """Facts, messages, files, the viewer's drafts: four statements, and one for each kind of name in the facts.

    `whole`: without the limit on entries.
    """
    cap = slice(None) if whole else slice(LIMIT + 1)
    facts = list(
        TicketEvent.objects.filter(thing__in=kin(ticket))
        .exclude(kind__in=_SHOWN_AS_MESSAGES)
        .select_related("by_user")
        .order_by("-at", "-pk")[cap]
    )
    changes.told(facts)
    said = list(said_on(ticket)[cap])
    drafts = list(Draft.objects.filter(ticket=ticket, user=viewer))
    files: dict[tuple[str, int], list[Attachment]] = {}
    for one in TicketFile.objects.filter(ticket__in=kin(ticket)).select_related("attachment").order_by("pk"):
        owner = ("said", one.said_id) if one.said_id else ("note", one.note_id) if one.note_id else ("", one.draft_id)
        files.setdefault((owner[0], owner[1] or 0), []).append(one.attachment)
    # Below the oldest entry of a list that was cut, the other list would go on alone and lie.
    edge = max([rows[LIMIT - 1].at for rows in (facts, said) if not whole and len(rows) > LIMIT], default=None)
    entries = [_fact(event, files) for event in facts] + [_message(one, files) for one in said]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    if edge is not None:
        entries = [entry for entry in entries if entry.at >= edge]
    mine = {draft.kind: draft for draft in drafts}
    writing = mine.get(Kind.REPLY)
    newer = [_message(one, files) for one in said if writing and one.pk > writing.seen and one.ticket_id == ticket.pk]
    return Timeline(
        entries=list(_with_days(_folded(entries))),
        has_more=edge is not None,
        known=queries.known_numbers(viewer, [*(one.text for one in facts), *(one.message.text for one in said)]),
        drafts=mine,
        draft_files={draft.kind: files.get(("", draft.pk), []) for draft in drafts},
        newer=newer[::-1],
    )


def _fact(event: TicketEvent, files: dict[tuple[str, int], list[Attachment]]) -> Entry:
    if event.kind != events.ticket_commented.code:
        return Entry("changes", f"event-{event.pk}", event.at, event.thing_id, changes=[event])
    return Entry(
        "note",
        f"note-{event.pk}",
        event.at,
        event.thing_id,
        author=event.actor,
        author_id=event.by_user_id,
        words=words(str(event.data.get("text", "")), event.data.get("mentions", ())),
        files=files.get(("note", event.pk), []),
    )


def _message(said: TicketMessage, files: dict[tuple[str, int], list[Attachment]]) -> Entry:
    message = said.message
    return Entry(
        message.direction,
        f"message-{said.pk}",
        said.at,
        said.ticket_id,
        author=message.author.title if message.author else "",
        author_id=message.author_id,
        channel=channels.title(message.conversation.channel),
        trouble=channels.trouble(message.error) if message.error else "",
        words=words(message.text),
        files=files.get(("said", said.pk), []),
        message=message,
        said=said,
    )


def words(text: str, names: Any = ()) -> Words:
    own, quoted = reading.own_and_quoted(text)
    head, more = reading.fold(own.strip("\n"))
    return Words(_pieces(head, names), _pieces(more, names) if more else [], quoted)


def _pieces(text: str, names: Any) -> list[tuple[str, bool]]:
    pieces, done = [], 0
    for start, end, _name in mentions.spans(text, names):
        pieces += [(text[done:start], False), (text[start:end], True)]
        done = end
    return [(piece, is_name) for piece, is_name in [*pieces, (text[done:], False)] if piece]


def _folded(entries: list[Entry]) -> Iterator[Entry]:
    """Facts in a row, of one day and ticket, become one entry, named after the oldest: it stays when more come."""
    for (kind, *_rest), group in groupby(entries, key=lambda one: (one.kind, _day(one.at), one.ticket_id)):
        run = list(group)
        if kind != "changes":
            yield from run
            continue
        run[-1].changes = [event for entry in run for event in entry.changes]
        run[-1].at = run[0].at
        yield run[-1]


def _with_days(entries: Iterator[Entry]) -> Iterator[Entry]:
    last = None
    for entry in entries:
        day = _day(entry.at)
        if day != last:
            entry.day = last = day
        yield entry


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
