"""The two statements of the hot path that the ORM can't say: keep an event once, join it into its call.

A call is a join (a least upper bound) of its events, so both statements may run in any order and any number of
times. Every column takes the earliest, the latest or the union; what describes the call comes from its first leg.
"""

import json
from dataclasses import dataclass
from typing import cast

from django.db import connection

from calls.report import Report
from common import clock
from common.prepared import Prepared

# A message of its own is not needed: the statement after it sees what was committed while it waited.
_LOCK = "SELECT pg_advisory_xact_lock(4201, hashtext(%%(locked_%d)s))"  # 4201 means "a call's leg"

_KEEP = Prepared(
    "keep_call_event",
    """
INSERT INTO calls_callevent (line_id, digest, root, leg, kind, at, reported_at, received_at, payload)
SELECT %(line)s, %(digest)s,
    COALESCE(
        (SELECT root FROM calls_callevent WHERE line_id = %(line)s AND leg = %(first_leg)s ORDER BY root = leg LIMIT 1),
        %(first_leg)s,
        (SELECT root FROM calls_callevent WHERE line_id = %(line)s AND leg = %(leg)s ORDER BY root = leg LIMIT 1),
        %(leg)s),
    %(leg)s, %(kind)s, %(at)s, %(reported_at)s, %(now)s, %(payload)s
ON CONFLICT (line_id, digest) DO NOTHING
RETURNING root,
    (SELECT contact_id FROM calls_call c WHERE c.line_id = %(line)s AND c.call_id = root),
    %(first_leg)s IS NOT NULL AND EXISTS (
        SELECT 1 FROM calls_call c WHERE c.line_id = %(line)s AND c.call_id = %(leg)s AND %(leg)s <> root),
    EXISTS (SELECT 1 FROM calls_blockedcaller WHERE number = %(caller)s),
    (SELECT legs FROM calls_call c WHERE c.line_id = %(line)s AND c.call_id = root)
""",
    line="bigint",
    digest="text",
    leg="text",
    first_leg="text",
    kind="text",
    at="timestamptz",
    reported_at="timestamptz",
    now="timestamptz",
    payload="jsonb",
    caller="text",
)

_JOIN_SQL = """
INSERT INTO calls_call AS c (line_id, call_id, direction, queue, caller, dialled, legs, ended_legs, rung, first_at,
    offered_at, answered_at, last_answer_at, ended_at, cause, operator_id, answered_by, recording_url, contact_id)
VALUES (%(line)s, %(root)s, %(direction)s, %(queue)s, %(caller)s, %(dialled)s, ARRAY[%(leg)s]::varchar[],
    %(ended_legs)s::varchar[], %(rung)s::varchar[], %(at)s, %(offered_at)s, %(answered_at)s, %(answered_at)s,
    %(ended_at)s, %(cause)s, %(operator)s, %(answered_by)s, %(recording_url)s, %(contact)s)
ON CONFLICT (line_id, call_id) DO UPDATE SET
    direction = LEAST(c.direction, EXCLUDED.direction),
    queue = COALESCE(LEAST(NULLIF(c.queue, ''), NULLIF(EXCLUDED.queue, '')), ''),
    caller = COALESCE(LEAST(NULLIF(c.caller, ''), NULLIF(EXCLUDED.caller, '')), ''),
    dialled = COALESCE(LEAST(NULLIF(c.dialled, ''), NULLIF(EXCLUDED.dialled, '')), ''),
    legs = ARRAY(SELECT DISTINCT unnest(c.legs || EXCLUDED.legs) ORDER BY 1),
    ended_legs = ARRAY(SELECT DISTINCT unnest(c.ended_legs || EXCLUDED.ended_legs) ORDER BY 1),
    rung = ARRAY(SELECT DISTINCT unnest(c.rung || EXCLUDED.rung) ORDER BY 1),
    first_at = LEAST(c.first_at, EXCLUDED.first_at),
    offered_at = LEAST(c.offered_at, EXCLUDED.offered_at),
    answered_at = LEAST(c.answered_at, EXCLUDED.answered_at),
    operator_id = CASE WHEN ROW(EXCLUDED.last_answer_at, EXCLUDED.answered_by) > ROW(c.last_answer_at, c.answered_by)
        OR c.last_answer_at IS NULL THEN EXCLUDED.operator_id ELSE c.operator_id END,
    answered_by = CASE WHEN ROW(EXCLUDED.last_answer_at, EXCLUDED.answered_by) > ROW(c.last_answer_at, c.answered_by)
        OR c.last_answer_at IS NULL THEN EXCLUDED.answered_by ELSE c.answered_by END,
    last_answer_at = GREATEST(c.last_answer_at, EXCLUDED.last_answer_at),
    cause = CASE WHEN ROW(EXCLUDED.ended_at, EXCLUDED.cause) > ROW(c.ended_at, c.cause)
        OR c.ended_at IS NULL THEN EXCLUDED.cause ELSE c.cause END,
    ended_at = GREATEST(c.ended_at, EXCLUDED.ended_at),
    recording_url = GREATEST(c.recording_url, EXCLUDED.recording_url),
    contact_id = COALESCE(c.contact_id, EXCLUDED.contact_id)
RETURNING id
"""

