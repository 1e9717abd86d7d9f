"""Baseline: N calls from one building within M minutes -> urgent visit to the building.

Without options it is the rule as people first write it: every call with an address counts.
    distinct      count callers, not calls      topics   leave out calls with a non-technical topic
    use_notices   silent where planned work is announced
    node_n        besides, so many different buildings of one node within M minutes -> alarm for the node
One visit a building: no second alarm while calls keep coming, i.e. until QUIET_S without a counted call.
Cost: amortised O(1) an event (each call enters and leaves one deque).
"""

from collections import deque

from benchmarks.spikes.townlib import HOUR, TECHNICAL, reporter_key

QUIET_S = 3 * HOUR


class ThresholdDetector:
    def __init__(self, topo, notices, n, minutes, distinct=False, topics=False, use_notices=False, node_n=0):
        self.topo, self.notices, self.n, self.window = topo, notices if use_notices else None, n, minutes * 60
        self.distinct, self.topics, self.node_n = distinct, topics, node_n
        self.calls, self.open_until = {}, {}

    def _count(self, scope, ts, key, distinct):
        """Add one call to the scope's window; how many calls (or distinct keys) does it hold now?"""
        q = self.calls.setdefault(scope, deque())
        q.append((ts, key))
        while q[0][0] < ts - self.window:
            q.popleft()
        return len({k for _, k in q}) if distinct else len(q)

    def _alarm(self, scope, ts, reached):
        """Alarm unless an incident of the scope is open; any counted call keeps an open one open."""
        is_open = self.open_until.get(scope, 0) > ts
        if is_open or reached:
            self.open_until[scope] = ts + QUIET_S
        return reached and not is_open

    def feed(self, e):
        b, ts = e["building_id"], e["ts"]
        if b is None or (self.topics and e["topic"] is not None and e["topic"] not in TECHNICAL):
            return []
        if self.notices and self.notices.covers(self.topo, b, ts):
            return []
        out, node = [], self.topo.node_of[b]
        if self.node_n:
            k = self._count(("node", node), ts, b, True)
            if self._alarm(("node", node), ts, k >= self.node_n):
                out.append({"ts": ts, "scope_kind": "node", "scope_id": node})
        k = self._count(("building", b), ts, reporter_key(e), self.distinct)
        held = self.node_n and self.open_until.get(("node", node), 0) > ts  # the node's visit covers it
        if self._alarm(("building", b), ts, k >= self.n) and not held:
            out.append({"ts": ts, "scope_kind": "building", "scope_id": b})
        return out
