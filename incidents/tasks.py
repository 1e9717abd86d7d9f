from celery import shared_task
from django.db import InterfaceError, OperationalError

from incidents import actions


@shared_task(autoretry_for=(OperationalError, InterfaceError), max_retries=3, retry_backoff=True)
def evaluate() -> None:
    """Look at every contact not yet looked at. Finds nothing when another worker was first."""
    if not actions.evaluate_contacts():
        evaluate.delay()
