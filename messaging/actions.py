from typing import Any

from django.db import transaction

from common import clock
from customers.models import Phone
from messaging import events
from messaging.models import Attachment, Conversation, Message


def conversation(*, channel: str, address: str, subscriber: Any = None) -> Conversation:
    return Conversation.objects.get_or_create(channel=channel, address=address, defaults={"subscriber": subscriber})[0]


@transaction.atomic
def send(*, conversation: Conversation, text: str, by: Any, attachments: Any = (), not_before: Any = None) -> Message:
    message = Message.objects.create(conversation=conversation, direction="out", text=text, author=by, state="queued", next_try_at=not_before or clock.now())
    for one in attachments:
        one.message = message
        one.save()
    Conversation.objects.filter(pk=conversation.pk).update(last_out_at=message.at)
    return message


@transaction.atomic
def receive(*, channel: str, address: str, text: str, key: str, at: Any = None, attachments: Any = (), by: Any = None) -> Message:
    people = list(Phone.objects.filter(number=address).values_list("subscriber", flat=True)[:2])
    talk = conversation(channel=channel, address=address)
    talk = Conversation.objects.select_for_update().get(pk=talk.pk)
    if talk.subscriber_id is None and len(people) == 1:
        talk.subscriber_id = people[0]
    message, is_new = Message.objects.get_or_create(key=key, defaults=dict(conversation=talk, direction="in", text=text, state="received", at=at or clock.now()))
    talk.last_in_at = message.at
    talk.save()
    if is_new:
        events.message_received.send(sender=Message, message=message)
    return message


def cancel(*, message: Message, by: Any) -> bool:
    Attachment.objects.filter(message=message).update(message=None)
    return bool(Message.objects.filter(pk=message.pk, state="queued", attempts=0).delete()[0])


def retry(*, message: Message, by: Any) -> None:
    Message.objects.filter(pk=message.pk, state="failed").update(state="queued", error="")
