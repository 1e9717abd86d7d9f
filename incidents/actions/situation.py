"""What one evaluation pass needs to know, loaded once: the town, recent reports, active incidents, planned works."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from contacts.models import Contact
from incidents import queries
from incidents.actions.rates import load_rates, tz_offset_s
from incidents.detection import (
    HORIZON_S,
    Detector,
    Finding,
    Level,
    Ordinary,
    Place,
    Report,
    Scope,
    Settings,
    Town,
)
from incidents.detection.topics import likeness
from incidents.models import ApartContact, DetectorSettings, Incident, IncidentContact, PlannedWorks, State

BEFORE_FIRST = timedelta(minutes=30)  # a report that came late may be a little older than the incident's first


class Seen(NamedTuple):
    """A recent contact that may be about a fault, as the detector needs it."""

    pk: int
    at: datetime
    subscriber: int | None
    phone: str
    building: int
    node: int
    switch: int | None
    topic: str | None

    @property
    def place(self) -> Place:
        return Place(self.building, self.node, self.switch)

    @property
    def report(self) -> Report:
        names: list[Hashable] = [self.phone or f"contact {self.pk}"]
        if self.subscriber is not None:
            names.append(self.subscriber)
        return Report(
            self.at.timestamp(), tuple(names), self.place, likeness(self.topic), is_known=self.subscriber is not None
        )


@dataclass
class Situation:
    detector: Detector
    core_of_node: dict[int, int]
    recent: list[Seen]
    incidents: list[Incident]
    works: list["Works"]
    _fed: int = field(default=0)

    @classmethod
    def load(cls, *, since: datetime, until: datetime) -> Self:
        """Everything for contacts between two moments; the recent rows come by one query over the index on `at`."""
        learned = load_rates().data
        core_of_node = {node: core for _building, _switch, node, core, _n in learned["sizes"]}
        town = Town.of((building, switch, node, n) for building, switch, node, _, n in learned["sizes"])
        ordinary = Ordinary.from_json(
            learned["ordinary"], subscribers=learned["subscribers"], tz_offset_s=tz_offset_s()
        )
        # Incidents before contacts: each statement sees what was committed by then, and the contacts of an incident
        # that ends in between must be gone, not found again without their incident.
        incidents = list(Incident.objects.active().select_related("building__street", "node"))
        situation = cls(
            detector=Detector(town, ordinary, load_settings()),
            core_of_node=core_of_node,
            recent=_recent(since - timedelta(seconds=HORIZON_S), until),
            incidents=incidents,
            works=_works(since - timedelta(seconds=HORIZON_S), until),
        )
        situation._tell_active()
        situation._remember(before=since)
        return situation

    # ------------------------------------------------------------------------------------ asking the detector
    def _remember(self, *, before: datetime) -> None:
        """Rows from before were acted on when they came: they count, but raise nothing."""
        while self._fed < len(self.recent) and self.recent[self._fed].at < before:
            if not self.is_quiet(self.recent[self._fed]):
                self.detector.remember(self.recent[self._fed].report)
            self._fed += 1

    def findings(self, *, until: datetime) -> Iterator[Finding]:
        """What the reports not yet looked at raise, one by one: act on each before asking for the next."""
        while self._fed < len(self.recent) and self.recent[self._fed].at <= until:
            row = self.recent[self._fed]
            self._fed += 1
            finding = None if self.is_quiet(row) else self.detector.feed(row.report)
            if finding is not None:
                yield finding

    def contacts_of(self, finding: Finding) -> list[Seen]:
        """The reports inside the finding's scope and window."""
        start, end = finding.at - finding.window_s, finding.at
        return [
            row
            for row in self.recent[: self._fed]
            if start <= row.at.timestamp() <= end and finding.scope in row.place.scopes() and not self.is_quiet(row)
        ]

    def is_quiet(self, row: Seen) -> bool:
        """Do planned works go on where the contact comes from?"""
        return any(
            works.since <= row.at <= works.until
            and (row.building in works.buildings or not works.nodes.isdisjoint(self._nodes_above(row)))
            for works in self.works
        )

    # ------------------------------------------------------------------------------------ places and incidents
    def _nodes_above(self, row: Seen) -> set[int]:
        return {node for node in (row.switch, row.node, self.core_of_node.get(row.node)) if node is not None}

    def covering(self, contact: Contact) -> Incident | None:
        """The active incident that the contact is inside of: open before suspected, then the widest."""
        if contact.building is None:
            return None
        node = contact.building.node_id
        above = {contact.switch_id, node, self.core_of_node.get(node)} - {None}
        inside = [
            i
            for i in self.incidents
            if i.is_active
            and contact.at >= i.started_at - BEFORE_FIRST
            and (i.scope_kind == "city" or i.building_id == contact.building_id or i.node_id in above)
        ]
        width = {"city": 0, "node": 1, "building": 2, "switch": 3}
        return min(inside, key=lambda i: (i.state != State.OPEN, width[i.scope_kind], i.pk), default=None)

    def incident_at(self, scope: Scope) -> Incident | None:
        return next((i for i in self.incidents if i.is_active and scope_of(i) == scope), None)

    def inside(self, incident: Incident) -> list[Incident]:
        """Active incidents strictly inside another's scope."""
        ids = set(queries.inside(incident).values_list("pk", flat=True))
        return [one for one in self.incidents if one.pk in ids]

    def add(self, incident: Incident) -> None:
        """Once: one that stood here twice would be absorbed twice, which fails the pass, and every pass after it."""
        self.incidents = [i for i in self.incidents if i.is_active and i is not incident]
        self.incidents.append(incident)
        self._tell_active()

    def forget_changes(self) -> None:
        """After a rollback: what is stored is true, not what was made of it here."""
        self.incidents = list(Incident.objects.active().select_related("building__street", "node"))
        self._tell_active()

    def _tell_active(self) -> None:
        self.detector.active = {
            scope_of(i): Level.OPEN if i.state == State.OPEN else Level.SUSPECTED for i in self.incidents if i.is_active
        }


