"""What a town is loaded from: plain rows that name each other by natural keys. No Django here.

None means "not said": a row that exists keeps what it has, a new one gets the default. `source` tells a person where
the row came from ("nodes.csv:17") when its references cannot be found.
"""

from dataclasses import dataclass, field
from typing import NamedTuple


class NodeRow(NamedTuple):
    code: str
    kind: str
    title: str
    address: str | None
    parent: str | None
    source: str = ""
    capacity: int | None = None  # ports of an access switch


class BuildingRow(NamedTuple):
    street: str
    street_kind: str
    house: str
    node: str
    entrances: int | None = None
    floors: int | None = None
    premises_count: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    source: str = ""
    connection: str | None = None  # green, amber or red
    connection_reason: str | None = None


class PremiseRow(NamedTuple):
    street: str
    street_kind: str
    house: str
    number: str
    entrance: int | None = None
    floor: int | None = None
    switch: str | None = None
    source: str = ""


@dataclass
class NetworkRows:
    nodes: list[NodeRow] = field(default_factory=list)
    buildings: list[BuildingRow] = field(default_factory=list)
    premises: list[PremiseRow] = field(default_factory=list)
