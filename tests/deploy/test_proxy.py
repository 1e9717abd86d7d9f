"""No road leads from the public listener to the finance desk."""

import http.server
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.architecture.test_structure import ROOT

CADDYFILE = ROOT / "deploy/Caddyfile"
CADDY = os.environ.get("CADDY") or shutil.which("caddy")


class Block(NamedTuple):
    """`head { lines }`, where a line is a directive or a block of its own."""

    head: str
    lines: "list[str | Block]"


def parse(lines: Iterator[str], head: str = "") -> Block:
    block = Block(head, [])
    for raw in lines:
        line = raw.strip()
        if line == "}":
            break
        if line.endswith(" {") or line == "{":
            block.lines.append(parse(lines, line[:-1].strip()))
        elif line and not line.startswith("#"):
            block.lines.append(line)
    return block


def blocks(block: Block) -> dict[str, Block]:
    return {line.head: line for line in block.lines if isinstance(line, Block)}


def text(block: Block) -> str:
    return "\n".join(line if isinstance(line, str) else f"{line.head} {{{text(line)}}}" for line in block.lines)


SITES = blocks(parse(iter(CADDYFILE.read_text().splitlines())))
PUBLIC, OFFICE = "{$PUBLIC_SITE:http://:8080}", "{$OFFICE_ORIGIN:http://}:8081"


def test_there_are_two_doors_and_a_pulse() -> None:
    assert set(SITES) == {"", "(shared)", PUBLIC, OFFICE, "http://:2020"}
    assert "bind 127.0.0.1" in SITES["http://:2020"].lines
    assert "admin off" in SITES[""].lines


def test_the_public_door_leads_to_the_ordinary_desks_only() -> None:
    assert [line for line in text(SITES[PUBLIC]).splitlines() if "proxy" in line] == ["reverse_proxy web:8000"]
    assert "finance" not in text(SITES[PUBLIC]) + text(SITES["(shared)"]) + text(SITES["http://:2020"])


def test_the_office_door_opens_to_office_addresses_and_drops_the_rest() -> None:
    office = SITES[OFFICE]
    assert "@office remote_ip {$OFFICE_NETWORKS}" in office.lines
    assert text(blocks(office)["handle @office"]) == "reverse_proxy finance:8001"
    assert text(blocks(office)["handle"]) == "abort"
    assert [line for line in office.lines if isinstance(line, str) and "proxy" in line] == []


def test_no_forwarded_header_is_believed() -> None:
    assert "trusted_proxies" not in CADDYFILE.read_text()
    assert "header_up" not in CADDYFILE.read_text()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Proxy:
    """The real proxy before two servers that say who they are and whom they were told of."""

    def __init__(self, folder: Path, networks: str) -> None:
        self.ports = {name: free_port() for name in ("8080", "8081", "8443", "2020")}
        self.behind = {name: self._server(name) for name in ("web:8000", "finance:8001")}
        config = CADDYFILE.read_text()
        for name, server in self.behind.items():
            config = config.replace(name, f"127.0.0.1:{server.server_port}")
        for name, port in self.ports.items():
            config = config.replace(name, str(port))
        (folder / "Caddyfile").write_text(config)
        self.process = subprocess.Popen(
            [str(CADDY), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"],
            env={"OFFICE_NETWORKS": networks, "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            stderr=(folder / "caddy.log").open("wb"),
        )

    @staticmethod
    def _server(name: str) -> http.server.ThreadingHTTPServer:
        class Says(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = f"{name} {self.headers['X-Forwarded-For']}".encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None: ...

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Says)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def ask(self, port: str, path: str = "/", **headers: str) -> str:
        connection = HTTPConnection("127.0.0.1", self.ports[port], timeout=5)
        connection.request("GET", path, headers=headers)
        return connection.getresponse().read().decode()

    def wait(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                self.ask("2020", "/alive")
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the proxy does not start")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        for server in self.behind.values():
            server.shutdown()


@pytest.mark.skipif(CADDY is None, reason="no caddy on PATH nor in CADDY: only the text was checked")
class TestWithTheRealProxy:
    @pytest.fixture
    def proxy(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Proxy]:
        proxy = Proxy(tmp_path, request.param)
        try:
            proxy.wait()
            yield proxy
        finally:
            proxy.stop()

    @pytest.mark.parametrize("proxy", ["127.0.0.0/8"], indirect=True)
    def test_each_door_has_its_desk_and_the_client_is_who_connects(self, proxy: Proxy) -> None:
        forged = {"X-Forwarded-For": "10.1.2.3", "Host": "finance:8001"}
        assert proxy.ask("8080", "/accounts/", **forged) == "web:8000 127.0.0.1"
        assert proxy.ask("8081", "/accounts/", **forged) == "finance:8001 127.0.0.1"

    @pytest.mark.parametrize("proxy", ["10.0.0.0/8 192.168.1.0/24", ""], indirect=True)
    def test_a_stranger_gets_no_answer_at_the_office_door(self, proxy: Proxy) -> None:
        assert proxy.ask("8080").startswith("web:8000")
        with pytest.raises((RemoteDisconnected, ConnectionResetError)):
            proxy.ask("8081", **{"X-Forwarded-For": "10.1.2.3"})