class Works(NamedTuple):
    """Announced works, as far as silence goes: where, and from when until when."""

    since: datetime
    until: datetime
    buildings: frozenset[int]
    nodes: frozenset[int]


def _works(since: datetime, until: datetime) -> list[Works]:
    planned = PlannedWorks.objects.filter(
        cancelled_at=None, starts_at__lte=until, ends_at__gt=since - PlannedWorks.TAIL
    ).prefetch_related("buildings")
    return [
        Works(
            since=max(works.announced_at, works.starts_at),
            until=works.ends_at + PlannedWorks.TAIL,
            buildings=frozenset(building.pk for building in works.buildings.all()),
            nodes=frozenset() if works.node_id is None else frozenset({works.node_id}),
        )
        for works in planned
    ]


def _recent(since: datetime, until: datetime) -> list[Seen]:
    """Possible fault reports of the whole town, in time order, without those of incidents that have ended."""
    ended = IncidentContact.objects.exclude(incident__state__in=[State.SUSPECTED, State.OPEN])
    rows = (
        Contact.objects.filter(at__gt=since, at__lte=until, building__isnull=False, merged_into=None)
        .exclude(topic__is_fault=False)
        .exclude(pk__in=ended.values("contact"))
        .exclude(pk__in=ApartContact.objects.values("contact"))
        .order_by("at", "pk")
        .values_list("pk", "at", "subscriber", "phone", "building", "building__node", "switch", "topic__code")
    )
    return [Seen(*row) for row in rows]


def load_settings() -> Settings:
    """The supervisor's settings as the detector takes them."""
    row = DetectorSettings.objects.filter(pk=1).first() or DetectorSettings()
    plain = (row.plain_callers, row.plain_minutes * 60.0) if row.plain_rule else None
    return Settings(row.suspect_limit, row.open_limit, plain)


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
