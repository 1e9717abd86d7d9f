"""A client that costs little beside the server it measures: plain sockets, requests made beforehand."""

import json
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any


def post(path: str, body: Any) -> bytes:
    """A whole HTTP request."""
    raw = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw


class _Line:
    """One kept-alive connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self.heard = b""

    def send(self, request: bytes) -> None:
        self.began, self.heard = time.perf_counter(), b""
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """The status when the answer is whole."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        self.heard += part
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if not found:
            return None
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
        is_whole = len(body) >= int(length) if length else body.endswith(b"0\r\n\r\n")  # else it comes in chunks
        return int(head[9:12]) if is_whole else None


def drive(
    port: int,
    requests: Iterable[bytes],
    *,
    connections: int = 8,
    seconds: float | None = None,
    pace: float | None = None,
) -> tuple[list[float], float, dict[int, int]]:
    """Send them over so many connections: latencies, seconds it took, answers by status.

    Without `pace` as fast as answers come; with it, so many a second however long the answers take (as long as a
    connection is free). Stops after `seconds`, or when the requests run out.
    """
    feed = _paced(requests, pace)
    lines = [_Line(port) for _ in range(connections)]
    waiting = selectors.DefaultSelector()
    for line in lines:
        waiting.register(line.socket, selectors.EVENT_READ, line)
    idle, busy = deque(lines), 0  # in turn: the server hangs up on one that rests for seconds
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    began = time.perf_counter()
    open_ = True
    while open_ or busy:
        while open_ and idle:
            request = next(feed, None)
            if request is None or (seconds is not None and time.perf_counter() - began > seconds):
                open_ = False
            elif request == b"":
                break  # not yet due
            else:
                idle.popleft().send(request)
                busy += 1
        for key, _ in waiting.select(0.002 if open_ else 1.0) if busy or open_ else ():
            status = key.data.receive()
            if status is not None:
                latencies.append(time.perf_counter() - key.data.began)
                statuses[status] = statuses.get(status, 0) + 1
                idle.append(key.data)
                busy -= 1
    took = time.perf_counter() - began
    for line in lines:
        line.socket.close()
    return latencies, took, statuses


def _paced(requests: Iterable[bytes], pace: float | None) -> Iterator[bytes]:
    """Each request at its time; an empty one says that the next is not due yet."""
    began = time.perf_counter()
    for n, request in enumerate(requests):
        while pace is not None and time.perf_counter() - began < n / pace:
            yield b""
        yield request
