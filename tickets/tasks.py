from celery import shared_task
from django.db import InterfaceError, OperationalError

from tickets import actions


@shared_task(autoretry_for=(OperationalError, InterfaceError), max_retries=3, retry_backoff=True)
def give_answers() -> None:
    """Give common answers until none is left. Finds nothing when another worker was first."""
    while actions.give_answers():
        pass


@shared_task(autoretry_for=(OperationalError, InterfaceError), max_retries=3, retry_backoff=True)
def run_rules() -> None:
    """Look at what has happened for the rules. Finds nothing when another worker was first."""
    actions.run_rules()
