"""What a person needs to write on a ticket: how to send, his drafts, what came while he wrote."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from contacts.models import Channel
from messaging.models import Attachment
from tickets import channels
from tickets.models import Kind, Ticket
from tickets.timeline import Entry, Timeline


@dataclass(frozen=True)
class Composer:
    kind: str
    ways: list[channels.Way]
    obstacle: str
    send: str
    reply_text: str
    reply_saved: object
    reply_files: list[Attachment]
    note_text: str
    note_saved: object
    note_files: list[Attachment]
    seen: int
    newest: int
    newer: list[Entry]


def composer(ticket: Ticket, timeline: Timeline) -> Composer:
    """One query: the numbers of the subscriber. A call begins with a note, whatever was written with a reply."""
    ways = channels.ways(ticket)
    reply, note = (timeline.drafts.get(kind) for kind in (Kind.REPLY, Kind.NOTE))
    newest = ticket.last_message_id or 0
    if note and not reply:
        kind = Kind.NOTE
    elif reply:
        kind = Kind.REPLY
    else:
        written = ticket.last_in_at is not None or ticket.channel not in {Channel.PHONE, Channel.WALK_IN}
        kind = Kind.REPLY if ways and written else Kind.NOTE
    return Composer(
        kind=kind,
        ways=ways,
        obstacle="" if ways else channels.obstacle(ticket),
        send=ways[0].send if len({way.channel for way in ways}) == 1 else _("Send to the subscriber"),
        reply_text=reply.text if reply else "",
        reply_saved=reply and reply.saved_at,
        reply_files=timeline.draft_files.get(Kind.REPLY, []),
        note_text=note.text if note else "",
        note_saved=note and note.saved_at,
        note_files=timeline.draft_files.get(Kind.NOTE, []),
        seen=reply.seen if reply else newest,
        newest=newest,
        newer=timeline.newer,
    )
