"""What is said on a ticket: answers to the subscriber, notes for colleagues, and what he writes himself."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common import cards, clock, history
from common.errors import DomainError
from common.history import System
from messaging import actions as messaging
from messaging.models import Attachment, Conversation, Message
from staff import actions as staff
from staff.models import Desk, User
from tickets import channels, events, mentions, queries
from tickets.actions import drafts
from tickets.actions.common import Actor, final, landed, locked, required, save, touch
from tickets.actions.lifecycle import resolve, set_status, subscriber_wrote
from tickets.actions.newer import must_have_seen
from tickets.actions.opening import open_ticket
from tickets.models import Kind, Mention, Status, Ticket, TicketEvent, TicketFile, TicketMessage

LONGEST = 10_000
HOLD = timedelta(seconds=10)
_SUBJECT = 80


class CannotReply(DomainError):
    code = "cannot_reply"
    status = 422


class TooLong(DomainError):
    code = "too_long"
    status = 422


class TooLateToTakeBack(DomainError):
    code = "too_late_to_take_back"


def checked(text: str) -> str:
    """The text without blanks around it and without card numbers, which are never stored. Raises TooLong."""
    text = cards.mask(text.strip())
    if len(text) > LONGEST:
        raise TooLong(
            _("The text is longer than %(most)d characters.") % {"most": LONGEST}, fields={"text": _("Too long.")}
        )
    return text


@transaction.atomic
def reply(
    *,
    ticket: Ticket,
    text: str,
    by: User | System,
    attachments: Iterable[Attachment] = (),
    seen: int | None = None,
    status: str | None = None,
    through: str = "",
    code: str = "",
    hold: timedelta = timedelta(0),
) -> TicketMessage:
    """Answer the subscriber through his channel; of a merged ticket, on the one that took it in.

    `seen`: id of the newest TicketMessage the writer saw, 0 for none; something newer raises NewerMessage; None asks
    nothing. `status`: what the ticket becomes with it (`waiting`, `resolved` with its `code`...). `through`: the name
    of one of `channels.ways`. `hold`: how long the message may still be taken back. Raises CannotReply, EmptyText,
    TooLong and what the change of state raises; then nothing was sent.
    """
    files = list(attachments)
    text = checked(text) if files else required(checked(text), "text", _("The reply is empty."))
    way = _way(final(ticket), through)
    # First the conversation, then the ticket, as an incoming message does: nobody waits for each other in a circle.
    talk = messaging.conversation(channel=way.channel, address=way.address, subscriber=ticket.subscriber)
    talk = Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=talk.pk)
    ticket = landed(ticket)
    must_have_seen(ticket, seen)
    message = messaging.send(conversation=talk, text=text, by=by, attachments=files, **_held(hold))
    said = _join(ticket, message, files)
    was = {"awaits": _iso(ticket.awaits_reply_since), "first": _iso(ticket.first_response_at), "status": ticket.status}
    ticket.conversation, ticket.last_message, ticket.last_out_at = talk, said, message.at
    ticket.awaits_reply_since = None
    ticket.first_response_at = ticket.first_response_at or clock.now()
    save(ticket, "conversation", "last_message", "last_out_at", "awaits_reply_since", "first_response_at")
    history.record(ticket, events.ticket_replied, by=by, message=said.pk, channel=way.channel, was=was)
    if isinstance(by, User):
        drafts.forget(ticket=ticket, user=by, kind=Kind.REPLY)
    if status == Status.RESOLVED:
        resolve(ticket=ticket, by=by, text=text, code=code)
    elif status:
        set_status(ticket=ticket, status=status, by=by)
    return said


def _way(ticket: Ticket, through: str) -> channels.Way:
    ways = channels.ways(ticket)
    if not ways:
        raise CannotReply(channels.obstacle(ticket))
    chosen = [way for way in ways if way.name == through] if through else ways
    if not chosen:
        raise CannotReply(_("This way to the subscriber is gone: choose another one."))
    return chosen[0]


def _held(hold: timedelta) -> dict[str, Any]:
    return {"not_before": clock.now() + hold} if hold else {}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _join(ticket: Ticket, message: Message, files: Iterable[Attachment]) -> TicketMessage:
    said = TicketMessage.objects.create(ticket=ticket, message=message, at=message.at)
    for one in files:
        TicketFile.objects.update_or_create(
            attachment=one, defaults={"ticket": ticket, "draft": None, "note": None, "said": said}
        )
    return said


@transaction.atomic
def take_back(*, ticket: Ticket, said: TicketMessage, by: User) -> Ticket:
    """Stop a reply of mine that has not left yet; its words become my draft again. Raises TooLateToTakeBack.

    The state that the ticket got with it stays: it is changed by its own deeds.
    """
    Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=said.message.conversation_id)
    ticket = locked(ticket)
    kept = ticket.messages.select_related("message").filter(pk=said.pk, message__author=by).first()
    if kept is None:
        raise TooLateToTakeBack(_("It is not your reply, or it has been taken back already."))
    drafts.restore(ticket=ticket, user=by, said=kept)
    others = ticket.messages.exclude(pk=kept.pk)
    ticket.last_message = others.last()
    ticket.last_out_at = others.filter(message__direction="out").aggregate(at=Max("at"))["at"]
    was = ticket.history.filter(kind=events.ticket_replied.code, data__message=kept.pk).get().data["was"]
    if was["awaits"]:
        ticket.awaits_reply_since = datetime.fromisoformat(was["awaits"])
    if was["first"] is None:
        ticket.first_response_at = None
    save(ticket, "last_message", "last_out_at", "awaits_reply_since", "first_response_at")
    kept.delete()
    if not messaging.cancel(message=kept.message, by=by):
        raise TooLateToTakeBack(_("The reply has already been sent."))
    history.record(ticket, events.reply_taken_back, by=by, message=said.pk)
    return ticket


@transaction.atomic
def note(*, ticket: Ticket, text: str, by: Actor, attachments: Iterable[Attachment] = ()) -> TicketEvent:
    """Write an internal note, also on a resolved ticket. Colleagues called by `@name` get a notice."""
    files = list(attachments)
    text = checked(text) if files else required(checked(text), "text", _("The note is empty."))
    ticket = locked(ticket)
    touch(ticket)
    people = {one.title: one for one in queries.who_may_see(ticket)} if "@" in text else {}
    called = [people[name] for name in mentions.names(text, people)]
    event = history.record(
        ticket, events.ticket_commented, by=by, text=text, **({"mentions": [u.title for u in called]} if called else {})
    )
    assert isinstance(event, TicketEvent)
    for one in files:
        TicketFile.objects.update_or_create(
            attachment=one, defaults={"ticket": ticket, "draft": None, "said": None, "note": event}
        )
    for user in called:
        Mention.objects.create(note=event, user=user, at=event.at)
        if user != by:
            _tell(user, "mentioned", ticket, anchor=f"note-{event.pk}", by=by)
    if isinstance(by, User):
        drafts.forget(ticket=ticket, user=by, kind=Kind.NOTE)
    return event


def comment(*, ticket: Ticket, text: str, by: Actor) -> TicketEvent:
    """A note without files."""
    return note(ticket=ticket, text=text, by=by)


@transaction.atomic
def receive(*, message: Message) -> TicketMessage:
    """Join an incoming message to its ticket: the open one of its conversation, an old one by the desk's rule, or new.

    Repeated, it changes nothing. A merged ticket passes it on; a closing one waits, and is then reopened.
    """
    talk = Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=message.conversation_id)
    if known := TicketMessage.objects.filter(message=message).first():
        return known
    found = queries.ticket_of(talk)
    if found is None:
        ticket = open_ticket(
            desk=Desk.FIRST_LINE,
            subject=_subject(message.text) or _("Message without words"),
            channel=talk.channel,
            by=System.PUBLIC,
            subscriber=talk.subscriber,
        )
    else:
        ticket = subscriber_wrote(ticket=found)
    ticket = landed(ticket)
    said = _join(ticket, message, Attachment.objects.filter(message=message))
    ticket.conversation, ticket.last_message, ticket.last_in_at = talk, said, message.at
    ticket.awaits_reply_since = ticket.awaits_reply_since or message.at
    save(ticket, "conversation", "last_message", "last_in_at", "awaits_reply_since")
    history.record(ticket, events.subscriber_wrote, by=System.PUBLIC, message=said.pk, channel=talk.channel)
    if ticket.assignee:
        _tell(ticket.assignee, "wrote", ticket, anchor=f"message-{said.pk}")
    return said


def _subject(text: str) -> str:
    line = next((one.strip() for one in text.splitlines() if one.strip()), "")
    return line if len(line) <= _SUBJECT else line[:_SUBJECT].rsplit(" ", 1)[0].rstrip(".,;:") + "…"


_WORDS = {
    "mentioned": gettext_noop("%(who)s mentioned you on ticket № %(number)s"),
    "wrote": gettext_noop("The subscriber wrote on ticket № %(number)s"),
}


def _tell(user: User, what: str, ticket: Ticket, *, anchor: str, by: Actor = System.PUBLIC) -> None:
    """A notice for one person; the words are made when he reads them."""
    who = by.title if isinstance(by, User) else ""
    url = f"{ticket.get_absolute_url()}#{anchor}"
    staff.notify(user=user, text=_WORDS[what], url=url, by=by, number=ticket.number, who=who)
