"""What a PBX may say: the generic CTI contract, parsed and checked. Pure: no database.

Fields and causes are those of docs/integrations/cti.md; a wrong one is a BadReport that names the field.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common import cards, phones
from common.http import BadInput, clean_text

KINDS = ("newCall", "answer", "hangup")
DIRECTIONS = ("in", "out")
CAUSES = ("normalClearing", "busy", "cancel", "noAnswer", "congestion", "notFound", "forwarded")
TRUSTED_DRIFT = timedelta(minutes=5)
_NUMBERS = {"from": 40, "to": 40, "diversion": 40, "answeringNumber": 60}
_SECRETS = re.compile(r"(token|secret|password|passwd|api_?key|authorization)", re.IGNORECASE)


class BadReport(ValueError):
    """A well-formed body that is not a CTI event; `field` says which part."""

    def __init__(self, error: str, field: str | None) -> None:
        super().__init__(error)
        self.error, self.field = error, field


@dataclass(frozen=True, slots=True)
class Report:
    """One CTI event: what happened to one leg of a call.

    `at` is the time that counts; `reported_at` the PBX's own, if it named one. `caller` and `dialled` are E.164
    where they are numbers, else as typed ('' for anonymous). `digest` is equal for repeats of the same words.
    """

    kind: str
    leg: str
    first_leg: str | None
    direction: str
    caller: str
    dialled: str
    queue: str
    users: tuple[str, ...]
    answered_by: str
    cause: str
    recording_url: str
    at: datetime
    reported_at: datetime | None
    digest: str
    payload: dict[str, Any]


def parse(body: Mapping[str, Any], *, now: datetime, may_replay: bool) -> Report:
    """Check one event. Raises BadReport. `now` is the time of receipt, aware."""
    kind = _choice(body, "event", KINDS)
    leg = _text(body, "callId", 120) or _text(body, "call_id", 120)
    if not leg:
        raise BadReport("callId is required", "callId")
    direction = _choice(body, "direction", DIRECTIONS)
    cause = _choice(body, "cause", CAUSES) if kind == "hangup" else ""
    reported_at = _moment(body.get("ts"))
    trusted = reported_at is not None and (may_replay or abs(reported_at - now) <= TRUSTED_DRIFT)
    users = _users(body)
    answering = _text(body, "answeringNumber", 60)
    numbers = {name: _text(body, name, size) for name, size in _NUMBERS.items()}
    for name in ("from", "to"):
        if name not in body:
            raise BadReport(f"{name} is required", name)
    url = _text(body, "recordingUrl", 500)
    if url and not url.startswith(("http://", "https://")):
        raise BadReport("recordingUrl must be an http address", "recordingUrl")
    return Report(
        kind=kind,
        leg=leg,
        first_leg=_text(body, "origCallId", 120) or None,
        direction=direction,
        caller=number(numbers["from"]),
        dialled=number(numbers["to"]),
        queue=_text(body, "queue", 60),
        users=users,
        answered_by=(users[0] if users else answering) if kind == "answer" else "",
        cause=cause,
        recording_url=url,
        at=reported_at if reported_at and trusted else now,
        reported_at=reported_at,
        digest=_digest(body),
        payload=masked(body),
    )


def number(raw: str) -> str:
    """E.164 where `raw` is a phone number; '' for a hidden one; otherwise as typed, to be flagged on screen."""
    if raw.strip().lower() in {"", "anonymous", "unknown", "restricted", "private", "unavailable"}:
        return ""
    raw = raw.strip()
    # What begins with a star is a service code of the exchange, however many digits follow.
    return raw if raw.startswith("*") else phones.normalise(raw) or cards.mask(raw)


def masked(value: Any) -> Any:
    """The same JSON value without secrets and card numbers, to be kept."""
    if isinstance(value, Mapping):
        return {key: "***" if _SECRETS.search(str(key)) else masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    if isinstance(value, str):
        return cards.mask(value)
    return value


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _text(body: Mapping[str, Any], field: str, size: int) -> str:
    value = body.get(field)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadReport(f"{field} must be text", field)
    text = str(value).strip()
    try:
        clean_text(text, where=field)
    except BadInput as error:
        raise BadReport(str(error), field) from error
    if len(text) > size:
        raise BadReport(f"{field} is longer than {size} characters", field)
    return text


def _choice(body: Mapping[str, Any], field: str, allowed: tuple[str, ...]) -> str:
    value = body.get(field)
    if value is None or value == "":
        raise BadReport(f"{field} is required", field)
    if not isinstance(value, str) or value not in allowed:
        raise BadReport(f"{field} must be one of {', '.join(allowed)}", field)
    return value


def _users(body: Mapping[str, Any]) -> tuple[str, ...]:
    value = body.get("user[]", body.get("user"))
    values = value if isinstance(value, list) else [] if value is None else [value]
    if len(values) > 50:
        raise BadReport("user names more than 50 people", "user")
    return tuple(sorted({name for item in values if (name := _text({"user": item}, "user", 60))}))


def _moment(value: Any) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool):
            raise ValueError
        if isinstance(value, int | float) or re.fullmatch(r"\d{1,12}(\.\d{1,9})?", str(value)):
            moment = datetime.fromtimestamp(float(value), UTC)
        else:
            moment = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError) as error:
        raise BadReport("ts must be ISO 8601 with zone or epoch seconds", "ts") from error
    if moment.tzinfo is None:
        raise BadReport("ts needs a time zone", "ts")
    if not 2000 <= moment.year <= 2100:
        raise BadReport("ts is out of range", "ts")
    return moment.astimezone(UTC)
