"""A PBX on the other side of the CTI contract."""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client

from calls.models import Line, token_hash

_ids = count(1)


@dataclass
class Pbx:
    line: Line
    token: str
    http: Client = field(default_factory=Client)

    def send(self, event: str, call_id: str, caller: str, **more: Any) -> HttpResponse:
        body = {"event": event, "callId": call_id, "from": caller, "to": "88124000000", "direction": "in", **more}
        return self.post(json.dumps(body))

    def post(self, body: str | bytes, content_type: str = "application/json", **headers: str) -> HttpResponse:
        return self.http.post(f"/api/v1/cti/{self.token}", body, content_type=content_type, **headers)

    def ring(self, caller: str, call_id: str | None = None, **more: Any) -> str:
        call_id = call_id or f"call-{next(_ids)}"
        assert self.send("newCall", call_id, caller, **more).status_code == 200
        return call_id

    def answer(self, call_id: str, caller: str, user: str = "olga", **more: Any) -> None:
        assert self.send("answer", call_id, caller, user=user, **more).status_code == 200

    def hang_up(self, call_id: str, caller: str, cause: str = "normalClearing", **more: Any) -> None:
        assert self.send("hangup", call_id, caller, cause=cause, **more).status_code == 200


def pbx(*, secret: str = "", may_replay: bool = False, caller_id: str = "") -> Pbx:
    token = f"test-token-{next(_ids)}"
    line = Line.objects.create(
        name="АТС", token_hash=token_hash(token), secret=secret, may_replay=may_replay, caller_id=caller_id
    )
    return Pbx(line, token)
