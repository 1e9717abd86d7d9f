"""What is said to subscribers and by them."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from common import cards, clock, live, phones
from common.errors import DomainError
from common.history import System
from contacts.models import Channel
from customers.models import Phone
from messaging import events
from messaging.models import Attachment, Conversation, Direction, Message, State
from staff.models import User

if TYPE_CHECKING:
    from customers.models import Subscriber

Actor = User | System
LONGEST = 10_000
CANCELLED = "cancelled"
_ADDRESS = 200


class BadAddress(DomainError):
    code = "bad_address"
    status = 422


class EmptyMessage(DomainError):
    code = "empty_message"
    status = 422


class TooLong(DomainError):
    code = "too_long"
    status = 422


class AlreadyAttached(DomainError):
    code = "already_attached"


class NotFailed(DomainError):
    code = "not_failed"


def _address(channel: str, raw: str) -> str:
    """The address in its one spelling, so that one person has one conversation. Raises BadAddress."""
    address = raw.strip()
    if channel == Channel.PHONE:
        address = phones.normalise(address) or ""
    elif channel == Channel.EMAIL:
        address = address.lower()
        try:
            validate_email(address)
        except ValidationError:
            address = ""
    if channel not in Channel.values or channel == Channel.WALK_IN or not address or len(address) > _ADDRESS:
        raise BadAddress(_("Nothing can be written to this address. Check the channel and the address."))
    if not address.isprintable():
        raise BadAddress(_("Nothing can be written to this address. Check the channel and the address."))
    return address


def conversation(*, channel: str, address: str, subscriber: "Subscriber | None" = None) -> Conversation:
    """The conversation with this address, opened on the first word. Raises BadAddress.

    A conversation that nobody is known of yet gets the subscriber; another one is not overwritten.
    """
    found, is_new = Conversation.objects.get_or_create(
        channel=channel, address=_address(channel, address), defaults={"subscriber": subscriber}
    )
    if not is_new and subscriber and found.subscriber_id is None:
        if Conversation.objects.filter(pk=found.pk, subscriber=None).update(subscriber=subscriber):
            found.subscriber = subscriber
        else:
            found.refresh_from_db()
    return found


def _locked(pk: int) -> Conversation:
    """Messages of one conversation get their ids one after another, so that ids tell the order of writing.

    Its key is left free: a ticket of the conversation that changes twice in one transaction has its pointer checked
    at the commit, under the ticket's lock, while we may wait for that ticket.
    """
    return Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _attach(message: Message, attachments: Iterable[Attachment]) -> None:
    wanted = [one.pk for one in attachments]
    if wanted and Attachment.objects.filter(pk__in=wanted, message=None).update(message=message) != len(set(wanted)):
        raise AlreadyAttached(_("One of these files went with another message already. Attach it anew."))


def _said(message: Message) -> None:
    events.message_changed.send(sender=Message, message=message)
    live.hint(f"conversation:{message.conversation_id}")


@transaction.atomic
def send(
    *,
    conversation: Conversation,
    text: str,
    by: Actor,
    attachments: Iterable[Attachment] = (),
    not_before: datetime | None = None,
) -> Message:
    """Put a message into the outbox; a worker gives it to the channel's gateway after the commit.

    `not_before`: until then it may be cancelled. Raises EmptyMessage, TooLong, AlreadyAttached.
    """
    files, text = list(attachments), cards.mask(text.strip())
    if not text and not files:
        raise EmptyMessage(_("The message is empty."), fields={"text": _("Required.")})
    if len(text) > LONGEST:
        raise TooLong(
            _("The message is longer than %(most)d characters.") % {"most": LONGEST}, fields={"text": _("Too long.")}
        )
    now, talk = clock.now(), _locked(conversation.pk)
    message = Message.objects.create(
        conversation=talk,
        direction=Direction.OUT,
        text=text,
        author=by if isinstance(by, User) else None,
        at=now,
        next_try_at=not_before or now,
    )
    _attach(message, files)
    Conversation.objects.filter(pk=talk.pk).update(last_out_at=now)
    _said(message)
    events.work_is_due.send(sender=Message)
    return message


@transaction.atomic
def receive(
    *,
    channel: str,
    address: str,
    text: str,
    key: str,
    at: datetime | None = None,
    attachments: Iterable[Attachment] = (),
    by: Actor = System.PUBLIC,
) -> Message:
    """Take in what a subscriber wrote. A repeat of the same `key` changes nothing and returns what is stored.

    What can't be stored (NUL bytes, lone surrogates) is left out, so that no message is lost for it. Whose message
    it is, is known only when exactly one subscriber has the number. Raises BadAddress.
    """
    talk = _locked(conversation(channel=channel, address=address).pk)
    known = Message.objects.filter(key=key).first()
    if known is not None:
        return known
    now = clock.now()
    at = min(at or now, now)
    if talk.subscriber_id is None and channel == Channel.PHONE:
        owners = set(Phone.objects.filter(number=talk.address).values_list("subscriber_id", flat=True)[:2])
        talk.subscriber_id = owners.pop() if len(owners) == 1 else None
    message, is_new = Message.objects.get_or_create(
        key=key,
        defaults=dict(conversation=talk, direction=Direction.IN, text=_storable(text), state=State.RECEIVED, at=at),
    )
    if not is_new:  # the same key from another address at the same moment
        return message
    _attach(message, attachments)
    talk.last_in_at = max(talk.last_in_at or at, at)
    talk.save(update_fields=["subscriber", "last_in_at"])
    events.message_received.send(sender=Message, message=message, by=by)
    live.hint(f"conversation:{talk.pk}")
    return message


def _storable(text: str) -> str:
    return cards.mask(text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8"))


@transaction.atomic
def cancel(*, message: Message, by: User) -> bool:
    """Take a message back that no worker has touched yet; False when it is too late."""
    untouched = Message.objects.filter(pk=message.pk, direction=Direction.OUT, state=State.QUEUED, attempts=0)
    if not untouched.update(state=State.FAILED, error=CANCELLED, next_try_at=None):
        return False
    Attachment.objects.filter(message=message).update(message=None)  # they may go with another one
    message.refresh_from_db()
    _said(message)
    events.work_is_due.send(sender=Message)  # the next of the conversation waited for it
    return True


@transaction.atomic
def retry(*, message: Message, by: User) -> Message:
    """Try a message again that could not be delivered. Raises NotFailed, also when a colleague was first."""
    failed = Message.objects.filter(pk=message.pk, state=State.FAILED)
    if not failed.update(state=State.QUEUED, error="", attempts=0, next_try_at=clock.now()):
        raise NotFailed(_("This message is not waiting to be sent again."))
    message.refresh_from_db()
    _said(message)
    events.work_is_due.send(sender=Message)
    return message


# What a receipt may replace: a later word of the provider never goes back to an earlier one.
_BEFORE: dict[str, tuple[str, ...]] = {
    State.SENT: (State.QUEUED, State.SENDING, State.FAILED),
    State.DELIVERED: (State.QUEUED, State.SENDING, State.FAILED, State.SENT),
    State.READ: (State.QUEUED, State.SENDING, State.FAILED, State.SENT, State.DELIVERED),
    State.FAILED: (State.QUEUED, State.SENDING, State.SENT),
}


@transaction.atomic
def mark(*, message: Message, state: str, at: datetime | None = None, error: str = "", external_id: str = "") -> bool:
    """What the provider says of a message, in any order and any number of times; False when it is no news.

    A receipt that overtakes our own note of sending counts as sent. `error`: a code, with `failed`.
    """
    before = Message.objects.filter(pk=message.pk, direction=Direction.OUT, state__in=_BEFORE[state])
    changes: dict[str, object] = {"state": state, "next_try_at": None}
    if external_id:
        changes["external_id"] = external_id[:200]
    if state == State.FAILED:
        changes |= {"error": (error or "failed")[:50], "sent_at": None}
    else:
        changes |= {"error": "", "sent_at": Coalesce("sent_at", at or clock.now())}
    if not before.update(**changes):
        return False
    message.refresh_from_db()
    _said(message)
    return True
