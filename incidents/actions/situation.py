"""What one evaluation pass needs to know, loaded once: the town, recent reports, active incidents, planned works."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.utils import timezone

from contacts.models import Contact
from incidents.actions.rates import load_rates
from incidents.detection import (
    CITY,
    HORIZON_S,
    Detector,
    Finding,
    Level,
    Place,
    Rates,
    Report,
    Scope,
    Settings,
    evaluate,
)
from incidents.models import DetectorSettings, Incident, IncidentContact, PlannedWorks, State

UNKNOWN_TOPIC = 0.6  # the share of contacts without a topic yet that turn out to be about a fault


@dataclass
class Situation:
    sizes: dict[Scope, int]
    core_of_node: dict[int, int]
    node_of_building: dict[int, int]
    rates: Rates
    settings: Settings
    recent: list[Contact]
    incidents: list[Incident]
    works: list[PlannedWorks]
    looked_until: datetime
    places: dict[int, Place] = field(default_factory=dict)

    @classmethod
    def load(cls, *, since: datetime, until: datetime) -> Self:
        """Everything for contacts between two moments; the recent rows come by one query over the index on `at`."""
        learned = load_rates().data
        sizes: dict[Scope, int] = {}
        core_of_node, node_of_building = {}, {}
        for building, switch, node, core, subscribers in learned["sizes"]:
            core_of_node[node], node_of_building[building] = core, node
            scopes = [Scope("building", building), Scope("node", node), Scope("node", core), CITY]
            for scope in scopes if switch is None else [*scopes, Scope("switch", switch)]:
                sizes[scope] = sizes.get(scope, 0) + subscribers
        horizon = since - timedelta(seconds=HORIZON_S)
        ended = IncidentContact.objects.exclude(incident__state__in=[State.SUSPECTED, State.OPEN])
        recent = (
            Contact.objects.filter(at__gt=horizon, at__lte=until, building__isnull=False, merged_into=None)
            .exclude(topic__is_fault=False)
            .exclude(pk__in=ended.values("contact"))
            .select_related("building", "topic")
            .order_by("at", "pk")
        )
        works = PlannedWorks.objects.filter(
            cancelled_at=None, starts_at__lte=until, ends_at__gt=horizon - PlannedWorks.TAIL
        )
        return cls(
            sizes=sizes,
            core_of_node=core_of_node,
            node_of_building=node_of_building,
            rates=Rates(learned["per_subscriber_s"], learned["week"], _tz_offset_s()),
            settings=_settings(),
            recent=list(recent),
            incidents=list(Incident.objects.active().select_related("building__street", "node")),
            works=list(works.prefetch_related("buildings")),
            looked_until=since,
        )

    # ------------------------------------------------------------------------------------ asking the detector
    def findings(self, *, at: datetime) -> list[Finding]:
        """What the reports since the last asking raise, up to `at`."""
        active = {scope_of(i): Level.OPEN if i.state == State.OPEN else Level.SUSPECTED for i in self.incidents}
        detector = Detector(self.sizes, self.rates, self.settings, active)
        reports = [self._report(c) for c in self.recent if c.at <= at and not self.is_quiet(c)]
        found = evaluate(detector, reports, since=self.looked_until.timestamp())
        self.looked_until = at + timedelta(microseconds=1)
        return found

    def _report(self, contact: Contact) -> Report:
        weight = 1.0 if contact.topic is not None else UNKNOWN_TOPIC
        reporter = contact.subscriber_id or contact.phone or f"contact {contact.pk}"
        return Report(contact.at.timestamp(), reporter, self.place(contact), weight)

    def place(self, contact: Contact) -> Place:
        assert contact.building is not None
        return Place(contact.building_id, contact.building.node_id, contact.switch_id)

    def is_quiet(self, contact: Contact) -> bool:
        """Do planned works go on where the contact comes from?"""
        return any(
            w.announced_at <= contact.at
            and w.starts_at <= contact.at <= w.ends_at + PlannedWorks.TAIL
            and (w.node_id in self.nodes(contact) or contact.building_id in {b.pk for b in w.buildings.all()})
            for w in self.works
        )

    # ------------------------------------------------------------------------------------ places and incidents
    def nodes(self, contact: Contact) -> set[int | None]:
        """The switch, node and core above a contact."""
        node = contact.building.node_id if contact.building else None
        return {contact.switch_id, node, self.core_of_node.get(node or 0)} - {None}

    def covering(self, contact: Contact) -> Incident | None:
        """The active incident that the contact is inside of, the widest first."""
        width = {"city": 0, "node": 1, "building": 2, "switch": 3}
        inside = [i for i in self.incidents if i.is_active and self._contains(i, contact)]
        return min(inside, key=lambda i: (i.state != State.OPEN, width[i.scope_kind], i.pk), default=None)

    def _contains(self, incident: Incident, contact: Contact) -> bool:
        if contact.building_id is None:
            return False
        if incident.scope_kind == "city":
            return True
        return incident.building_id == contact.building_id or incident.node_id in self.nodes(contact)

    def incident_at(self, scope: Scope) -> Incident | None:
        return next((i for i in self.incidents if i.is_active and scope_of(i) == scope), None)

    def inside(self, scope: Scope) -> list[Incident]:
        """Active incidents strictly inside a scope: the wider one explains them."""
        return [i for i in self.incidents if i.is_active and scope_of(i) != scope and self._is_inside(i, scope)]

    def _is_inside(self, incident: Incident, scope: Scope) -> bool:
        if scope == CITY:
            return True
        if scope.kind == "node":
            node = self.node_of_building.get(incident.building_id or 0)
            if incident.node is not None:
                node = incident.node.parent_id if incident.scope_kind == "switch" else incident.node_id
            return scope.id in {node, self.core_of_node.get(node or 0)}
        return scope.kind == "building" and incident.scope_kind == "switch" and self._switch_in(incident, scope)

    def _switch_in(self, incident: Incident, scope: Scope) -> bool:
        return any(c.switch_id == incident.node_id and c.building_id == scope.id for c in self.recent)

    def contacts_of(self, finding: Finding) -> list[Contact]:
        """The reports inside the finding's scope and window."""
        start, end = finding.at - finding.window_s, finding.at
        return [
            c
            for c in self.recent
            if start < c.at.timestamp() <= end and finding.scope in self.place(c).scopes() and not self.is_quiet(c)
        ]

    def add(self, incident: Incident) -> None:
        self.incidents = [i for i in self.incidents if i.is_active]
        self.incidents.append(incident)


def scope_of(incident: Incident) -> Scope:
    return Scope(incident.scope_kind, incident.scope_id)


def scope_fields(scope: Scope) -> dict[str, Any]:
    """The columns of an incident at this scope."""
    place = {"building": "building_id", "switch": "node_id", "node": "node_id"}.get(scope.kind)
    return {"scope_kind": scope.kind, **({place: scope.id} if place else {})}


def seen(finding: Finding) -> dict[str, Any]:
    """The columns that keep what the detector saw."""
    return {
        "score": finding.score,
        "reporters": finding.reporters,
        "subscribers": finding.subscribers,
        "window_s": int(finding.window_s),
        "expected": finding.expected,
    }


def moment(finding: Finding) -> datetime:
    return datetime.fromtimestamp(finding.at, UTC)


def _settings() -> Settings:
    row = DetectorSettings.objects.filter(pk=1).first()
    if row is None:
        return Settings()
    plain = (row.plain_callers, row.plain_minutes * 60.0) if row.plain_rule else None
    return Settings(row.suspect_limit, row.open_limit, plain)


def _tz_offset_s() -> float:
    offset = timezone.localtime().utcoffset()
    return offset.total_seconds() if offset else 0.0
