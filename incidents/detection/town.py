"""Places that may be out, and how many subscribers each of them has."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Self


class Scope(NamedTuple):
    """A place that may be out: `kind` is building, switch, node or city; `id` names it within its kind."""

    kind: str
    id: Hashable


CITY = Scope("city", None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report comes from; `switch` is None where the subscriber is not known."""

    building: Hashable
    node: Hashable
    switch: Hashable | None = None

    def scopes(self) -> tuple[Scope, ...]:
        """From the narrowest to the town."""
        own = (Scope("building", self.building), Scope("node", self.node), CITY)
        return own if self.switch is None else (Scope("switch", self.switch), *own)


@dataclass
class Town:
    """`sizes`: subscribers of each scope; `switches`: access switches of each building."""

    sizes: dict[Scope, int] = field(default_factory=dict)
    switches: dict[Hashable, int] = field(default_factory=dict)
    nodes: int = 1
    all_switches: int = 1
    shared_buildings: int = 1  # those with several switches, where a switch is less than the building

    @classmethod
    def of(cls, rows: Iterable[tuple[Hashable, Hashable | None, Hashable, int]]) -> Self:
        """Add up (building, switch or None, node, subscribers)."""
        town = cls()
        nodes = set()
        for building, switch, node, subscribers in rows:
            nodes.add(node)
            for scope in Place(building, node, switch).scopes():
                town.sizes[scope] = town.sizes.get(scope, 0) + subscribers
            town.switches[building] = town.switches.get(building, 0) + (switch is not None)
        town.nodes = max(1, len(nodes))
        town.all_switches = sum(max(1, count) for count in town.switches.values()) or 1
        town.shared_buildings = sum(count > 1 for count in town.switches.values()) or 1
        return town

    def size(self, scope: Scope) -> int:
        return max(1, self.sizes.get(scope, 1))

    def switches_in(self, building: Hashable) -> int:
        return max(1, self.switches.get(building, 1))
