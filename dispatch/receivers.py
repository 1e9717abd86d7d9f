from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.history import System
from dispatch import actions
from dispatch.events import visit_cancelled, visit_done, visit_failed, visit_ordered
from dispatch.models import Visit
from incidents.events import incident_closed, incident_opened, incident_restored
from incidents.models import Incident
from staff.models import User
from tickets.events import ticket_merged, ticket_resolved
from tickets.models import Ticket


class VisitUnderWay(DomainError):
    code = "visit_under_way"


@receiver(incident_opened)
def order_immediate_visit(thing: Incident, **_kwargs: Any) -> None:
    """In the incident's own transaction: an open incident without its visit cannot exist."""
    actions.order_immediate(incident=thing, by=System.DETECTOR)


@receiver(incident_restored)
def call_off_on_restored(thing: Incident, by: User | System, **_kwargs: Any) -> None:
    actions.incident_over(incident=thing, why="restored", by=by)


@receiver(incident_closed)
def call_off_on_closed(thing: Incident, by: User | System, resolution: str, **_kwargs: Any) -> None:
    actions.incident_over(incident=thing, why=resolution, by=by)


@receiver([ticket_resolved, ticket_merged])
def refuse_over_open_visit(thing: Ticket, **_kwargs: Any) -> None:
    if Visit.objects.filter(ticket=thing).pending().exists():
        raise VisitUnderWay(_("A visit for this ticket is under way: finish or cancel it first."))


@receiver([visit_ordered, visit_cancelled, visit_done, visit_failed])
def carry_connection_on(thing: Visit, by: User | System, **_kwargs: Any) -> None:
    """The visit of a connection request takes the request along, whoever books it and wherever."""
    actions.follow_visit(visit=thing, by=by)


@receiver(ticket_resolved)
def end_connection_with_its_ticket(thing: Ticket, by: User | System, text: str = "", **_kwargs: Any) -> None:
    actions.end_with_ticket(ticket=thing, text=text, by=by)
