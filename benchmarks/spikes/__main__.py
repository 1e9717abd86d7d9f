"""Spike quality: the product's detector beside the rules that people write first.

python -m benchmarks.spikes                           the table, over seeds 101-110 of 60 days each
python -m benchmarks.spikes --seeds 1-20 --days 60    other seeds (1-20 are those it was tuned on)
python -m benchmarks.spikes [--seeds ...] sensitivity what each step of the supervisor's sensitivity costs and brings
python -m benchmarks.spikes alarms DIR                alarms of the product's detector, open level, one JSON a line
python -m benchmarks.spikes simulate --seed 1 --out DIR [--subscribers 6000]
"""

import argparse
import json
import os
import random
import statistics
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.spikes import product
from benchmarks.spikes.score import score, summarise
from benchmarks.spikes.simulate import simulate
from benchmarks.spikes.threshold import ThresholdDetector
from benchmarks.spikes.townlib import Notices, Topology, read_jsonl, write_jsonl
from incidents.detection import Level, Settings
from incidents.detection.sensitivity import STEPS

Event = dict[str, Any]
Alarm = dict[str, Any]
MISSING_ADDRESSES = 0.4
LARGE, SMALL = 60_000, 6_000  # subscribers; as many call in both, and as much fails
TARGET = "target: false <= 0.60, found >= 85 %, lost <= 209, node found 95 % at 10 min with <= 0.05 extra, < 50 us"


def whole(events: list[Event]) -> list[Event]:
    return events


def without_topics(events: list[Event]) -> list[Event]:
    return [{**event, "topic": None} for event in events]


def without_addresses(events: list[Event]) -> list[Event]:
    """Four in ten callers are unknown and nobody asks for the address."""
    dice = random.Random(1)
    unknown = {"building_id": None, "subscriber_id": None}
    return [{**event, **unknown} if dice.random() < MISSING_ADDRESSES else event for event in events]


def thresholds(**rule: Any) -> Callable[[Path], list[Alarm]]:
    def run(folder: Path) -> list[Alarm]:
        detector = ThresholdDetector(Topology(folder / "topology.json"), Notices(folder / "notices.jsonl"), **rule)
        return [alarm for event in read_jsonl(folder / "events.jsonl") for alarm in detector.feed(event)]

    return run


class Row(NamedTuple):
    """A row of a table: a detector, what is wrong with its data, and the size of the town."""

    detect: Callable[[Path], Iterable[Alarm]]
    spoil: Callable[[list[Event]], list[Event]] = whole
    subscribers: int = LARGE


def newly_connected(folder: Path) -> Iterable[Alarm]:
    return product.alarms(folder, learns=False)


def at_step(name: str) -> Callable[[Path], Iterable[Alarm]]:
    step = STEPS[name]
    return lambda folder: product.alarms(folder, Settings(step.suspect_limit, step.open_limit))


CLEAN = {"distinct": True, "topics": True, "use_notices": True}
DETECTORS = {
    "raw: 3 calls in 60 min": Row(thresholds(n=3, minutes=60)),
    "raw: 4 calls in 60 min": Row(thresholds(n=4, minutes=60)),
    "clean: 3 in 60 min": Row(thresholds(n=3, minutes=60, **CLEAN)),
    "clean + 5 buildings of a node": Row(thresholds(n=3, minutes=60, node_n=5, **CLEAN)),
    "product, open": Row(product.alarms),
    "product, suspected": Row(lambda folder: product.alarms(folder, level=Level.SUSPECTED)),
    "product, no topics": Row(product.alarms, without_topics),
    "product, 40 % without address": Row(product.alarms, without_addresses),
    "product, never learned": Row(newly_connected),
    "6,000 subscribers": Row(product.alarms, subscribers=SMALL),
    "6,000, no topics": Row(product.alarms, without_topics, SMALL),
    "6,000, no topics or learning": Row(newly_connected, without_topics, SMALL),
    "6,000, clean: 3 in 60 min": Row(thresholds(n=3, minutes=60, **CLEAN), subscribers=SMALL),
}
SENSITIVITY = {
    **{f"{name} (open at {step.open_limit})": Row(at_step(name)) for name, step in STEPS.items()},
    **{f"6,000: {name}": Row(at_step(name), subscribers=SMALL) for name in STEPS},
}
TABLES = {"detectors": DETECTORS, "sensitivity": SENSITIVITY}


