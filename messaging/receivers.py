from typing import Any

from django.dispatch import receiver

from common.outbound import nudge
from messaging import tasks
from messaging.events import work_is_due
from messaging.models import Message, WebhookDelivery


@receiver(work_is_due, sender=Message)
def send_messages(**_kwargs: Any) -> None:
    nudge(tasks.deliver_messages)


@receiver(work_is_due, sender=WebhookDelivery)
def tell_webhooks(**_kwargs: Any) -> None:
    nudge(tasks.deliver_webhooks)