_JOIN = Prepared(
    "join_call",
    _JOIN_SQL,
    line="bigint",
    root="text",
    leg="text",
    direction="text",
    queue="text",
    caller="text",
    dialled="text",
    ended_legs="text[]",
    rung="text[]",
    at="timestamptz",
    offered_at="timestamptz",
    answered_at="timestamptz",
    ended_at="timestamptz",
    cause="text",
    operator="bigint",
    answered_by="text",
    recording_url="text",
    contact="bigint",
)

_ABSORB = """
WITH gone AS (DELETE FROM calls_call WHERE line_id = %(line)s AND call_id = %(leg)s RETURNING *)
INSERT INTO calls_call AS c (line_id, call_id, direction, queue, caller, dialled, legs, ended_legs, rung, first_at,
    offered_at, answered_at, last_answer_at, ended_at, cause, operator_id, answered_by, recording_url)
SELECT line_id, %(root)s, direction, '', '', '', legs, ended_legs, rung, first_at,
    offered_at, answered_at, last_answer_at, ended_at, cause, operator_id, answered_by, recording_url FROM gone
ON CONFLICT""" + _JOIN_SQL.partition("ON CONFLICT")[2]


@dataclass(frozen=True, slots=True)
class Kept:
    """A new event: its call's key, that call's contact if it has one, and what else the statement saw.

    `split` means that events of this leg arrived before we knew that it belongs to another call; `legs` are those
    that the call was known to have before this event.
    """

    root: str
    contact_id: int | None
    split: bool
    blocked: bool
    legs: list[str] | None


def keep(line_id: int, report: Report) -> Kept | None:
    """Store the event; None if the same words are stored already. Serialises the events of one leg. 2 statements."""
    # Two events of one leg at the same moment would not see each other's root and make two calls. An event that ties
    # two legs together holds both, in one order for everybody.
    legs = sorted({report.leg, report.first_leg or report.leg})
    with connection.cursor() as cursor:
        _KEEP.execute(
            cursor,
            {
                **{f"locked_{n}": f"{line_id}:{leg}" for n, leg in enumerate(legs)},
                "line": line_id,
                "digest": report.digest,
                "leg": report.leg,
                "first_leg": report.first_leg,
                "kind": report.kind,
                "at": report.at,
                "reported_at": report.reported_at,
                "now": clock.now(),
                "payload": json.dumps(report.payload),
                "caller": report.caller,
            },
            first="; ".join(_LOCK % n for n in range(len(legs))),
        )
        row = cursor.fetchone()
    return Kept(*row) if row else None


def join(line_id: int, root: str, report: Report, *, contact_id: int | None, operator_id: int | None) -> int:
    """Join the event into its call and return the call's id. One statement."""
    is_first_leg = report.leg == root
    with connection.cursor() as cursor:
        _JOIN.execute(
            cursor,
            {
                "line": line_id,
                "root": root,
                "leg": report.leg,
                "direction": report.direction,
                "queue": report.queue if is_first_leg else "",
                "caller": report.caller if is_first_leg else "",
                "dialled": report.dialled if is_first_leg else "",
                "ended_legs": [report.leg] if report.kind == "hangup" else [],
                "rung": list(report.users) if report.kind == "newCall" else [],
                "at": report.at,
                "offered_at": report.at if report.kind == "newCall" else None,
                "answered_at": report.at if report.kind == "answer" else None,
                "ended_at": report.at if report.kind == "hangup" else None,
                "cause": report.cause,
                "operator": operator_id,
                "answered_by": report.answered_by,
                "recording_url": report.recording_url,
                "contact": contact_id,
            },
        )
        return int(cursor.fetchone()[0])


def absorb(line_id: int, root: str, leg: str) -> int | None:
    """Fold the call that a leg was taken for into the call it belongs to; the id of the contact left over, if any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contact_id FROM calls_call WHERE line_id = %s AND call_id = %s FOR UPDATE", [line_id, leg]
        )
        row = cursor.fetchone()
        if row is None:
            return None
        cursor.execute(_ABSORB, {"line": line_id, "root": root, "leg": leg})
        cursor.execute("UPDATE calls_callevent SET root = %s WHERE line_id = %s AND root = %s", [root, line_id, leg])
        return cast(int | None, row[0])
