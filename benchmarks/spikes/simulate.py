"""Simulate the incoming calls of a town ISP, with planted outages and decoys.

`simulate(seed, days, out)` writes four files to its folder:
    topology.json   the network: buildings -> access switches, -> aggregation node -> core site   (detectors may read)
    notices.jsonl   announced planned works {announced, start, end, scope_kind, scope_ids}        (detectors may read)
    events.jsonl    {ts, call_id, phone, subscriber_id|null, building_id|null, topic|null}, by ts (detectors may read)
    truth.json      {outages: [...], decoys: [...], meta}                                         (scorer only)

All times are UNIX seconds; local time is UTC+3.  The same arguments give the same bytes. The stream is open-loop:
no master shortens an outage, no voice menu stops calls.
"""

import datetime as dt
import json
from collections import deque
from pathlib import Path

import numpy as np

from benchmarks.spikes.town import ALL_FLATS, N_BUILDINGS, N_CORES, TZ, Town, draw, local
from benchmarks.spikes.townlib import DAY, HOUR, write_jsonl

T0 = dt.datetime(2025, 3, 2, 21, tzinfo=dt.UTC).timestamp()  # Monday 2025-03-03 00:00 local
# ---------------------------------------------------------------------------------------- assumptions
CALLS_PER_DAY = 143  # ordinary first calls; with repeats, flat faults and decoys the total is about 175

# Ordinary calls by local hour (relative), working days; at weekends later, flatter and 25 % fewer.
DAY_SHAPE = np.array(
    [
        0.25,
        0.15,
        0.10,
        0.08,
        0.08,
        0.12,
        0.25,
        0.6,
        1.1,
        1.6,
        1.8,
        1.7,
        1.5,
        1.5,
        1.4,
        1.4,
        1.5,
        1.7,
        2.0,
        2.1,
        1.9,
        1.5,
        0.9,
        0.5,
    ]
)
WEEKEND_SHAPE = np.roll(DAY_SHAPE, 1) * 0.4 + DAY_SHAPE.mean() * 0.35

TOPIC_MIX = {
    "no_internet": 0.27,
    "slow_internet": 0.13,
    "no_tv": 0.12,
    "billing": 0.20,
    "payment_terminal": 0.03,
    "tariff": 0.08,
    "new_connection": 0.05,
    "equipment": 0.05,
    "other": 0.07,
}
OUTAGE_TOPICS = {"no_internet": 0.72, "no_tv": 0.15, "slow_internet": 0.07, "other": 0.04, "equipment": 0.02}
P_TOPIC_NULL = 0.12  # operator did not choose a topic
P_TOPIC_WRONG = 0.03  # chose at random
P_NO_ADDRESS = 0.08  # unknown number, address not obtained: subscriber and building are null
P_ADDRESS_ONLY = 0.04  # unknown number, operator typed the address: subscriber is null
P_SECOND_PHONE = 0.07  # known subscriber calls from another phone

# Hazard that one affected subscriber phones, per hour of outage, by local hour.  It starts after a few
# minutes, fades as the outage ages (who wanted to call has called), and is lower where neighbours,
# chats and the voice menu already tell the news.
CALL_HAZARD = np.array(
    [
        0.018,
        0.008,
        0.004,
        0.003,
        0.003,
        0.004,
        0.010,
        0.022,
        0.028,
        0.026,
        0.026,
        0.026,
        0.027,
        0.027,
        0.027,
        0.030,
        0.036,
        0.048,
        0.062,
        0.070,
        0.072,
        0.066,
        0.052,
        0.034,
    ]
)
AGE_TAU_H, AGE_FLOOR, NOTICE_S = 2.0, 0.35, 120.0
NEWS_FACTOR = {"building": 1.0, "switch": 1.0, "node": 0.7, "city": 0.3, "maintenance": 0.3}

# kind: (number per 30 days, median hours, sigma of log, min hours, max hours)
OUTAGES = {
    "flat": (180, 14.0, 0.6, 2, 36),
    "building": (12, 4.0, 0.7, 0.5, 24),
    "switch": (12, 4.0, 0.7, 0.5, 24),
    "node": (3, 2.0, 0.7, 0.5, 12),
    "city": (0.6, 1.0, 0.6, 0.3, 6),
}
REPEAT_P, REPEAT_OUTAGE_P, REPEAT_MEAN_S = 0.12, 0.28, 18 * 60
# decoys per 30 days (the month-end rush comes from the calendar)
DECOYS = {"mailing": 2, "annoyed": 9, "maintenance": 4, "external_service": 1}


