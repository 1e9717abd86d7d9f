"""What leaves for Redis after a commit: nudges to Celery and hints to open pages.

A daemon thread of each process sends them, so that no request ever waits for Redis: a frozen one would cost every
caller two seconds. Equal messages that wait together leave once, and after each departure the thread rests for a
moment: in a storm a few dozen departures a second serve everybody, at rest a message leaves at once. Losing them is
allowed: the sweep finds the work in PostgreSQL and pages refetch when the stream is back.
"""

import atexit
import logging
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

from celery import Task
from django.db import transaction

from common import redis

log = logging.getLogger(__name__)
PAUSE_AFTER_FAILURE_S = 2.0
REST_S = 0.05


class _Sender:
    def __init__(self) -> None:
        self.pid = os.getpid()
        self.tasks: dict[str, Callable[[], Any]] = {}
        self.messages: dict[tuple[str, str], None] = {}  # a set that keeps its order
        self.wake = threading.Condition()
        self.busy = False
        self.redis = redis.client()
        self.thread = threading.Thread(target=self._run, name="outbound", daemon=True)
        self.thread.start()

    def put_task(self, name: str, send: Callable[[], Any]) -> None:
        with self.wake:
            self.tasks[name] = send
            self.wake.notify()

    def put_messages(self, channel: str, messages: Iterable[str]) -> None:
        with self.wake:
            self.messages.update(dict.fromkeys((channel, message) for message in messages))
            self.wake.notify()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            with self.wake:
                self.busy = False
                self.wake.notify_all()
            pause.wait(REST_S)
            with self.wake:
                self.wake.wait_for(lambda: self.tasks or self.messages)
                tasks, self.tasks = self.tasks, {}
                messages, self.messages = self.messages, {}
                self.busy = True
            try:
                self._send(tasks, messages)
            except Exception as error:  # any transport error: the sweep repairs it
                lost = len(tasks) + len(messages)
                log.warning("Redis is away (%s); %d messages dropped", type(error).__name__, lost)
                pause.wait(PAUSE_AFTER_FAILURE_S)

    def _send(self, tasks: dict[str, Callable[[], Any]], messages: dict[tuple[str, str], None]) -> None:
        for send in tasks.values():
            send()
        pipeline = self.redis.pipeline(transaction=False)
        for channel, message in messages:
            pipeline.publish(channel, message)
        pipeline.execute()

    def flush(self, timeout: float) -> bool:
        with self.wake:
            return self.wake.wait_for(lambda: not (self.tasks or self.messages or self.busy), timeout)


_sender: _Sender | None = None
_lock = threading.Lock()


def _get() -> _Sender:
    global _sender  # a handle to a thread, no state: a forked child starts its own
    with _lock:
        if _sender is None or _sender.pid != os.getpid():
            _sender = _Sender()
        return _sender


def nudge(task: "Task[..., Any]") -> None:
    """Ask a worker to look for work, after the commit. Repeats before it is sent count once."""
    transaction.on_commit(lambda: _get().put_task(task.name, task.delay), robust=True)


def publish(channel: str, *messages: str) -> None:
    """Publish after the commit."""
    transaction.on_commit(lambda: _get().put_messages(channel, messages), robust=True)


def flush(timeout: float = 2.0) -> bool:
    """Wait until everything has left; False when time ran out. For the end of a process and for tests."""
    return _sender is None or _sender.pid != os.getpid() or _sender.flush(timeout)


atexit.register(flush)
