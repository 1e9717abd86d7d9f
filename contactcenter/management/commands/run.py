import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from contactcenter import embedded
from contactcenter.children import Child
from contactcenter.processes import Process, processes

HOST = "127.0.0.1"
STOP_S = 20.0
LOOK_EVERY_S = 0.5


class Command(BaseCommand):
    help = "Run the whole product on this machine, in the foreground."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: self.stopping.set())
        port, finance_port = os.environ.get("PORT", "8000"), os.environ.get("FINANCE_PORT", "8001")
        data_dir: Path = settings.DATA_DIR
        for name in {"DATABASE_URL", "REDIS_URL"} - set(os.environ["CONTACTCENTER_GIVEN"].split(",")):
            os.environ.pop(name, None)  # the address of an earlier run, from environment.json
        try:
            servers = embedded.start(data_dir)
        except embedded.CannotStart as error:
            raise CommandError(str(error)) from error
        try:
            for wanted in (port, finance_port):
                _check_free(int(wanted))
            os.environ.update(servers.urls)
            _remember(data_dir, servers.urls)
            self._prepare(data_dir)
            table = self._table(processes(host=HOST, port=port, finance_port=finance_port))
            children = [Child(process.name, partial(self._start, process)) for process in table]
            self._greet(data_dir, port, finance_port)
            self._watch(children, servers.children)
        finally:
            servers.stop()

    def _table(self, table: tuple[Process, ...]) -> tuple[Process, ...]:
        return table

    def _prepare(self, data_dir: Path) -> None:
        owner = {"DATABASE_URL": os.environ["OWNER_DATABASE_URL"]}
        self._manage("migrate", "--no-input", "-v", "0", env=owner)
        if os.environ.get("DEMO", "1") != "1":
            self._manage("first_admin")
        elif not (data_dir / "demo.json").exists():
            self.stdout.write("Loading the demo town...")
            self._manage("demo")
            self._manage("demo_finance", env={"PROCESS": "finance"})

    def _manage(self, *command: str, env: dict[str, str] | None = None) -> None:
        done = subprocess.run([sys.executable, "manage.py", *command], env={**os.environ, **(env or {})}, check=False)
        if done.returncode:
            raise CommandError(f"manage.py {command[0]} failed.")

    def _start(self, process: Process) -> "subprocess.Popen[bytes]":
        # Unless you say so, no proxy stands before these servers: a forwarded address is a forged one.
        return subprocess.Popen(
            [sys.executable, *process.command],
            env={"FORWARDED_ALLOW_IPS": "", **os.environ, "PROCESS": process.kind},
            preexec_fn=embedded.die_with_parent,
            start_new_session=True,
        )

    def _greet(self, data_dir: Path, port: str, finance_port: str) -> None:
        self.stdout.write(
            f"\nContact centre: http://localhost:{port}/   finance desk: http://localhost:{finance_port}/"
        )
        demo = data_dir / "demo.json"
        if demo.exists():
            for role, login in json.loads(demo.read_text())["users"].items():
                self.stdout.write(f"  {role:20} {login['username']:10} {login['password']}")
        self.stdout.write("Ctrl-C stops everything.")

    def _watch(self, children: list[Child], servers: list[Child]) -> None:
        """Start again whatever dies, our servers included; on a signal stop all, gently first."""
        while not self.stopping.wait(LOOK_EVERY_S):
            for child in [*servers, *children]:
                if (news := child.revive()) is not None:
                    self.stderr.write(news)
        self.stdout.write("Stopping...")
        processes = [child.process for child in children]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + STOP_S
        for process in processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(f"Port {port} is taken: set PORT and FINANCE_PORT to free ones.") from error


def _remember(data_dir: Path, urls: dict[str, str]) -> None:
    """Leave the addresses for commands started by hand (contactcenter.env)."""
    path = data_dir / "environment.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    embedded.write_private(path, json.dumps({**known, **urls}))
