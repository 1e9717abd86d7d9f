from celery import shared_task
from django.db import InterfaceError, OperationalError

from messaging import actions


@shared_task(autoretry_for=(OperationalError, InterfaceError), max_retries=3, retry_backoff=True)
def deliver_messages() -> None:
    """Send what is due. Finds nothing when another worker was first."""
    actions.deliver_messages()


@shared_task(autoretry_for=(OperationalError, InterfaceError), max_retries=3, retry_backoff=True)
def deliver_webhooks() -> None:
    """Tell the webhooks what is due. Finds nothing when another worker was first."""
    actions.deliver_webhooks()
