from typing import Any

from django.dispatch import receiver

from common.history import System
from contacts.events import contact_closed
from contacts.models import Contact, Outcome
from firstline import actions
from staff.models import User


@receiver(contact_closed)
def settle_call_back(thing: Contact, by: User | System, outcome: str, **_kwargs: Any) -> None:
    """A line that dropped, or another promise to call, leaves the call-back open."""
    if isinstance(by, User) and outcome not in {Outcome.CALL_BACK, Outcome.DROPPED}:
        actions.settle_by(talk=thing, by=by)
