"""deploy/redis.sh really run: strangers are refused, and the one user can do what Celery and live pages need."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from contactcenter.embedded import _redis_server
from contactcenter.processes import processes
from tests.architecture.test_structure import ROOT
from tests.deploy.test_proxy import free_port

PASSWORD = "a-password_of-our-own"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    run, data, port = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("data"), free_port()
    server = subprocess.Popen(
        ["/bin/sh", str(ROOT / "deploy/redis.sh")],
        env={
            "REDIS_PASSWORD": PASSWORD,
            "REDIS_SERVER": _redis_server(),
            "REDIS_RUN": str(run),
            "REDIS_DATA": str(data),
            "REDIS_PORT": str(port),
            "PATH": os.environ["PATH"],
        },
        stdout=subprocess.DEVNULL,
    )
    assert PASSWORD not in Path(f"/proc/{server.pid}/cmdline").read_text() if Path("/proc").exists() else True
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            redis.Redis(port=port).ping()
        except redis.AuthenticationError:
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    assert (run / "redis.conf").stat().st_mode & 0o777 == 0o600
    yield port
    server.terminate()
    server.wait(10)


@pytest.mark.parametrize("who", [{}, {"username": "default", "password": PASSWORD}, {"username": "contactcenter"}])
def test_a_stranger_is_refused(port: int, who: dict[str, str]) -> None:
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port, **{"password": "guess", **who} if who else {}).ping()


@pytest.mark.parametrize("command", ["FLUSHALL", "CONFIG GET *", "KEYS *", "SHUTDOWN", "DEBUG SLEEP 0", "SET other 1"])
def test_the_user_can_neither_empty_nor_freeze_nor_reconfigure_it(port: int, command: str) -> None:
    client = redis.Redis(port=port, username="contactcenter", password=PASSWORD)
    with pytest.raises(redis.ResponseError, match=r"(?i)no permission|noperm"):
        client.execute_command(*command.split())


def test_live_hints_pass(port: int) -> None:
    client = redis.Redis(port=port, username="contactcenter", password=PASSWORD)
    listener = client.pubsub()
    listener.subscribe("live")
    listener.get_message(timeout=2)
    client.publish("live", "user:7")
    assert (listener.get_message(timeout=2) or {})["data"] == b"user:7"


def test_a_real_worker_lives_on_it_and_answers_its_health_check(port: int, tmp_path: Path) -> None:
    env = {**os.environ, "REDIS_URL": f"redis://contactcenter:{PASSWORD}@127.0.0.1:{port}/0", "PROCESS": "worker"}
    command = next(p.command for p in processes(host="", port="", finance_port="") if p.name == "worker")
    command = tuple(part.replace("worker@%h", "worker@test") for part in command)
    log = tmp_path / "worker.log"
    worker = subprocess.Popen([sys.executable, *command], env=env, cwd=ROOT, stdout=log.open("wb"), stderr=-2)
    ping = ["-m", "celery", "-A", "contactcenter", "inspect", "ping", "-t", "5", "-d", "worker@test"]
    try:
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline and worker.poll() is None:
            if not subprocess.run([sys.executable, *ping], env=env, cwd=ROOT, capture_output=True).returncode:
                break
        else:
            raise AssertionError(log.read_text()[-2000:])
    finally:
        worker.terminate()
        worker.wait(20)
    assert "NOPERM" not in log.read_text()