class Simulation:
    def __init__(self, seed, days, line_cap, subscribers):
        self.rng = np.random.default_rng(seed)
        self.days, self.end, self.line_cap = days, T0 + days * DAY, line_cap
        self.town = Town(self.rng, subscribers)
        self.calls = []  # (ts, subscriber or -1, topic or None, outage id or None, force_unknown)
        self.outages, self.decoys, self.notices = [], [], []
        self.busy = []  # (start, end, building set) of planted outages: no two overlap

    # -------------------------------------------------------------------------------- calls
    def call(self, ts, sub, mix, outage=None, repeat_p=REPEAT_P, until=None, topic=None, force_unknown=False):
        """One call and the caller's repeats within the hour (while `until` has not come)."""
        rng = self.rng
        for _ in range(4):
            if not T0 <= ts < self.end:
                return
            t = topic or draw(rng, mix)
            if rng.random() < P_TOPIC_WRONG:
                t = draw(rng, TOPIC_MIX)
            if rng.random() < P_TOPIC_NULL:
                t = None
            self.calls.append((ts, int(sub), t, outage, force_unknown))
            if rng.random() >= repeat_p:
                return
            ts += 60 + min(rng.exponential(REPEAT_MEAN_S), 59 * 60)
            if until is not None and ts > until:
                return

    def background(self):
        """Non-homogeneous Poisson: constant within an hour; month ends add a billing rush spread over the town."""
        rng = self.rng
        norm = DAY_SHAPE.sum()
        for d in range(self.days):
            day = local(T0 + d * DAY)
            shape = (WEEKEND_SHAPE if day.weekday() >= 5 else DAY_SHAPE) / norm
            rush = 1.0 if day.day <= 3 or (day + dt.timedelta(days=2)).month != day.month else 0.0
            if rush:
                self.decoys.append(
                    {
                        "kind": "billing_rush",
                        "scope_kind": "city",
                        "scope_ids": ["city"],
                        "start": T0 + d * DAY,
                        "end": T0 + (d + 1) * DAY,
                    }
                )
            for h in range(24):
                t = T0 + d * DAY + h * HOUR
                k = rng.poisson(CALLS_PER_DAY * shape[h])
                for ts, s in zip(t + rng.random(k) * HOUR, self.town.pick_subs(rng, k), strict=False):
                    self.call(ts, s, TOPIC_MIX)
                k = rng.poisson(70 * rush * shape[h])
                for ts, s in zip(t + rng.random(k) * HOUR, self.town.pick_subs(rng, k), strict=False):
                    self.call(ts, s, TOPIC_MIX, topic="billing")

    def reports(self, subs, start, end, factor):
        """First call of each affected subscriber who calls: invert the cumulative hazard on a minute grid."""
        rng, town = self.rng, self.town
        grid = np.arange(start + NOTICE_S, end + 60, 60.0)
        if len(grid) < 2:
            return []
        hours = ((grid + TZ) % DAY // HOUR).astype(int)
        age = (grid - start) / HOUR
        rate = CALL_HAZARD[hours] * (AGE_FLOOR + (1 - AGE_FLOOR) * np.exp(-age / AGE_TAU_H)) * factor
        cum = np.concatenate(([0.0], np.cumsum(rate[:-1]) / 60))
        need = rng.exponential(1.0, len(subs)) / np.maximum(town.sub_frailty[subs], 1e-9)
        hit = need < cum[-1]
        times = np.interp(need[hit], cum, grid)
        return list(zip(times, subs[hit], strict=False))

    # -------------------------------------------------------------------------------- outages
    def free(self, start, end, buildings):
        return not any(s < end + HOUR and start < e + HOUR and not buildings.isdisjoint(b) for s, e, b in self.busy)

    def plant_outages(self):
        rng, town = self.rng, self.town
        multi = [b for b in range(N_BUILDINGS) if len(town.switches[b]) > 1]
        for kind in ("city", "node", "building", "switch", "flat"):
            per30, med, sigma, lo, hi = OUTAGES[kind]
            for _ in range(rng.poisson(per30 * self.days / 30)):
                for _attempt in range(50):
                    start = T0 + rng.random() * (self.days * DAY - 2 * HOUR)
                    end = min(start + float(np.clip(med * rng.lognormal(0, sigma), lo, hi)) * HOUR, self.end)
                    if kind == "city":  # all core sites, or one of them
                        cores = list(range(N_CORES)) if rng.random() < 0.6 else [int(rng.integers(N_CORES))]
                        nodes = [i for i in range(town.n_nodes) if town.core_of_node[i] in cores]
                        bs = [b for b in range(N_BUILDINGS) if town.node[b] in set(nodes)]
                        ids, subs = [f"c{c}" for c in cores], town.subs_of_buildings(bs)
                    elif kind == "node":
                        i = int(rng.integers(town.n_nodes))
                        bs = [b for b in range(N_BUILDINGS) if town.node[b] == i]
                        ids, subs = [f"n{i}"], town.subs_of_buildings(bs)
                    elif kind == "building":  # more equipment, more failures: weight by switches
                        k = np.array([len(s) for s in town.switches], float)
                        b = int(rng.choice(N_BUILDINGS, p=k / k.sum()))
                        bs, ids, subs = [b], [f"b{b}"], town.subs_of_buildings([b])
                    elif kind == "switch":  # only where a switch is not the whole building
                        b = int(rng.choice(multi))
                        j = int(rng.integers(len(town.switches[b])))
                        f, c = town.switches[b][j]
                        bs, ids, subs = [b], [f"b{b}-{j + 1}"], np.arange(f, f + c)
                    else:
                        s = int(town.pick_subs(rng, 1)[0])
                        bs, ids, subs = [int(town.sub_building[s])], [s], np.array([s])
                    if kind == "flat" or self.free(start, end, set(bs)):
                        break
                else:
                    continue
                oid = f"o{len(self.outages)}"
                if kind == "flat":
                    made = [(start + rng.exponential(1.5 * HOUR), subs[0])] if rng.random() < 0.9 else []
                    affected = 1
                else:
                    self.busy.append((start, end, set(bs)))
                    subs = subs[rng.random(len(subs)) < 0.92]  # some are switched off, away, suspended
                    affected = len(subs)
                    made = self.reports(subs, start, end, NEWS_FACTOR[kind])
                for ts, s in made:
                    self.call(ts, s, OUTAGE_TOPICS, outage=oid, repeat_p=REPEAT_OUTAGE_P, until=end)
                self.outages.append(
                    {
                        "id": oid,
                        "kind": kind,
                        "scope_ids": ids,
                        "start": round(start, 1),
                        "end": round(end, 1),
                        "affected": affected,
                        "reporters": 0,
                        "call_ids": [],
                    }
                )

    # -------------------------------------------------------------------------------- decoys
    def plant_decoys(self):
        rng, town = self.rng, self.town

        def moments(kind, hours):
            for _ in range(rng.poisson(DECOYS[kind] * self.days / 30)):
                yield T0 + int(rng.integers(self.days)) * DAY + rng.choice(hours) * HOUR + rng.random() * HOUR

        for ts in moments("mailing", [10, 11, 12, 16, 17]):  # leaflets on one street: tariff questions
            street = int(rng.integers(town.street[-1] + 1))
            bs = np.flatnonzero(town.street == street)
            subs = town.subs_of_buildings(bs)
            span = 5 * HOUR
            for s in rng.choice(subs, min(len(subs), int(rng.integers(15, 41))), replace=False):
                self.call(ts + rng.beta(1.2, 2.5) * span, s, {"tariff": 0.8, "new_connection": 0.12, "billing": 0.08})
            self.decoys.append(
                {
                    "kind": "mailing",
                    "scope_kind": "building",
                    "scope_ids": [f"b{b}" for b in bs],
                    "start": ts,
                    "end": ts + span,
                }
            )
        for ts in moments("annoyed", list(range(9, 22))):  # one person, 6..12 calls, sometimes another phone
            s = int(town.pick_subs(rng, 1)[0])
            for k in range(int(rng.integers(6, 13))):
                self.call(
                    ts + rng.random() * 2 * HOUR,
                    s,
                    {},
                    repeat_p=0,
                    topic="no_internet",
                    force_unknown=k > 0 and rng.random() < 0.12,
                )
            self.decoys.append(
                {
                    "kind": "annoyed",
                    "scope_kind": "building",
                    "scope_ids": [f"b{town.sub_building[s]}"],
                    "start": ts,
                    "end": ts + 2 * HOUR,
                }
            )
        for ts in moments("maintenance", [1, 2, 2, 3, 10, 13]):  # announced a day or more before
            end = ts + rng.uniform(1, 4) * HOUR
            if rng.random() < 0.4:
                i = int(rng.integers(town.n_nodes))
                kind, ids, bs = "node", [f"n{i}"], np.flatnonzero(town.node == i)
            else:
                b = int(rng.integers(N_BUILDINGS))
                bs = np.arange(b, min(b + int(rng.integers(1, 9)), N_BUILDINGS))
                kind, ids = "building", [f"b{x}" for x in bs]
            for t, s in self.reports(town.subs_of_buildings(bs), ts, end, NEWS_FACTOR["maintenance"]):
                self.call(t, s, OUTAGE_TOPICS)
            row = {"start": round(ts, 1), "end": round(end, 1), "scope_kind": kind, "scope_ids": ids}
            self.notices.append({"announced": round(ts - rng.uniform(24, 72) * HOUR, 1), **row})
            self.decoys.append({"kind": "maintenance", **row})
        for ts in moments("external_service", [11, 15, 19, 20]):  # a popular site is down: not our fault, all over town
            span = 3 * HOUR
            k = int(rng.integers(30, 81))
            for t, s in zip(ts + rng.beta(1.2, 2.5, k) * span, town.pick_subs(rng, k), strict=False):
                self.call(t, s, {"slow_internet": 0.5, "no_internet": 0.22, "other": 0.28})
            self.decoys.append(
                {"kind": "external_service", "scope_kind": "city", "scope_ids": ["city"], "start": ts, "end": ts + span}
            )

    # -------------------------------------------------------------------------------- output
    def finish(self):
        """Sort, lose what the lines cannot take, hide some identities, number the calls, label the outages."""
        rng, town = self.rng, self.town
        by_id = {o["id"]: o for o in self.outages}
        reporters = {o["id"]: set() for o in self.outages}
        recent, events, lost = deque(), [], 0
        self.calls.sort(key=lambda c: c[:2])
        for ts, s, topic, oid, force_unknown in self.calls:
            while recent and recent[0] < ts - 60:
                recent.popleft()
            if len(recent) >= self.line_cap:  # all operators and queue places are taken
                lost += 1
                continue
            recent.append(ts)
            u = rng.random()
            sub, building = s, f"b{town.sub_building[s]}"
            phone, second = town.phones[2 * s], town.phones[2 * s + 1]
            if force_unknown:
                sub, phone = None, second
            elif u < P_NO_ADDRESS:
                sub, building, phone = None, None, f"+7900{int(rng.integers(10**7)):07d}"
            elif u < P_NO_ADDRESS + P_ADDRESS_ONLY:
                sub, phone = None, f"+7900{int(rng.integers(10**7)):07d}"
            elif u < P_NO_ADDRESS + P_ADDRESS_ONLY + P_SECOND_PHONE:
                phone = second
            cid = f"k{len(events)}"
            events.append(
                {
                    "ts": round(ts, 1),
                    "call_id": cid,
                    "phone": phone,
                    "subscriber_id": sub,
                    "building_id": building,
                    "topic": topic,
                }
            )
            if oid:
                by_id[oid]["call_ids"].append(cid)
                reporters[oid].add(s)
        for o in self.outages:
            o["reporters"] = len(reporters[o["id"]])
        self.outages.sort(key=lambda o: o["start"])
        return events, lost

    def run(self):
        self.plant_outages()
        self.plant_decoys()
        self.background()
        return self.finish()


def simulate(seed, days, out, line_cap=6, subscribers=ALL_FLATS):
    sim = Simulation(seed, days, line_cap, subscribers)
    events, lost = sim.run()
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "topology.json").open("w") as f:
        json.dump(sim.town.topology(), f, separators=(",", ":"))
    write_jsonl(folder / "notices.jsonl", sorted(sim.notices, key=lambda r: r["announced"]))
    write_jsonl(folder / "events.jsonl", events)
    with (folder / "truth.json").open("w") as f:
        json.dump(
            {
                "meta": {
                    "seed": seed,
                    "days": days,
                    "start": T0,
                    "end": sim.end,
                    "calls": len(events),
                    "lost_calls": lost,
                    "subscribers": sim.town.total,
                },
                "outages": sim.outages,
                "decoys": sim.decoys,
            },
            f,
        )
    return len(events), lost
