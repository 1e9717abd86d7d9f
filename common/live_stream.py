"""`/live/`: Server-Sent Events as a plain ASGI handler, one Redis subscription per process.

A stream costs about 10 kB and no thread. The session is looked up in a small pool whose connections are closed
afterwards: an open stream must not hold a database connection.
"""

import asyncio
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.db import connections
from django.utils.crypto import constant_time_compare

from common import redis
from common.live import CHANNEL, EVERYTHING, REVOKED, may_listen

log = logging.getLogger(__name__)
PING_S = 20.0
RECHECK_S = 120.0
MAX_TOPICS = 40
QUEUE_LENGTH = 100
_pool = ThreadPoolExecutor(2, thread_name_prefix="live-session")


class Hub:
    """Fans one Redis subscription out to the streams of this process."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[str]] = set()
        self.task: asyncio.Task[None] | None = None

    def join(self) -> "asyncio.Queue[str]":
        if self.task is None or self.task.done() or self.task.get_loop() is not asyncio.get_running_loop():
            self.task = asyncio.get_running_loop().create_task(self._listen())
        queue: asyncio.Queue[str] = asyncio.Queue(QUEUE_LENGTH)
        self.queues.add(queue)
        return queue

    def leave(self, queue: "asyncio.Queue[str]") -> None:
        self.queues.discard(queue)

    def _tell(self, topic: str) -> None:
        for queue in self.queues:
            if not queue.full():
                queue.put_nowait(topic)
                continue
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(EVERYTHING)  # who lags refetches everything rather than guess what he missed

    async def _listen(self) -> None:
        delay, was_down = 0.5, False
        while True:
            try:
                async with redis.listening_client() as client, client.pubsub() as subscription:
                    await subscription.subscribe(CHANNEL)
                    if was_down:
                        self._tell(EVERYTHING)
                    delay, was_down = 0.5, True
                    async for message in subscription.listen():
                        if message["type"] == "message":
                            self._tell(message["data"])
            except asyncio.CancelledError:
                raise
            except Exception as error:  # Redis is away: keep the streams, try again
                log.warning("live: subscription lost (%s)", type(error).__name__)
                was_down = True
            await asyncio.sleep(delay)
            delay = min(delay * 2, 10)


hub = Hub()


def _session_key(headers: dict[bytes, bytes]) -> str | None:
    try:
        cookie = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return cookie.value if cookie else None


def _listener(session_key: str, topics: list[str]) -> tuple[int, list[str]] | None:
    """The signed-in user's id and those of the topics that he may hear; None without a living session."""
    try:
        session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
        user = get_user_model().objects.filter(pk=session.get(SESSION_KEY, 0), is_active=True).first()
        if user is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
            return None
        return user.pk, [topic for topic in topics if may_listen(user, topic)]
    finally:
        connections.close_all()


def _foreign(headers: dict[bytes, bytes]) -> bool:
    origin = headers.get(b"origin", b"").decode("latin-1")
    return bool(origin) and urlsplit(origin).netloc != headers.get(b"host", b"").decode("latin-1")


async def _refuse(send: Any, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def live(scope: Any, receive: Any, send: Any) -> None:
    """`GET /live/?topic=desk:dispatch&topic=user:7` -> events named `live` with `{"topic": ...}`.

    Topics that the user may not hear are left out silently; 403 without a session or from a foreign origin.
    """
    headers = dict(scope["headers"])
    key = _session_key(headers)
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("topic", [])[:MAX_TOPICS]
    loop = asyncio.get_running_loop()
    listener = None
    if key and not _foreign(headers):
        listener = await loop.run_in_executor(_pool, _listener, key, asked)
    if key is None or listener is None:
        return await _refuse(send, 403)
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"text/event-stream"),
                (b"cache-control", b"no-store"),
                (b"x-accel-buffering", b"no"),
            ],
        }
    )
    pump = asyncio.create_task(_pump(send, key, asked, listener))
    gone = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait({pump, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (pump, gone):
            task.cancel()
        await asyncio.gather(pump, gone, return_exceptions=True)
    return None


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _pump(send: Any, key: str, asked: list[str], listener: tuple[int, list[str]]) -> None:
    user_id, topics = listener
    heard = set(topics)
    revoked = f"{REVOKED}:{user_id}"
    loop = asyncio.get_running_loop()
    checked = loop.time()
    queue = hub.join()
    try:
        await _write(send, b"retry: 3000\n: hello\n\n")
        while True:
            try:
                topic = await asyncio.wait_for(queue.get(), PING_S)
            except TimeoutError:
                topic = ""
            if topic == revoked or loop.time() - checked > RECHECK_S:
                again = await loop.run_in_executor(_pool, _listener, key, asked)
                if again is None:
                    break
                heard, checked = set(again[1]), loop.time()
            if topic in heard or topic == EVERYTHING:
                await _write(send, f"event: live\ndata: {json.dumps({'topic': topic})}\n\n".encode())
            elif not topic:
                await _write(send, b": ping\n\n")
    finally:
        hub.leave(queue)
    await send({"type": "http.response.body", "body": b""})


async def _write(send: Any, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})
