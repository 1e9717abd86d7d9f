"""Intake of telephone events over HTTP, beside a bare Django view that inserts one row.

python -m benchmarks.intake

Same web server, same database, same client, rounds in turn. One newCall is stored as an event, a call, a contact and
its history, with the caller looked up and the detector asked to look.
"""

import json
import os
import random
import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any, NamedTuple

import psycopg2

from benchmarks import copy, load
from benchmarks.bare_sql import TABLE
from contactcenter.processes import processes, web

SUBSCRIBERS = 6_000
ROUNDS, SECONDS, WARM_S, WORKER_ROUNDS = 6, 2.5, 1.5, 2
LEAST_SHARE, MOST_STATEMENTS = 0.5, 6
BARE, INTAKE, WITH_WORKER = "bare view, one row", "newCall", "newCall, worker beside it"


class Round(NamedTuple):
    rate: float
    latencies: list[float]


def main() -> None:
    with copy.servers() as data_dir, ExitStack() as stack:
        copy.load_town(SUBSCRIBERS)
        with psycopg2.connect(os.environ["OWNER_DATABASE_URL"]) as connection, connection.cursor() as cursor:
            cursor.execute(TABLE)
        import django

        django.setup()
        product, bare = copy.free_port(), copy.free_port()
        stack.enter_context(copy.running(web("web", "web", "127.0.0.1", str(product))))
        settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.bare"}
        stack.enter_context(copy.running(web("web", "web", "127.0.0.1", str(bare)), **settings))
        copy.wait_for(lambda: copy.answers(product, "/healthz") and copy.answers(bare, "/insert"), what="the web")

        path = f"/api/v1/cti/{json.loads((data_dir / 'demo.json').read_text())['cti_token']}"
        events = _events()
        feeds = {
            BARE: (bare, (load.post("/insert", event) for event in events)),
            INTAKE: (product, (load.post(path, event) for event in events)),
        }
        for port, feed in feeds.values():
            load.drive(port, feed, seconds=WARM_S)
        rounds: dict[str, list[Round]] = {BARE: [], INTAKE: [], WITH_WORKER: []}
        for _ in range(ROUNDS):
            for name, (port, feed) in feeds.items():
                rounds[name].append(_round(port, feed))
        statements = _statements(path, events)
        worker = next(p for p in processes(host="", port="", finance_port="") if p.name == "worker")
        with copy.running(worker):
            rounds[WITH_WORKER] = [_round(*feeds[INTAKE]) for _ in range(WORKER_ROUNDS)]
    _print(rounds, statements)


def _events() -> Iterator[dict[str, Any]]:
    """New calls without end, from phones all over the town."""
    from customers.models import Phone

    dice = random.Random(1)
    numbers = list(Phone.objects.order_by("pk").values_list("number", flat=True))
    for n in count():
        caller = dice.choice(numbers)
        yield {"event": "newCall", "callId": f"bench-{n}", "from": caller, "to": "88124000000", "direction": "in"}


def _round(port: int, feed: Iterator[bytes]) -> Round:
    latencies, took, statuses = load.drive(port, feed, seconds=SECONDS)
    if set(statuses) != {200}:
        raise SystemExit(f"Not every request was answered with 200: {statuses}")
    return Round(len(latencies) / took, latencies)


def _statements(path: str, events: Iterator[dict[str, Any]]) -> int:
    """The most SQL statements that one of a hundred events costs, besides BEGIN and COMMIT."""
    from django.db import connection
    from django.test import Client

    seen: list[str] = []

    def count_it(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    client, most = Client(headers={"host": "localhost"}), 0
    client.post(path, next(events), content_type="application/json")  # remembers the line
    for _ in range(100):
        seen.clear()
        with connection.execute_wrapper(count_it):
            reply = client.post(path, next(events), content_type="application/json")
        assert reply.status_code == 200, reply.content
        most = max(most, sum(sql.count(";") + 1 for sql in seen))
    return most


def _print(rounds: dict[str, list[Round]], statements: int) -> None:
    bare = statistics.median(r.rate for r in rounds[BARE])
    share = statistics.median(r.rate for r in rounds[INTAKE]) / bare
    print(f"Intake over HTTP: 8 connections, rounds of {SECONDS} s in turn, medians, {os.cpu_count()} cores")
    print(f"{'':28}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}{'of bare':>9}")
    for name, made in rounds.items():
        rate = statistics.median(r.rate for r in made)
        latencies = [1000 * latency for r in made for latency in r.latencies]
        p50, p99 = copy.quantile(latencies, 0.5), copy.quantile(latencies, 0.99)
        print(f"{name:28}{rate:10.0f}{p50:9.1f}{p99:9.1f}{rate / bare:9.2f}")
    print(f"rate of newCall: {share:.2f} of the bare view, target >= {LEAST_SHARE}: {_verdict(share >= LEAST_SHARE)}")
    print(f"SQL an event: {statements}, target <= {MOST_STATEMENTS}: {_verdict(statements <= MOST_STATEMENTS)}")


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


if __name__ == "__main__":
    main()
