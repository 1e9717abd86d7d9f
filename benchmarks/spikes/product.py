"""The product's own detector over a simulated folder: the fold of `incidents.detection`, driven incrementally.

What people do around it in the product is replaced by the plainest stand-ins: an ordinary day is learned from every
first call as it comes, and an incident counts as over when its address has been silent for three hours (a node's and
the town's after three hours, a node's later while calls keep coming).
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.spikes.townlib import HOUR, TECHNICAL, Notices, Topology, read_jsonl
from incidents.detection import CITY, Detector, Finding, Level, Ordinary, Place, Report, Scope, Settings, Town
from incidents.detection.topics import likeness

SILENT_S = 3 * HOUR
SAME_PERSON_S = 3 * HOUR
GROWS_S = {"building": SILENT_S, "node": 2 * HOUR}  # calls keep an incident open for so long; the town's just ends
Event = dict[str, Any]


def town_of(topology: Topology) -> Town:
    return Town.of(
        (building["id"], switch["id"], building["node"], switch["count"])
        for building in topology.buildings.values()
        for switch in building["switches"]
        if switch["count"]
    )


@dataclass
class Replay:
    """Feeds events to a detector and ends incidents as described above."""

    topology: Topology
    notices: Notices
    settings: Settings = field(default_factory=Settings)
    learns: bool = True
    detector: Detector = field(init=False)

    def __post_init__(self) -> None:
        town = town_of(self.topology)
        ordinary = Ordinary(self.topology.total, self.topology.tz)
        self.detector = Detector(town, ordinary, self.settings)
        self._began: float | None = None
        self._called: dict[Any, float] = {}
        self._incidents: dict[Scope, _Incident] = {}

    def feed(self, event: Event) -> Finding | None:
        at, building = event["ts"], event["building_id"]
        if building is not None and self.notices.covers(self.topology, building, at):
            return None
        if self.learns:
            self._learn(event, at, building)
        topic = event["topic"]
        if building is None or (topic is not None and topic not in TECHNICAL):
            return None
        place = Place(building, self.topology.node_of[building], self._switch(event))
        self._end_silent(place, at)
        finding = self.detector.feed(self._report(event, place))
        if finding is not None:
            self._hold(finding.scope, place, at)
        return finding

    def _learn(self, event: Event, at: float, building: str | None) -> None:
        ordinary = self.detector.ordinary
        self._began = at if self._began is None else self._began
        ordinary.days = (at - self._began) / 86_400
        who = event["subscriber_id"] if event["subscriber_id"] is not None else event["phone"]
        if at - self._called.get(who, -SAME_PERSON_S) >= SAME_PERSON_S:
            ordinary.count(at, building)
        self._called[who] = at

    def _switch(self, event: Event) -> str | None:
        switch: str | None = self.topology.switch_of(event["building_id"], event["subscriber_id"])
        return switch

    def _report(self, event: Event, place: Place) -> Report:
        subscriber, phone = event["subscriber_id"], event["phone"]
        who = (phone,) if subscriber is None else (subscriber, phone)
        return Report(event["ts"], who, place, likeness(event["topic"]), subscriber is not None)

    def _end_silent(self, place: Place, at: float) -> None:
        """End what has been silent long enough around this place, and keep open what is being called about."""
        for scope in place.scopes()[-3:]:
            incident = self._incidents.get(scope)
            if incident is None:
                continue
            if incident.until <= at:
                del self._incidents[scope]
                for held in incident.scopes:
                    self.detector.active.pop(held, None)
                self.detector.forget(scope, at)
            elif scope.kind in GROWS_S:
                incident.until = max(incident.until, at + GROWS_S[scope.kind])

    def _hold(self, scope: Scope, place: Place, at: float) -> None:
        address = Scope("building", place.building) if scope.kind == "switch" else scope
        incident = self._incidents.setdefault(address, _Incident(at))
        incident.until = at + SILENT_S
        incident.scopes.add(scope)


@dataclass
class _Incident:
    """What is held at one address, node or the town, and until when if nobody calls any more."""

    until: float
    scopes: set[Scope] = field(default_factory=set)


def alarms(
    folder: Path, settings: Settings | None = None, *, level: Level = Level.OPEN, learns: bool = True
) -> Iterator[dict[str, Any]]:
    """Alarms of one folder as the scorer takes them; without learning, those of a town's first day, every day."""
    notices = Notices(folder / "notices.jsonl")
    replay = Replay(Topology(folder / "topology.json"), notices, settings or Settings(), learns)
    for event in read_jsonl(folder / "events.jsonl"):
        finding = replay.feed(event)
        if finding is not None and level in (finding.level, Level.SUSPECTED):
            kind, name = finding.scope
            yield {"ts": finding.at, "scope_kind": kind, "scope_id": "city" if finding.scope == CITY else name}


def microseconds_an_event(folder: Path) -> float:
    """The fold's own cost, reading files left out."""
    replay = Replay(Topology(folder / "topology.json"), Notices(folder / "notices.jsonl"))
    events = read_jsonl(folder / "events.jsonl")
    started = time.perf_counter()
    for event in events:
        replay.feed(event)
    return (time.perf_counter() - started) / max(1, len(events)) * 1e6