def one_seed(table: str, seed: int, days: int) -> tuple[dict[str, Any], float]:
    """Every row of the table on one simulated town: {row: scored}, and the fold's microseconds an event."""
    rows = TABLES[table]
    scored, cost = {}, 0.0
    for subscribers in (LARGE, SMALL):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            simulate(seed, days, name, subscribers=subscribers)
            cost = cost or product.microseconds_an_event(folder)
            events = read_jsonl(folder / "events.jsonl")
            truth = json.loads((folder / "truth.json").read_text())
            topology = Topology(folder / "topology.json")
            for title, row in rows.items():
                if row.subscribers == subscribers:
                    write_jsonl(folder / "events.jsonl", row.spoil(events))
                    scored[title] = score(events, truth, list(row.detect(folder)), topology)
    return scored, cost


def print_table(table: str, seeds: list[int], days: int) -> None:
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(seeds))) as pool:
        results = list(pool.map(one_seed, [table] * len(seeds), seeds, [days] * len(seeds)))
    weeks = days * len(seeds) / 7
    print(f"Spike detection: seeds {seeds[0]}-{seeds[-1]}, {days} days each, {weeks:.0f} weeks")
    print(f"{'':31}{'false':>7}{'found':>7}{'delay med/p90':>15}{'lost':>6}{'node':>11}{'extra':>7}{'city':>10}")
    print(f"{'':31}{'a week':>7}{'':>7}{'min':>15}{'min':>6}{'found, min':>11}{'visits':>7}{'':>10}")
    for title in TABLES[table]:
        summary = summarise([scored[title] for scored, _ in results])
        address, node, city = (summary["kinds"][kind] for kind in ("address", "node", "city"))
        print(
            f"{title:31}{summary['false_per_week']:7.2f}{address['det_seen']:7.1%}"
            f"{address['delay_med']:9.0f} / {address['delay_p90']:3.0f}{address['lost']:6.0f}"
            f"{node['det_seen']:6.0%} {node['delay_med']:4.0f}{node['dup'] + node['rollup']:7.2f}"
            f"{city['det']:6.0%} {city['delay_med']:3.0f}"
        )
    print(TARGET)
    print(f"fold, median of the seeds: {statistics.median(us for _, us in results):.0f} us an event")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.spikes", description="Spike quality.")
    parser.add_argument("--seeds", default="101-110", help="first-last")
    parser.add_argument("--days", type=int, default=60)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("sensitivity", help="what each step of the supervisor's sensitivity costs and brings")
    alarms = commands.add_parser("alarms", help="alarms of the product's detector over a simulated folder")
    alarms.add_argument("folder", type=Path)
    make = commands.add_parser("simulate", help="write one simulated town")
    make.add_argument("--seed", type=int, default=1)
    make.add_argument("--days", type=int, default=60)
    make.add_argument("--out", default="data")
    make.add_argument("--subscribers", type=int, default=LARGE)
    given = parser.parse_args()
    if given.command == "alarms":
        for alarm in product.alarms(given.folder):
            print(json.dumps(alarm))
    elif given.command == "simulate":
        calls, lost = simulate(given.seed, given.days, given.out, subscribers=given.subscribers)
        print(f"{calls} calls ({calls / given.days:.0f} a day), {lost} lost at full lines -> {given.out}")
    else:
        first, _, last = given.seeds.partition("-")
        print_table(given.command or "detectors", list(range(int(first), int(last or first) + 1)), given.days)


if __name__ == "__main__":
    main()
