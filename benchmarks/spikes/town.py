"""The simulated town: buildings, switches, nodes, and how ready each subscriber is to phone."""

import datetime as dt

import numpy as np

from benchmarks.spikes.townlib import HOUR

TZ = 3 * HOUR
N_BUILDINGS, ALL_FLATS, BUILDINGS_PER_NODE, N_CORES = 1500, 60_000, 40, 3
BUILDING_FRAILTY_SHAPE = 4  # gamma shape of "this house calls more than that one" (smaller = wilder)
SUB_FRAILTY_SHAPE = 0.7  # the same for people: most never call, a few call often
FAME_SIGMA = 1.0  # where only some flats are subscribers: half of one house, nobody but one in the next


class Town:
    def __init__(self, rng, subscribers=ALL_FLATS):
        # Heavy-tailed flats per building, 4..400; by default every flat is a subscriber.
        flats = settled(rng.lognormal(0.0, 1.05, N_BUILDINGS), ALL_FLATS, 4, 400)
        n = flats
        if subscribers < ALL_FLATS:
            n = settled(flats * rng.lognormal(0.0, FAME_SIGMA, N_BUILDINGS), subscribers, 1, flats)
        self.n = n
        self.first = np.concatenate(([0], np.cumsum(n)))  # subscribers of building i: first[i]..first[i+1]-1
        self.node = np.arange(N_BUILDINGS) // BUILDINGS_PER_NODE
        self.n_nodes = int(self.node[-1]) + 1
        self.core_of_node = rng.integers(0, N_CORES, self.n_nodes)
        # Streets: runs of 8..40 neighbouring buildings.
        self.street, s = np.zeros(N_BUILDINGS, int), 0
        i = 0
        while i < N_BUILDINGS:
            k = int(rng.integers(8, 41))
            self.street[i : i + k] = s
            i, s = i + k, s + 1
        # 1..4 access switches a building, each serving a contiguous block of flats (an entrance or two).
        self.switches = []
        for b in range(N_BUILDINGS):
            k = 1 + (flats[b] > 48) + (flats[b] > 100) + (flats[b] > 200)
            cut = np.linspace(0, n[b], k + 1).round().astype(int)
            self.switches.append([(int(self.first[b] + cut[j]), int(cut[j + 1] - cut[j])) for j in range(k)])
        self.sub_building = np.repeat(np.arange(N_BUILDINGS), n)
        self.total = int(n.sum())
        # How ready each subscriber is to phone, mean about 1.
        self.sub_frailty = rng.gamma(SUB_FRAILTY_SHAPE, 1 / SUB_FRAILTY_SHAPE, self.total)
        house = rng.gamma(BUILDING_FRAILTY_SHAPE, 1 / BUILDING_FRAILTY_SHAPE, N_BUILDINGS)
        w = self.sub_frailty * house[self.sub_building]
        self.cum_weight = np.cumsum(w / w.sum())
        # Two phones a subscriber, unrelated to each other and to the subscriber's number.
        self.phones = [f"+7921{1000000 + int(k):07d}" for k in rng.permutation(2 * self.total)]

    def pick_subs(self, rng, k):
        return np.minimum(np.searchsorted(self.cum_weight, rng.random(k)), self.total - 1)

    def subs_of_buildings(self, buildings):
        return np.concatenate([np.arange(self.first[b], self.first[b + 1]) for b in buildings])

    def topology(self):
        return {
            "tz_offset_s": int(TZ),
            "nodes": [{"id": f"n{i}", "core": f"c{self.core_of_node[i]}"} for i in range(self.n_nodes)],
            "buildings": [
                {
                    "id": f"b{b}",
                    "street": f"st{self.street[b]}",
                    "node": f"n{self.node[b]}",
                    "switches": [
                        {"id": f"b{b}-{j + 1}", "first": f, "count": c} for j, (f, c) in enumerate(self.switches[b])
                    ],
                }
                for b in range(N_BUILDINGS)
            ],
        }


def settled(raw, total, least, most):
    """Whole numbers in proportion to `raw`, within bounds, that add up to about `total`."""
    scale = total / raw.sum()
    for _ in range(8):  # clipping shifts the mean: settle the scale
        n = np.clip(np.rint(raw * scale), least, most).astype(int)
        scale *= total / n.sum()
    return n


def draw(rng, mix):
    return str(rng.choice(list(mix), p=np.fromiter(mix.values(), float) / sum(mix.values())))


def local(ts):
    return dt.datetime.fromtimestamp(ts + TZ, dt.UTC)
