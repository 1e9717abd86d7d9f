"""Score alarms against the planted truth.

Alarm lines: {"ts": seconds, "scope_kind": "building"|"switch"|"node"|"city", "scope_id": "b17"|"b17-2"|"n3"|"city"}.

How an alarm is matched to an outage that is under way (start <= ts <= end):
    exact    same scope                        (a switch that is alone in its building IS the building;
                                                "city" is exact for all core sites and for a single one)
    narrow   strictly inside the outage        (a building of a failed node)
    broad    contains it, one level up only    (the building of a failed switch; the node of a failed building)
An alarm less than 30 minutes after an outage it would match is `late`: neither a hit nor false.
Everything else is a false alarm, one needless urgent visit.  Single flats are no reason for an urgent
visit (they are served within 24 h), so an alarm that only a flat explains is false as well.

Per kind of outage:
    n, seen        planted; of these with at least 3 distinct reporters (only those can be expected to be found)
    det, det_seen  share with at least one alarm, of all / of `seen`
    delay          minutes from outage start to first alarm, median and p90, over the detected
    lost           mean outage minutes before the alarm; an undetected outage counts whole (one figure of merit)
    since2         minutes from the second distinct report to the alarm, median: what the algorithm adds
                   (negative where one report, or calls around it, were enough)
    calls          outage calls received up to and including the first alarm, median
    dup            further alarms for the same outage that do not widen the scope (needless visits), per detected
    rollup         further alarms that widen it towards the truth, per detected
    wrong          share of detected whose first alarm is not exact; `never`: no alarm for it ever was exact
    wrong_place    share of detected whose first alarm sends the master elsewhere: a switch and its building
                   are one address; a building of a failed node is not the place to repair
"""

import statistics
from collections import defaultdict

from benchmarks.spikes.townlib import LEVELS

GRACE_S = 30 * 60
KINDS = ("building", "switch", "node", "city")


def contains(outer, inner):
    """Paths are (core, node, building, switch); None means 'all of it'."""
    return all(o is None or o == i for o, i in zip(outer, inner, strict=False))


class Truth:
    def __init__(self, topo, truth):
        self.topo, self.truth = topo, truth
        self.outages = [self._prepare(o) for o in truth["outages"] if o["kind"] != "flat"]
        # flats and decoys, only to say what a false alarm was about
        self.causes = []
        for d in truth["decoys"]:
            paths = [topo.path(d["scope_kind"], i) for i in d["scope_ids"]]
            self.causes.append((d["start"], d["end"] + GRACE_S, d["kind"], paths))
        first = sorted((b["switches"][0]["first"], i) for i, b in topo.buildings.items())
        starts, ids = [f for f, _ in first], [i for _, i in first]
        import bisect

        for o in truth["outages"]:
            if o["kind"] == "flat":
                b = ids[bisect.bisect_right(starts, o["scope_ids"][0]) - 1]
                self.causes.append((o["start"], o["end"], "flat", [topo.path("building", b)]))
        # first thing to blame first: narrow causes before town-wide ones
        order = {"annoyed": 0, "maintenance": 1, "mailing": 2, "flat": 3, "external_service": 4, "billing_rush": 5}
        self.causes.sort(key=lambda c: order[c[2]])

    def _prepare(self, o):
        topo = self.topo
        if o["kind"] == "city":
            paths = [(c, None, None, None) for c in o["scope_ids"]]
        else:
            paths = [topo.path(o["kind"], o["scope_ids"][0])]
        return {**o, "paths": paths, "call_set": set(o["call_ids"])}

    def relation(self, alarm, o):
        kind, path = alarm["scope_kind"], self.topo.path(alarm["scope_kind"], alarm["scope_id"])
        if o["kind"] == "city":
            if kind == "city":
                return "exact"
            return "narrow" if any(contains(p, path) for p in o["paths"]) else None
        target = o["paths"][0]
        if path == target:
            return "exact"
        if contains(target, path):
            return "narrow"
        level = {"switch": 0, "building": 1, "node": 2, "city": 3}
        own = level[o["kind"]] if target[3] or o["kind"] != "switch" else 1  # one-switch building
        if contains(path, target) and level[kind] == own + 1:
            return "broad"
        return None

    def cause(self, alarm):
        path = self.topo.path(alarm["scope_kind"], alarm["scope_id"])
        for start, end, kind, paths in self.causes:
            if start <= alarm["ts"] <= end and any(contains(p, path) or contains(path, p) for p in paths):
                if kind in ("billing_rush", "external_service") and alarm["scope_kind"] not in ("city", "node"):
                    continue  # town-wide noise does not explain one address
                if kind == "flat" and alarm["scope_kind"] in ("city", "node"):
                    continue
                return kind
        return "chance"


