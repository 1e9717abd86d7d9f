"""What tickets cost as they grow in number.

python -m benchmarks.scale [--sizes 10000,100000,1000000] [--seconds 2]

For each size a database of its own and the real server with its production settings; somebody of technical support is
signed in. Beside the pages stands a floor, measured in the same run: one indexed SELECT and a small template behind the
same middleware. The targets are parts of what the best known systems need on a like machine at 100,000 tickets.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks import copy, load
from benchmarks.scale.fill import COMMON, RARE, fill
from contactcenter.processes import web

SIZES = (10_000, 100_000)
SECONDS, WARM_S = 2.0, 0.5
MOST_STATEMENTS, MOST_GROWTH = 15, 1.5
FLOOR = "floor"
TARGETS_MS = {
    "home": 5.9,
    "list of 50": 10.0,
    "ticket": 10.0,
    "search, rare": 10.2,
    "search, common": 12.7,
    "create": 11.4,
    "reply": 11.4,
}
SETTINGS = "benchmarks.scale.floor"
_SECRET = "s" * 32  # a CSRF secret; the cookie and the header only have to agree


@dataclass
class Page:
    name: str
    requests: Callable[[], Iterator[bytes]]
    status: int = 200
    path: str = ""
    statements: int = 0
    single: list[float] = field(default_factory=list)
    eight: list[float] = field(default_factory=list)

    @property
    def ms(self) -> float:
        return 1000 * statistics.median(self.single)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", default=",".join(map(str, SIZES)))
    asked.add_argument("--seconds", type=float, default=SECONDS)
    options = asked.parse_args()
    sizes = [int(one) for one in options.sizes.split(",")]
    measured = {size: _measure(size, options.seconds) for size in sizes}
    if len(sizes) > 1:
        _print_growth(measured[sizes[0]], measured[sizes[-1]], sizes)


def _measure(size: int, seconds: float) -> list[Page]:
    with copy.servers() as data_dir, ExitStack() as stack:
        copy.load_town(200)
        began = time.perf_counter()
        fill(size)
        print(f"\n{size:,} tickets, filled in {time.perf_counter() - began:.0f} s; load {os.getloadavg()[0]:.1f}")
        (data_dir / "staticfiles").mkdir()  # its presence is what makes names with hashes
        copy.manage("collectstatic", "--no-input", "-v", "0")
        port = copy.free_port()
        stack.enter_context(copy.running(web("web", "web", "127.0.0.1", str(port)), DJANGO_SETTINGS_MODULE=SETTINGS))
        copy.wait_for(lambda: copy.answers(port, "/healthz"), what="the web")
        asked = _asked(data_dir)
        pages = _pages(asked)
        for page in pages:
            load.drive(port, page.requests(), connections=8, seconds=WARM_S)
        for connections in (1, 8):
            for page in pages:
                latencies, _took, statuses = load.drive(port, page.requests(), connections=connections, seconds=seconds)
                if set(statuses) != {page.status}:
                    raise SystemExit(f"{page.name}: not every answer was {page.status}: {statuses}")
                (page.single if connections == 1 else page.eight).extend(latencies)
        for page in pages:
            page.statements = int(asked["statements"].get(page.name, 0))
    _print(pages)
    return pages


def _asked(data_dir: Path) -> dict[str, Any]:
    """A session, and numbers of tickets to ask for; from a process that knows Django, for each size has its own."""
    username = json.loads((data_dir / "demo.json").read_text())["users"]["support"]["username"]
    from subprocess import run
    from sys import executable

    command = [executable, "-m", "benchmarks.scale.asked", username]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS}
    found: dict[str, Any] = json.loads(run(command, cwd=copy.ROOT, env=env, check=True, capture_output=True).stdout)
    return found


def _pages(asked: dict[str, Any]) -> list[Page]:
    cookie = f"Cookie: cc_session={asked['session']}; cc_csrf={_SECRET}\r\n"
    numbers: list[str] = asked["numbers"]

    def get(path: str) -> bytes:
        return f"GET {quote(path, safe='/?=&%')} HTTP/1.1\r\nHost: localhost\r\n{cookie}\r\n".encode()

    def post(path: str, body: bytes, kind: str) -> bytes:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{cookie}X-CSRFToken: {_SECRET}\r\nContent-Type: {kind}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def same(path: str) -> Callable[[], Iterator[bytes]]:
        return lambda: (get(path) for _ in count())

    def each(shape: str) -> Callable[[], Iterator[bytes]]:
        return lambda: (get(shape.format(numbers[n % len(numbers)])) for n in count())

    def creating() -> Iterator[bytes]:
        for n in count():
            body = {
                "desk": "support",
                "subject": f"Нет интернета {n}",
                "text": "Горит красная лампа",
                "channel": "phone",
            }
            yield post("/api/v1/tickets/", json.dumps(body).encode(), "application/json")

    def replying() -> Iterator[bytes]:
        for n in count():
            body = urlencode({"text": f"Перезвонили, порт проверен {n}"}).encode()
            path = f"/tickets/{numbers[n % len(numbers)]}/comment/"
            yield post(path, body, "application/x-www-form-urlencoded")

    return [
        Page(FLOOR, each("/floor/{}/")),
        Page("home", same("/tickets/home/")),
        Page("list of 50", same("/tickets/")),
        Page("ticket", each("/tickets/{}/")),
        Page("search, rare", same(f"/tickets/?q={RARE}")),
        Page("search, common", same(f"/tickets/?q={COMMON}")),
        Page("create", creating, 201),
        Page("reply", replying, 302),
    ]


def _print(pages: list[Page]) -> None:
    floor = pages[0].ms
    print(f"{'':16}{'p50 ms':>8}{'x floor':>9}{'p95':>8}{'target':>8}{'':>9}{'at 8: p50':>11}{'SQL':>5}")
    for page in pages:
        target = TARGETS_MS.get(page.name)
        verdict = "" if target is None else _verdict(page.ms <= target)
        said = f"{target:8.1f}" if target else f"{'':8}"
        p95, eight = 1000 * copy.quantile(page.single, 0.95), 1000 * statistics.median(page.eight)
        row = f"{page.name:16}{page.ms:8.1f}{page.ms / floor:9.2f}{p95:8.1f}{said}{verdict:>9}{eight:11.1f}"
        print(f"{row}{page.statements or '':>5}")
    most = max(page.statements for page in pages)
    print(f"SQL a page: at most {most}, target <= {MOST_STATEMENTS}: {_verdict(most <= MOST_STATEMENTS)}")


def _print_growth(few: list[Page], many: list[Page], sizes: list[int]) -> None:
    print(f"\n{sizes[-1]:,} beside {sizes[0]:,} (each in floors of its own run), target <= {MOST_GROWTH}:")
    for small, big in zip(few[1:], many[1:], strict=True):
        growth = (big.ms / many[0].ms) / (small.ms / few[0].ms)
        print(f"  {small.name:16}{growth:6.2f} {_verdict(growth <= MOST_GROWTH)}")


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


if __name__ == "__main__":
    main()
