from celery import shared_task
from django.db import InterfaceError, OperationalError

from customers import actions


@shared_task(autoretry_for=(OperationalError, InterfaceError), max_retries=3, retry_backoff=True)
def carry_out_erasures() -> None:
    """Erase what is confirmed. Finds nothing when another worker was first."""
    actions.carry_out_erasures()
