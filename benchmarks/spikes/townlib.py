"""Shared helpers of the spike benchmark: topology, JSON-lines IO, call topics, planned-work notices.

Nothing here knows the truth of a simulation: detectors may import it freely.

Scopes are named as in the alarm file:
    ("switch", "b17-2")  one access switch          ("building", "b17")  one address
    ("node", "n3")       one aggregation node       ("city", "city")     everything / a core site
"""

import bisect
import json
from pathlib import Path

# What an operator can pick as a call topic.  `null` (topic not chosen yet) is common in a live queue.
TECHNICAL = frozenset({"no_internet", "no_tv", "slow_internet"})
OTHER_TOPICS = frozenset({"billing", "payment_terminal", "tariff", "new_connection", "equipment", "other"})

LEVELS = ("switch", "building", "node", "city")
HOUR = 3600.0
DAY = 24 * HOUR


class Topology:
    """Read-only view of topology.json with O(1) look-ups (switch of a subscriber: O(log 4))."""

    def __init__(self, path):
        raw = json.loads(Path(path).read_text())
        self.tz = raw["tz_offset_s"]
        self.buildings = {b["id"]: b for b in raw["buildings"]}
        self.core_of_node = {n["id"]: n["core"] for n in raw["nodes"]}
        self.node_of = {b["id"]: b["node"] for b in raw["buildings"]}
        self.building_of_switch = {}
        self.size = {}  # (kind, id) -> number of subscribers
        self._starts = {}  # building -> first subscriber of each of its switches
        node_size, total = {}, 0
        for b in raw["buildings"]:
            n = sum(s["count"] for s in b["switches"])
            self.size["building", b["id"]] = n
            node_size[b["node"]] = node_size.get(b["node"], 0) + n
            total += n
            self._starts[b["id"]] = [s["first"] for s in b["switches"]]
            for s in b["switches"]:
                self.building_of_switch[s["id"]] = b["id"]
                self.size["switch", s["id"]] = s["count"]
        for n, c in node_size.items():
            self.size["node", n] = c
        self.size["city", "city"] = total
        self.total = total

    def switch_of(self, building_id, subscriber_id):
        """Switch that serves the subscriber, or None where the subscriber is not known."""
        if subscriber_id is None:
            return None
        b = self.buildings[building_id]
        return b["switches"][bisect.bisect_right(self._starts[building_id], subscriber_id) - 1]["id"]

    def path(self, kind, ident):
        """(core, node, building, switch) of a scope; the parts below it are None.

        The switch of a one-switch building is the same place as the building, so it is written as it."""
        if kind == "city":
            return (None, None, None, None)
        if kind == "node":
            return (self.core_of_node[ident], ident, None, None)
        building = self.building_of_switch[ident] if kind == "switch" else ident
        node = self.node_of[building]
        switch = ident if kind == "switch" and len(self.buildings[building]["switches"]) > 1 else None
        return (self.core_of_node[node], node, building, switch)

    def hour_of_week(self, ts):
        """0 = Monday 00:00-01:00 local time.  (1970-01-01 was a Thursday, hence the 3 days.)"""
        return int((ts + self.tz + 3 * DAY) % (7 * DAY) // HOUR)


class Notices:
    """Announced planned works.  A notice counts only once it is announced."""

    def __init__(self, path, tail_s=30 * 60):
        self.rows = [json.loads(x) for x in Path(path).read_text().splitlines()] if Path(path).exists() else []
        self.tail = tail_s
        self.by_scope = {}
        for r in self.rows:
            for i in r["scope_ids"]:
                self.by_scope.setdefault((r["scope_kind"], i), []).append(r)

    def covers(self, topo, building_id, ts):
        """Is planned work going on, at this moment, on the building or on its node?"""
        for key in (("building", building_id), ("node", topo.node_of[building_id])):
            for r in self.by_scope.get(key, ()):
                if r["announced"] <= ts and r["start"] <= ts <= r["end"] + self.tail:
                    return True
        return False


def read_jsonl(path):
    with Path(path).open() as f:
        return [json.loads(line) for line in f if line.strip()]


def write_jsonl(path, rows):
    with Path(path).open("w") as f:
        for r in rows:
            f.write(json.dumps(r, separators=(",", ":")) + "\n")


def reporter_key(event):
    """Who is calling: the subscriber if known, else the phone.  Repeat calls share the key."""
    return event["subscriber_id"] if event["subscriber_id"] is not None else event["phone"]
