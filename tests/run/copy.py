"""A copy of the product as `make run` starts it: its own folder, ports and databases."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests

from tests.architecture.test_structure import ROOT
from tests.deploy.test_proxy import free_port

STARTS_WITHIN_S = 120
OURS = re.compile(
    r"DATABASE_URL|REDIS_URL|SECRET_KEY|DATA_DIR|CONTACTCENTER_|DJANGO_|PGAPPNAME|PROCESS|PORT|DEMO|PYTEST|STATIC_ROOT"
)


def clean_environment(**more: str) -> dict[str, str]:
    """The caller's environment without what the tests' own servers put there."""
    return {name: value for name, value in os.environ.items() if not OURS.search(name)} | more


class Copy:
    def __init__(self, command: str = "run") -> None:
        self.command = command
        self.data_dir = Path(tempfile.mkdtemp(prefix="cc-"))  # short: a socket's path has a limit
        self.port, self.finance_port = free_port(), free_port()
        self.log = self.data_dir / "output.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **env: str) -> float:
        """Start and wait until it takes requests; the seconds it took."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", self.command],
            cwd=ROOT,
            env=clean_environment(
                DATA_DIR=str(self.data_dir),
                PORT=str(self.port),
                FINANCE_PORT=str(self.finance_port),
                **{"DEMO": "0", **env},
            ),
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while not (self.answers(self.port) and self.answers(self.finance_port)):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() - began < STARTS_WITHIN_S, self.log.read_text()
            time.sleep(0.1)
        return time.monotonic() - began

    @staticmethod
    def answers(port: int) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=3).status_code == 200
        except requests.RequestException:
            return False

    def checks(self) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=3).json()["checks"]
        return found

    def descendants(self) -> dict[int, str]:
        """Every process below the supervisor: number and command line."""
        assert self.process is not None
        table = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split(maxsplit=2) for line in table.splitlines()]
        found, parents = {}, {self.process.pid}
        while parents:
            below = {int(pid): args[0] if args else "" for pid, ppid, *args in rows if int(ppid) in parents}
            found |= below
            parents = set(below)
        return found

    def end(self, how: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(60)

    def discard(self) -> None:
        """Whatever happened, nothing of this copy stays."""
        if self.process is not None and self.process.poll() is None:
            self.end(signal.SIGTERM)
        pid_file = self.data_dir / "postgres/cluster/postmaster.pid"
        if pid_file.exists():
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
            time.sleep(1)
        shutil.rmtree(self.data_dir, ignore_errors=True)


def alive(pids: dict[int, str]) -> dict[int, str]:
    """Those that still run; a zombie has ended."""
    table = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    running = {int(pid) for pid, stat in (line.split() for line in table.splitlines()) if not stat.startswith("Z")}
    return {pid: args for pid, args in pids.items() if pid in running}


def gone_within(pids: dict[int, str], seconds: float) -> dict[int, str]:
    """Wait for them to end; those that did not."""
    deadline = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    return alive(pids)


def sign_in(port: int, username: str, password: str) -> bool:
    """Through the real sign-in page."""
    browser = requests.Session()
    page = f"http://127.0.0.1:{port}/login/"
    form = browser.get(page, timeout=5).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token, form
    reply = browser.post(
        page,
        data={"csrfmiddlewaretoken": token[1], "login": username, "password": password},
        headers={"Referer": page},
        allow_redirects=False,
        timeout=5,
    )
    return reply.status_code == 302 and reply.headers["Location"] == "/home/"
