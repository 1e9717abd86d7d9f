"""What `messaging` holds about a subscriber: what was written, to and from which addresses, with which files."""

from collections.abc import Iterable

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Subscriber
from customers.personal_data import ERASED, File, Holding, Row, register
from messaging import files
from messaging.models import Attachment, Conversation, FakeMessage, Message
from messaging.models.due import IN_WORK

_GONE = "erased-"  # the beginning of an address that was somebody's


def _messages(subscriber: Subscriber) -> QuerySet[Message]:
    return Message.objects.filter(conversation__subscriber=subscriber)


def _attachments(subscriber: Subscriber) -> QuerySet[Attachment]:
    return Attachment.objects.filter(message__conversation__subscriber=subscriber).exclude(name=ERASED)


def _export(subscriber: Subscriber) -> Iterable[Row]:
    found = _messages(subscriber).select_related("conversation").prefetch_related("attachments")
    for message in found.order_by("at", "pk"):
        yield {
            "at": message.at,
            "channel": message.conversation.get_channel_display(),
            "address": message.conversation.address,
            "direction": message.get_direction_display(),
            "text": message.text,
            "files": ", ".join(one.name for one in message.attachments.all()),
        }


def destroy(attachments: QuerySet[Attachment]) -> int:
    """Files first: a worker that dies between the two finds the row again, and the file is gone either way."""
    found = list(attachments.exclude(name=ERASED))
    for one in found:
        files.path_of(one).unlink(missing_ok=True)
    return Attachment.objects.filter(pk__in=[one.pk for one in found]).update(name=ERASED, sha256="", size=0)


def packed(attachments: QuerySet[Attachment]) -> Iterable[File]:
    """What of these files is still there, for the archive."""
    for one in attachments.order_by("pk"):
        path = files.path_of(one)
        if path.is_file():
            yield File(one.name, path.read_bytes)


def _named(subscriber: Subscriber) -> QuerySet[Conversation]:
    return Conversation.objects.filter(subscriber=subscriber).exclude(address__startswith=_GONE)


def _worded(subscriber: Subscriber) -> QuerySet[Message]:
    return _messages(subscriber).exclude(Q(text__in=["", ERASED]) & Q(external_id="") & Q(key=None))


def _count(subscriber: Subscriber) -> int:
    return _named(subscriber).count() + _worded(subscriber).count() + _attachments(subscriber).count()


def _files(subscriber: Subscriber) -> Iterable[File]:
    return packed(_attachments(subscriber))


def _erase(subscriber: Subscriber) -> int:
    done = _count(subscriber)
    destroy(_attachments(subscriber))
    for conversation in _named(subscriber):
        FakeMessage.objects.filter(channel=conversation.channel, address=conversation.address).delete()
    messages = _messages(subscriber)
    messages.exclude(text="").update(text=ERASED)
    messages.update(key=None, external_id="")
    _named(subscriber).update(address=Concat(Value(_GONE), F("pk")))
    return done


def _on_the_way(subscriber: Subscriber) -> list[str]:
    return [_("a message to the subscriber is still on its way")] * _messages(subscriber).filter(
        state__in=IN_WORK
    ).exists()


def register_all() -> None:
    register(
        Holding(
            name="messages",
            title=gettext_lazy("Messages"),
            columns={
                "at": gettext_lazy("When"),
                "channel": gettext_lazy("Channel"),
                "address": gettext_lazy("Address"),
                "direction": gettext_lazy("Direction"),
                "text": gettext_lazy("Words"),
                "files": gettext_lazy("Files"),
            },
            export=_export,
            order=300,
            count=_count,
            erase=_erase,
            blockers=_on_the_way,
            files=_files,
            kept=gettext_lazy("that something was written, when, by which channel: no words, files or addresses"),
        )
    )
