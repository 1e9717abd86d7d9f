"""What the house knows by itself of a caller, so that nobody is asked for it. Whoever knows more registers here."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from customers.models import ServiceKind, ServiceState
from incidents.models import State
from incidents.queries import active_for
from tickets.models import Ticket

YES_NO = ("yes", "no")


@dataclass(frozen=True)
class Knower:
    """`answer(contact or ticket)`: one of `answers`, or None where the house does not know."""

    title: Promise | str
    answer: Callable[[Contact | Ticket], str | None]
    answers: tuple[str, ...] = YES_NO


def _suspended(of: Contact | Ticket) -> str | None:
    if of.subscriber_id is None:
        return None
    state = ServiceState.objects.filter(pk=of.subscriber_id).values_list("state", flat=True).first()
    return None if state is None else "yes" if state == ServiceState.State.SUSPENDED else "no"


def _incident(of: Contact | Ticket) -> str | None:
    if of.building is None:
        return None
    found = active_for(of.building, getattr(of, "switch_id", None))
    # A suspicion is nothing to tell a caller: his own line is asked about, as without it.
    return "yes" if found is not None and found.state == State.OPEN else "no"


def _has_tv(of: Contact | Ticket) -> str | None:
    if of.subscriber is None:
        return None
    return "yes" if of.subscriber.services.filter(kind=ServiceKind.TV, active=True).exists() else "no"


KNOWN: dict[str, Knower] = {
    "suspended": Knower(_("Payment: suspended or not"), _suspended),
    "incident": Knower(_("An incident at the place"), _incident),
    "has_tv": Knower(_("TV among the services"), _has_tv),
}


def answers() -> dict[str, tuple[str, ...]]:
    """What each fact can answer, for checking a tree."""
    return {code: knower.answers for code, knower in KNOWN.items()}
