from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from common import clock, phones
from contacts.models import Contact, Topic
from customers.models import Phone
from incidents.models import Incident, IncidentContact, PlannedWorks, ScopeKind, State
from network.models import Building, Node
from staff.models import User


def open_without(incident_ids: QuerySet) -> QuerySet[Incident]:  # type: ignore[type-arg]
    """Open incidents whose id is not in the given sub-query (dispatch asks for those without a visit)."""
    return Incident.objects.open().exclude(pk__in=incident_ids)


def chain_of(building: Building, switch_id: int | None) -> list[int]:
    """The ids of the nodes that feed a place: its switch if known, its node, the core."""
    return [pk for pk in (switch_id, building.node_id, building.node.parent_id) if pk is not None]


def active_for(building: Building, switch_id: int | None = None) -> Incident | None:
    """The widest active incident that covers the place, open before suspected. One statement if the node is loaded."""
    covering = (
        Incident.objects.active()
        .covering(building_id=building.pk, node_ids=chain_of(building, switch_id))
        .select_related("building__street", "node")
    )
    rank = {ScopeKind.CITY: 0, ScopeKind.NODE: 1, ScopeKind.BUILDING: 2, ScopeKind.SWITCH: 3}
    return min(covering, key=lambda i: (i.state != State.OPEN, rank[ScopeKind(i.scope_kind)], i.pk), default=None)


def topic_of(incident: Incident) -> Topic | None:
    """What its contacts are mostly about; the town's first fault where nobody has said it: no connection. Two queries.

    Who is told that there is no connection has called about it: he is not asked again.
    """
    faults = Topic.objects.active().filter(is_fault=True)
    said = Contact.objects.filter(pk__in=incident.attached.values("contact"), topic__in=faults)
    most = said.order_by().values("topic").annotate(n=Count("id")).order_by("-n", "topic").first()
    return faults.get(pk=most["topic"]) if most else faults.first()


def number_for_word(contact: Contact) -> str:
    """A number that gets SMS: the caller's own, else one of his card; empty where there is none. At most one query."""
    own = phones.normalise(contact.phone)
    if own and phones.gets_sms(own):
        return own
    known = Phone.objects.filter(subscriber=contact.subscriber_id).order_by("pk") if contact.subscriber_id else ()
    return next((one.number for one in known if phones.gets_sms(one.number)), "")


def inside(incident: Incident) -> QuerySet[Incident]:
    """Active incidents strictly inside another's scope: what it explains once it is certain."""
    active = Incident.objects.active().exclude(pk=incident.pk).select_related("building__street", "node")
    if incident.scope_kind == ScopeKind.CITY:
        return active
    if incident.scope_kind == ScopeKind.SWITCH:
        return active.none()
    if incident.scope_kind == ScopeKind.BUILDING:
        fed_by = Building.objects.filter(pk=incident.building_id or 0).values("premises__switch")
        return active.filter(scope_kind=ScopeKind.SWITCH, node__in=fed_by)
    top = incident.node_id
    below = Q(building__node=top) | Q(building__node__parent=top) | Q(node__parent=top) | Q(node__parent__parent=top)
    return active.filter(below)


def where_to_go(incident: Incident) -> Building | None:
    """The building a master is sent to: the scope's own, the switch's, or for a node the one with most reporters."""
    if incident.building:
        return incident.building
    reported = (
        Contact.objects.filter(pk__in=incident.attached.values("contact"), building__isnull=False)
        .values("building")
        .annotate(n=Count("id"))
        .order_by("-n", "building")
        .first()
    )
    if reported is not None:
        return Building.objects.select_related("street").get(pk=reported["building"])
    if incident.scope_kind == ScopeKind.SWITCH:
        return Building.objects.filter(premises__switch=incident.node).first()
    return Building.objects.filter(node=incident.node).first() if incident.node else None


def board(viewer: User, *, ended_since: datetime | None = None) -> QuerySet[Incident]:
    """Active incidents first, then those that ended lately; with what the rows show. One statement."""
    since = ended_since or clock.now() - timedelta(days=1)
    return (
        Incident.objects.visible_to(viewer)
        .filter(Q(state__in=["suspected", "open", "restored"]) | Q(closed_at__gt=since))
        .select_related("building__street", "node", "parent")
        .annotate(contacts_count=Count("attached"))
        .order_by(F("closed_at").desc(nulls_first=True), "-suspected_at", "-pk")
    )


def contacts_of(incident: Incident) -> QuerySet[Contact]:
    return (
        Contact.objects.filter(pk__in=IncidentContact.objects.filter(incident=incident).values("contact"))
        .select_related("topic", "building__street", "subscriber__premise", "handled_by")
        .order_by("-at", "-pk")
    )


def works_now(building: Building, at: datetime | None = None) -> PlannedWorks | None:
    """Planned works going on at a building, or above it."""
    moment = at or clock.now()
    return (
        PlannedWorks.objects.filter(
            cancelled_at=None, starts_at__lte=moment, ends_at__gt=moment - PlannedWorks.TAIL, announced_at__lte=moment
        )
        .filter(Q(buildings=building) | Q(node_id__in=chain_of(building, None)))
        .first()
    )


def switches_of(nodes: Iterable[Node]) -> QuerySet[Node]:
    return Node.objects.filter(parent__in=list(nodes), kind="switch")
