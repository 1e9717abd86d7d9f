from celery import shared_task
from django.db import InterfaceError, OperationalError

from billing import actions


@shared_task(autoretry_for=(OperationalError, InterfaceError), max_retries=3, retry_backoff=True)
def deliver_letters() -> None:
    """Send what is due to subscribers. Finds nothing when another worker was first."""
    actions.deliver_letters()


@shared_task
def finance_sweep_once() -> None:
    from billing.sweep import sweep

    sweep()
