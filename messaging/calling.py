"""One POST to somebody else's server, which may be slow, lying, or an address that only we can reach.

The name is resolved once, every address it has is checked, and the connection goes to the checked address: a second
answer of the name server can't lead it elsewhere. Redirects are answers, not orders.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

TIMEOUT_S = 5.0  # for connecting and for each wait
WHOLE_S = 10.0
MOST_ANSWER = 2048

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
# They carry an IPv4 address inside, which may be a private one.
_TUNNELS = [ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]


class NotAllowed(Exception):
    """We don't call this address. `code`: bad_url, https_only, unknown_host, private_address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoAnswer(Exception):
    """`code`: timeout, tls, unreachable, bad_answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    code: int
    text: str


def check(url: str) -> tuple[SplitResult, str]:
    """The address in parts, and the checked IP to connect to. Asks the name server. Raises NotAllowed."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NotAllowed("bad_url") from None
    if not host or "@" in parts.netloc or parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise NotAllowed("bad_url")
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOK_HTTP):
        raise NotAllowed("https_only" if parts.scheme == "http" else "bad_url")
    try:
        found = socket.getaddrinfo(host, port or (443 if parts.scheme == "https" else 80), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotAllowed("unknown_host") from None
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(_is_allowed(address) for address in addresses):
        raise NotAllowed("private_address")
    return parts, addresses[0]


def _is_allowed(raw: str) -> bool:
    address: IP = ipaddress.ip_address(raw.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    own = (ipaddress.ip_network(one) for one in settings.WEBHOOK_PRIVATE_NETWORKS)
    if any(address in network for network in own):
        return True
    return address.is_global and not address.is_multicast and not any(address in tunnel for tunnel in _TUNNELS)


class _Plain(http.client.HTTPConnection):
    """Connects to the address that was checked, whatever the name says by now."""

    def __init__(self, host: str, port: int, *, to: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self.to = to

    def connect(self) -> None:
        self.sock = socket.create_connection((self.to, self.port), TIMEOUT_S)


class _Secure(_Plain):
    """The certificate is checked against the name."""

    default_port = 443

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send the body; the answer's status and the first 2 kB of its text. Raises NotAllowed, NoAnswer."""
    parts, address = check(url)
    secure = parts.scheme == "https"
    connection = (_Secure if secure else _Plain)(str(parts.hostname), parts.port or (443 if secure else 80), to=address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # A server that sends a byte every four seconds never runs into a socket's timeout.
    watchdog = threading.Timer(WHOLE_S, lambda: _cut(connection))
    watchdog.daemon = True
    watchdog.start()
    started = time.monotonic()
    try:
        connection.request("POST", path, body, headers)
        reply = connection.getresponse()
        text = reply.read(MOST_ANSWER).decode("utf-8", "replace").replace("\x00", "")
        return Answer(reply.status, text)
    except ssl.SSLError:
        raise NoAnswer("tls") from None
    except TimeoutError:
        raise NoAnswer("timeout") from None
    except http.client.HTTPException:
        raise NoAnswer("timeout" if time.monotonic() - started >= WHOLE_S else "bad_answer") from None
    except OSError:
        raise NoAnswer("timeout" if time.monotonic() - started >= WHOLE_S else "unreachable") from None
    finally:
        watchdog.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    try:
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
    except OSError:  # it has ended by itself
        return
