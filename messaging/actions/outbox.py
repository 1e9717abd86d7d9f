"""How messages leave."""

import logging
from datetime import timedelta

from django.db import transaction

from common import clock, live
from messaging import delivery, events
from messaging.files import path_of
from messaging.gateways import OutgoingFile, OutgoingMessage, Refused, Unreachable, gateway_for
from messaging.models import IN_WORK, Message, State

log = logging.getLogger(__name__)
BUDGET_S = 20.0
LATE = timedelta(seconds=30)
LATE_BUDGET_S = 5.0


def deliver_messages(*, seconds: float = BUDGET_S) -> int:
    """Send what is due, in the order of each conversation, until nothing is left or the time is up; how many."""
    return delivery.work_off(_deliver_one, seconds=seconds)


def catch_up_messages() -> None:
    """For the sweep: wake a worker for what is due; when none has come for long, send it here, a little at a time.

    A slow provider must not hold up the sweep's other work for more than a few seconds.
    """
    due = Message.objects.filter(state__in=IN_WORK, next_try_at__lte=clock.now()).order_by("next_try_at")
    oldest = due.values_list("next_try_at", flat=True).first()
    if oldest is None:
        return
    with transaction.atomic():
        events.work_is_due.send(sender=Message)
    if oldest < clock.now() - LATE:
        deliver_messages(seconds=LATE_BUDGET_S)


def _deliver_one() -> bool:
    row = delivery.claim(Message.objects.in_turn())
    if row is None:
        return False
    try:
        external_id = gateway_for(row.conversation.channel).send(_outgoing(row))
    except Refused as refusal:
        done = delivery.finish(row, state=State.FAILED, next_try_at=None, error=delivery.code_of(refusal))
    except Unreachable as trouble:
        done = delivery.put_off(row, error=delivery.code_of(trouble))
    except Exception as error:
        log.exception("message %s: its gateway broke", row.pk)
        done = delivery.put_off(row, error=delivery.code_of(error))
    else:
        sent = {"state": State.SENT, "next_try_at": None, "sent_at": clock.now(), "error": ""}
        done = delivery.finish(row, external_id=external_id[:200], **sent)
        if not done:  # a receipt overtook us; the provider's id is still news
            Message.objects.filter(pk=row.pk, external_id="").update(external_id=external_id[:200])
    if done:
        with transaction.atomic():
            events.message_changed.send(sender=Message, message=row)
            live.hint(f"conversation:{row.conversation_id}")
    return True


def _outgoing(row: Message) -> OutgoingMessage:
    talk = row.conversation
    files = tuple(OutgoingFile(one.name, one.content_type, path_of(one)) for one in row.attachments.all())
    return OutgoingMessage(
        key=f"message-{row.pk}", channel=talk.channel, address=talk.address, text=row.text, files=files
    )
