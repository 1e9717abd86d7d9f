"""A PBX that sends every event until it is acknowledged, as the contract asks, and once more when it was not sure."""

import threading
import time
from collections.abc import Iterable
from typing import Any

import requests

Event = dict[str, str]
RETRY_S = 0.2
GIVES_UP_S = 90.0
ANSWER_S = 15.0


class Stream:
    """Sends in its own thread. `answers` are all statuses heard, with the Retry-After of each; None = no answer."""

    def __init__(self, url: str, events: Iterable[Event]) -> None:
        self.url, self.events = url, list(events)
        self.acknowledged: list[Event] = []
        self.answers: list[tuple[int | None, str | None]] = []
        self.slowest = 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        http, deadline = requests.Session(), time.monotonic() + GIVES_UP_S
        for event in self.events:
            was_sure = True
            while not self._send(http, event):
                if time.monotonic() > deadline:
                    return
                time.sleep(RETRY_S)
                was_sure = False
            self.acknowledged.append(event)
            if not was_sure:
                self._send(http, event)

    def _send(self, http: requests.Session, event: Event) -> bool:
        began = time.monotonic()
        try:
            reply = http.post(self.url, json=event, timeout=ANSWER_S)
        except requests.RequestException:
            self.answers.append((None, None))
            return False
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.answers.append((reply.status_code, reply.headers.get("Retry-After")))
        return reply.status_code == 200

    def statuses(self) -> set[int | None]:
        return {status for status, _ in self.answers}

    def finish(self) -> None:
        self._thread.join(GIVES_UP_S + ANSWER_S)
        assert len(self.acknowledged) == len(self.events), self.answers[-5:]


def call(call_id: str, caller: str, at: Any) -> list[Event]:
    """A whole call."""
    common = {"callId": call_id, "from": caller, "to": "88124000000", "direction": "in", "ts": at.isoformat()}
    return [
        {"event": "newCall", **common},
        {"event": "answer", "user": "olga", **common},
        {"event": "hangup", "cause": "normalClearing", **common},
    ]
