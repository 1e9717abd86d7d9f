"""A copy of the product for a benchmark: its own folder, servers and ports; nothing of it stays."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from contactcenter import embedded
from contactcenter.processes import Process

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60.0


@contextmanager
def servers() -> Iterator[Path]:
    """Real, durable PostgreSQL and Redis that note the moment of each commit; this process speaks to them too."""
    data_dir = Path(tempfile.mkdtemp(prefix="cc-"))  # short: a socket's path has a limit
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "FINANCE_DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": "benchmarks only",
        "DJANGO_SETTINGS_MODULE": "contactcenter.settings",
    }
    running = embedded.start(data_dir)
    try:
        _note_commits(data_dir)
        running.stop()
        running = embedded.start(data_dir)
        os.environ.update(running.urls)
        yield data_dir
    finally:
        running.stop()
        shutil.rmtree(data_dir, ignore_errors=True)


def _note_commits(data_dir: Path) -> None:
    settings = data_dir / "postgres/cluster/postgresql.auto.conf"
    with settings.open("a") as file:
        file.write("track_commit_timestamp = on\n")


def manage(*command: str, **env: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env={**os.environ, **env}, check=True)


def load_town(subscribers: int) -> None:
    manage("migrate", "--no-input", "-v", "0", DATABASE_URL=os.environ["OWNER_DATABASE_URL"])
    manage("demo", "--subscribers", str(subscribers))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(process: Process, **env: str) -> Iterator[None]:
    child = subprocess.Popen(
        [sys.executable, *process.command], cwd=ROOT, env={**os.environ, "PROCESS": process.kind, **env}
    )
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_for(ready: Callable[[], object], *, what: str, seconds: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise SystemExit(f"Gave up waiting for {what}.")
        time.sleep(0.05)


def answers(port: int, path: str) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}{path}", timeout=3).status_code == 200
    except requests.RequestException:
        return False


def quantile(values: list[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
