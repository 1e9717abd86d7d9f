"""`make run` from start to stop, with real processes: nothing is left behind, nothing is lost."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.architecture.test_structure import ROOT
from tests.run.copy import Copy, alive, clean_environment, gone_within, sign_in

pytestmark = pytest.mark.fault


@pytest.fixture
def copy() -> Iterator[Callable[..., Copy]]:
    made: list[Copy] = []

    def make(command: str = "run") -> Copy:
        made.append(Copy(command))
        return made[-1]

    yield make
    for one in made:
        one.discard()


def test_an_empty_system_starts_stops_and_starts_again_with_its_data(copy: Callable[..., Copy]) -> None:
    one = copy()
    one.start()
    admin = json.loads((one.data_dir / "admin.json").read_text())
    assert (one.data_dir / "admin.json").stat().st_mode & 0o777 == 0o600
    assert one.log.read_text().count(admin["password"]) == 1
    assert sign_in(one.port, **admin)
    assert not sign_in(one.port, "admin", "a wrong password")
    assert not (one.data_dir / "demo.json").exists()
    children = one.descendants()
    for name in ("asgi", "worker", "beat", "manage.py sweep", "finance_sweep", "postgres", "redis"):
        assert any(name in args for args in children.values()), f"{name} does not run"
    assert not list(ROOT.glob("celerybeat*")), "an image is read only: nothing is written beside the code"

    assert one.end(signal.SIGTERM) == 0, one.log.read_text()
    assert alive(children) == {}

    assert one.start() < 30
    assert sign_in(one.port, **admin)
    assert one.log.read_text().count(admin["password"]) == 1  # shown once, on the first start
    children = one.descendants()
    assert one.end(signal.SIGINT) == 0
    assert alive(children) == {}


def test_a_killed_supervisor_leaves_nothing_that_hinders_the_next_start(copy: Callable[..., Copy]) -> None:
    one = copy()
    one.start()
    admin = json.loads((one.data_dir / "admin.json").read_text())
    children = one.descendants()
    one.end(signal.SIGKILL)
    if sys.platform == "linux":  # elsewhere the kernel does not tell children that their parent died
        ours = {pid: args for pid, args in children.items() if "postgres" not in args}
        assert ours
        assert gone_within(ours, 30) == {}
    one.start()
    assert sign_in(one.port, **admin)


def test_two_copies_live_side_by_side_and_never_share_a_folder(copy: Callable[..., Copy]) -> None:
    one, other, third = copy(), copy(), copy()
    one.start()
    other.start()
    keys = {requests.get(f"http://127.0.0.1:{c.port}/healthz", timeout=5).status_code for c in (one, other)}
    assert keys == {200}
    assert json.loads((one.data_dir / "admin.json").read_text()) != json.loads(
        (other.data_dir / "admin.json").read_text()
    )

    intruder = subprocess.run(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env=clean_environment(
            DATA_DIR=str(one.data_dir), PORT=str(third.port), FINANCE_PORT=str(third.finance_port), DEMO="0"
        ),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert intruder.returncode == 1
    assert one.process is not None
    assert f"Another copy (process {one.process.pid}) already runs in {one.data_dir}" in intruder.stderr
    assert "Traceback" not in intruder.stderr
    assert one.answers(one.port)

    one.end(signal.SIGTERM)
    assert other.answers(other.port)
    assert other.answers(other.finance_port)


def test_no_forwarded_address_is_believed_without_a_proxy(copy: Callable[..., Copy]) -> None:
    """The office is somewhere else: a caller of this machine does not get in by naming an address of it."""
    one = copy()
    one.start(OFFICE_NETWORKS="10.1.2.0/24")
    for headers in ({}, {"X-Forwarded-For": "10.1.2.3"}, {"X-Real-IP": "10.1.2.3"}):
        reply = requests.get(f"http://127.0.0.1:{one.finance_port}/login/", headers=headers, timeout=5)
        assert reply.status_code == 404
        reply = requests.get(f"http://127.0.0.1:{one.finance_port}/live/", headers=headers, timeout=5)
        assert reply.status_code == 404
    assert requests.get(f"http://127.0.0.1:{one.port}/login/", timeout=5).status_code == 200


def test_a_developers_copy_serves_live_hints_and_starts_again_on_a_change(copy: Callable[..., Copy]) -> None:
    one = copy("dev")
    one.start()
    page = requests.get(f"http://127.0.0.1:{one.port}/no-such-page", timeout=5)
    assert "contactcenter.urls" in page.text  # DEBUG shows the URLconf; nothing else does
    assert requests.get(f"http://127.0.0.1:{one.port}/live/?topic=user:1", timeout=5).status_code == 403
    children = one.descendants()
    os.utime(ROOT / "contactcenter/apps.py")
    deadline = time.monotonic() + 20
    while "Reloading" not in one.log.read_text():
        assert time.monotonic() < deadline, one.log.read_text()
        time.sleep(0.1)
    children |= one.descendants()
    assert one.end(signal.SIGTERM) == 0
    assert gone_within(children, 10) == {}


@pytest.mark.parametrize("name", ["PORT", "FINANCE_PORT"])
def test_a_taken_port_is_said_in_one_line(copy: Callable[..., Copy], name: str) -> None:
    import socket

    one = copy()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = {"PORT": str(one.port), "FINANCE_PORT": str(one.finance_port), name: str(taken.getsockname()[1])}
        refused = subprocess.run(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=clean_environment(DATA_DIR=str(one.data_dir), DEMO="0", **ports),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert refused.returncode == 1
    assert re.search(rf"Port {ports[name]} is taken", refused.stderr)
    assert "Traceback" not in refused.stderr


def test_a_path_too_long_for_a_socket_names_the_cure(tmp_path_factory: pytest.TempPathFactory) -> None:
    deep = tmp_path_factory.mktemp("x") / ("d" * 100)
    refused = subprocess.run(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env=clean_environment(DATA_DIR=str(deep), PORT="0", FINANCE_PORT="0"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert refused.returncode == 1
    assert "set DATA_DIR to a shorter one" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not [*deep.rglob("PG_VERSION")]
