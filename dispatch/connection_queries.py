"""Reads of connection requests: the funnel, the reasons, the demand."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Lower

from dispatch.models import ConnectionRequest, HouseVote, RequestState
from network.spelling import street_title
from staff.models import User


def requests(viewer: User) -> QuerySet[ConnectionRequest]:
    return ConnectionRequest.objects.visible_to(viewer).select_related("building__street", "ticket", "visit")


def of_contact(contact_id: int) -> ConnectionRequest | None:
    rows = ConnectionRequest.objects.filter(contact=contact_id)
    return rows.select_related("building__street", "ticket", "visit").first()


def funnel(rows: QuerySet[ConnectionRequest]) -> dict[str, int]:
    """Request > feasible > visit > active: how many came so far. One statement."""
    active = Q(state=RequestState.CONNECTED)
    return rows.order_by().aggregate(
        asked=Count("pk"),
        feasible=Count("pk", filter=Q(is_feasible=True)),
        visited=Count("pk", filter=Q(visit__isnull=False)),
        active=Count("pk", filter=active),
    )


def reasons(rows: QuerySet[ConnectionRequest]) -> list[tuple[str, int]]:
    """Why it came to nothing, the most frequent first. One statement."""
    ended = rows.filter(state__in=[RequestState.LOST, RequestState.REFUSED]).order_by()
    return list(ended.values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")[:10])


@dataclass(frozen=True, slots=True)
class Demand:
    place: str
    votes: int
    newest: datetime


def demand() -> list[Demand]:
    """Where people ask for us, the most wanted first; at most `HouseVote.SHOWN` houses and as many addresses."""
    rows = HouseVote.objects.order_by()
    name, kind, house = "building__street__name", "building__street__kind", "building__house"
    of_houses = rows.exclude(building=None).values_list(name, kind, house).annotate(n=Count("pk"), newest=Max("at"))
    typed = rows.filter(building=None).values_list(Lower("address"))
    of_typed = typed.annotate(shown=Max("address"), n=Count("pk"), newest=Max("at"))
    found = [
        Demand(f"{street_title(street, how)}, {number}", votes, newest)
        for street, how, number, votes, newest in of_houses.order_by("-n", "-newest")[: HouseVote.SHOWN]
    ]
    found += [
        Demand(shown, votes, newest)
        for _key, shown, votes, newest in of_typed.order_by("-n", "-newest")[: HouseVote.SHOWN]
    ]
    return sorted(found, key=lambda one: (-one.votes, -one.newest.timestamp()))