def score(events, truth, alarms, topo):
    """Returns {"outages": [one record an outage], "false": [(ts, cause, scope_kind)], "late": n, "weeks": w}."""
    t = Truth(topo, truth)
    ts_of = {e["call_id"]: e["ts"] for e in events}
    sub_of = {e["call_id"]: (e["subscriber_id"] if e["subscriber_id"] is not None else e["phone"]) for e in events}
    hits, false, late = defaultdict(list), [], 0
    rank = {"exact": 0, "narrow": 1, "broad": 2}
    for a in sorted(alarms, key=lambda a: a["ts"]):
        assert a["scope_kind"] in LEVELS, a
        best, was_late = None, False
        for o in t.outages:
            if o["start"] <= a["ts"] <= o["end"] + GRACE_S:
                r = t.relation(a, o)
                if r and a["ts"] <= o["end"]:
                    if best is None or (rank[r], -o["start"]) < (rank[best[0]], -best[1]["start"]):
                        best = (r, o)
                elif r:
                    was_late = True
        if best:
            hits[best[1]["id"]].append((a, best[0]))
        elif was_late:
            late += 1
        else:
            false.append((a["ts"], t.cause(a), a["scope_kind"]))
    level = {"switch": 0, "building": 1, "node": 2, "city": 3}
    records = []
    for o in t.outages:
        h = hits.get(o["id"], [])
        r = {
            "kind": o["kind"],
            "start": o["start"],
            "affected": o["affected"],
            "reporters": o["reporters"],
            "length": (o["end"] - o["start"]) / 60,
            "detected": bool(h),
            "dup": 0,
            "rollup": 0,
        }
        if h:
            first, rel = h[0]
            r["delay"] = (first["ts"] - o["start"]) / 60
            r["calls"] = sum(ts_of[c] <= first["ts"] for c in o["call_ids"])
            seen, second = set(), None
            for c in o["call_ids"]:
                seen.add(sub_of[c])
                if len(seen) == 2:
                    second = ts_of[c]
                    break
            r["since2"] = (first["ts"] - second) / 60 if second else None
            r["wrong"] = rel != "exact"
            r["never"] = all(x != "exact" for _, x in h)
            r["wrong_place"] = (
                rel != "exact"
                and not (o["kind"] == "switch" and first["scope_kind"] == "building")
                and not (o["kind"] == "building" and first["scope_kind"] == "switch")
            )
            widest = level[first["scope_kind"]]
            for a, x in h[1:]:
                if level[a["scope_kind"]] > widest and x in ("exact", "narrow"):
                    r["rollup"] += 1
                    widest = level[a["scope_kind"]]
                else:
                    r["dup"] += 1
        records.append(r)
    meta = truth["meta"]
    return {"outages": records, "false": false, "late": late, "weeks": (meta["end"] - meta["start"]) / 604800}


def pct(xs, q):
    xs = sorted(xs)
    return xs[min(len(xs) - 1, int(q * len(xs)))] if xs else float("nan")


def med(xs):
    return statistics.median(xs) if xs else float("nan")


def share(xs, n):
    return sum(xs) / n if n else float("nan")


def summarise(results):
    """Pool the results of one or more runs into one report."""
    weeks = sum(r["weeks"] for r in results)
    out = {
        "weeks": round(weeks, 1),
        "false_per_week": sum(len(r["false"]) for r in results) / weeks,
        "late_per_week": sum(r["late"] for r in results) / weeks,
        "false_by_cause": {},
        "kinds": {},
    }
    causes = defaultdict(int)
    for r in results:
        for _, c, _k in r["false"]:
            causes[c] += 1
    out["false_by_cause"] = {c: n / weeks for c, n in sorted(causes.items(), key=lambda x: -x[1])}
    groups = {k: [o for r in results for o in r["outages"] if o["kind"] == k] for k in KINDS}
    groups["address"] = groups["building"] + groups["switch"]
    groups["all"] = [o for k in KINDS for o in groups[k]]
    for k, rows in groups.items():
        det = [o for o in rows if o["detected"]]
        seen = [o for o in rows if o["reporters"] >= 3]
        out["kinds"][k] = {
            "n": len(rows),
            "seen": len(seen),
            "det": share([o["detected"] for o in rows], len(rows)),
            "det_seen": share([o["detected"] for o in seen], len(seen)),
            "delay_med": med([o["delay"] for o in det]),
            "delay_p90": pct([o["delay"] for o in det], 0.9),
            "delay_seen_med": med([o["delay"] if o["detected"] else o["length"] for o in seen]),
            "lost": share([o["delay"] if o["detected"] else o["length"] for o in rows], len(rows)),
            "since2": med([o["since2"] for o in det if o["since2"] is not None]),
            "calls": med([o["calls"] for o in det]),
            "dup": share([o["dup"] for o in det], len(det)),
            "rollup": share([o["rollup"] for o in det], len(det)),
            "wrong": share([o["wrong"] for o in det], len(det)),
            "never": share([o["never"] for o in det], len(det)),
            "wrong_place": share([o["wrong_place"] for o in det], len(det)),
        }
    return out


def show(s):
    causes = ", ".join(f"{cause} {n:.2f}" for cause, n in s["false_by_cause"].items()) or "none"
    print(
        f"{s['weeks']} weeks; {s['false_per_week']:.2f} false alarms a week ({causes}); late {s['late_per_week']:.2f}"
    )
    print(
        f"{'kind':9}{'n':>5}{'seen':>5}{'det':>6}{'det_seen':>9}{'delay med/p90':>15}{'lost':>6}{'since2':>7}"
        f"{'calls':>6}{'dup':>6}{'rollup':>7}{'wrong':>7}{'never':>7}{'place':>7}"
    )
    for k, r in s["kinds"].items():
        print(
            f"{k:9}{r['n']:5}{r['seen']:5}{r['det']:6.2f}{r['det_seen']:9.2f}{r['delay_med']:9.0f}/{r['delay_p90']:<5.0f}"
            f"{r['lost']:6.0f}{r['since2']:7.1f}{r['calls']:6.1f}{r['dup']:6.2f}{r['rollup']:7.2f}{r['wrong']:7.2f}"
            f"{r['never']:7.2f}{r['wrong_place']:7.2f}"
        )
