"""The running product under fault, and the outages that are played into it."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import redis
import requests

from tests.faults.invariants import broken, rows
from tests.faults.pbx import Event, Stream, call
from tests.run.copy import Copy

CALLERS = 5
WITHIN_S = 45.0
# Houses of many subscribers whose phones are theirs alone, one a node.
_HOUSES = """
SELECT DISTINCT ON (b.node_id) b.id, (array_agg(DISTINCT p.number))[1:%s]
FROM network_building b
JOIN network_premise h ON h.building_id = b.id
JOIN customers_subscriber s ON s.premise_id = h.id AND s.active
JOIN LATERAL (SELECT min(number) AS number FROM customers_phone WHERE subscriber_id = s.id) p ON p.number IS NOT NULL
WHERE 1 = (SELECT count(*) FROM customers_phone same WHERE same.number = p.number)
GROUP BY b.id HAVING count(DISTINCT p.number) >= 20 ORDER BY b.node_id, b.id
"""


def wait_for(ready: Callable[[], Any], *, what: str, seconds: float = WITHIN_S) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.05)
    return found


class Product(Copy):
    """`manage.py run` with the demo town."""

    def begin(self) -> None:
        self.start(DEMO="1")
        demo = json.loads((self.data_dir / "demo.json").read_text())
        self.url = f"http://127.0.0.1:{self.port}/api/v1/cti/{demo['cti_token']}"
        self.owner = demo["database_urls"]["owner"]
        self.houses: Iterator[tuple[int, list[str]]] = iter(rows(self.owner, _HOUSES, CALLERS))
        self.day = datetime.now(UTC).replace(hour=9) - timedelta(days=60)
        self.redis = redis.Redis(unix_socket_path=str(self.data_dir / "redis/redis.sock"), socket_timeout=2)

    # ------------------------------------------------------------------------------------------- outages
    def outages(self, count: int) -> tuple[list[int], Stream]:
        """Start to play so many outages, each on a day of its own: the houses, and the stream of their calls."""
        failed, events = [], list[Event]()
        for _ in range(count):
            house, numbers = next(self.houses)
            self.day += timedelta(days=1)
            failed.append(house)
            for n, number in enumerate(numbers):
                events += call(f"{house}-{n}", number, self.day + timedelta(minutes=2 * n))
        return failed, Stream(self.url, events)

    def check(self, houses: list[int], stream: Stream) -> None:
        """Everything that was acknowledged is there once, and everything that must follow from it followed once."""
        stream.finish()
        wait_for(lambda: self._visits(houses) == dict.fromkeys(houses, 1), what="one visit for each outage")
        wait_for(lambda: not broken(self.owner), what="the invariants")
        stored = rows(self.owner, "SELECT leg, kind FROM calls_callevent")
        for event in stream.acknowledged:
            assert stored.count((event["callId"], event["event"])) == 1, event
        opened = "SELECT building_id, count(*) FROM incidents_incident WHERE state = 'open' GROUP BY 1"
        assert {house: n for house, n in rows(self.owner, opened) if house in houses} == dict.fromkeys(houses, 1)

    def _visits(self, houses: list[int]) -> dict[int, int]:
        sql = "SELECT building_id, count(*) FROM dispatch_visit WHERE kind = 'immediate' GROUP BY 1"
        return {house: n for house, n in rows(self.owner, sql) if house in houses}

    def ready(self) -> tuple[int, dict[str, Any]]:
        reply = requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=15)
        return reply.status_code, reply.json()

    # ------------------------------------------------------------------------------------------- processes
    def child(self, words: str) -> int | None:
        """The supervisor's own child whose command line holds the words."""
        assert self.process is not None
        table = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
        )
        for line in table.stdout.splitlines():
            pid, parent, state, args = line.split(maxsplit=3)
            if int(parent) == self.process.pid and words in args and not state.startswith("Z"):
                return int(pid)
        return None

    def signal(self, words: str, how: signal.Signals) -> int:
        pid = wait_for(lambda: self.child(words), what=f"a process with {words!r}")
        os.kill(pid, how)
        return int(pid)

    def hold_supervisor(self, held: bool) -> None:
        """While it is held nobody starts anything again."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP if held else signal.SIGCONT)
