"""From the call that decides to the immediate visit: how long it takes, at rest and in two storms.

python -m benchmarks.escalation

The clock is PostgreSQL's: the moment at which the transaction of the deciding call was committed, and that of the
visit's order. The whole product runs (web, worker, beat, sweep) and calls come in over HTTP, one by one.
"""

import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks import copy, load
from contactcenter.processes import processes
from incidents.detection.ordinary import DAY_SHAPE, PRIOR_A_DAY

SUBSCRIBERS = 60_000
SPIKES, CALLERS = 30, 5
STORM_CALLS, STORM_S = 10_000, 60
AT_REST_S, IN_STORM_S = 1.0, 5.0
LEAST_HOUSE = 20  # subscribers of a house that is to fail
Event = dict[str, Any]

# The deciding call is the latest contact of the scope that was attached when the visit was ordered. An incident that a
# wider one absorbed has lost its contacts to it, so the scope is asked and not the incident.
_DELAYS = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(ordered.xmin) - pg_xact_commit_timestamp(decided.xmin))
FROM dispatch_visit visit
JOIN dispatch_visitevent ordered ON ordered.thing_id = visit.id AND ordered.kind = 'ordered'
JOIN incidents_incident incident ON incident.id = visit.incident_id
CROSS JOIN LATERAL (
    SELECT contact.key FROM incidents_incidentcontact attached
    JOIN contacts_contact contact ON contact.id = attached.contact_id
    JOIN network_building building ON building.id = contact.building_id
    JOIN network_node node ON node.id = building.node_id
    WHERE attached.at <= visit.ordered_at AND contact.id > %s AND (
        incident.scope_kind = 'city' OR contact.building_id = incident.building_id
        OR incident.node_id IN (contact.switch_id, node.id, node.parent_id))
    ORDER BY contact.at DESC, contact.id DESC LIMIT 1) deciding
JOIN calls_callevent decided ON deciding.key = decided.line_id || ':' || decided.root AND decided.kind = 'newCall'
WHERE visit.kind = 'immediate' AND visit.id > %s
"""

_KEPT = """
SELECT count(DISTINCT call.id) FROM contacts_contact contact
JOIN calls_call call ON call.contact_id = contact.id
JOIN calls_callevent event ON event.line_id = call.line_id AND event.root = call.call_id
WHERE contact.id > %s AND contact.evaluated_at IS NOT NULL
"""

# An outage is answered when its last caller belongs to an open incident, its own or a wider one.
_ANSWERED = """
SELECT count(DISTINCT contact.phone) FROM contacts_contact contact
JOIN incidents_incidentcontact attached ON attached.contact_id = contact.id
JOIN incidents_incident incident ON incident.id = attached.incident_id
WHERE contact.id > %s AND incident.state = 'open' AND contact.phone = ANY(%s)
"""


@dataclass
class Result:
    name: str
    target_s: float
    delays: list[float]
    outages: int
    answered: int
    lost: int = 0
    took_s: float = 0.0
    drained_s: float = 0.0


@dataclass
class Phase:
    """What happened before, so that only what comes is counted."""

    contact: int
    visit: int


def main() -> None:
    with copy.servers() as data_dir, ExitStack() as stack:
        copy.load_town(SUBSCRIBERS)
        import django

        django.setup()
        _more_masters(SPIKES)
        port = copy.free_port()
        for process in processes(host="127.0.0.1", port=str(port), finance_port="0"):
            if "finance" not in process.name:
                stack.enter_context(copy.running(process, LOG_LEVEL="ERROR"))
        copy.wait_for(lambda: copy.answers(port, "/readyz"), what="the web process")
        line = Line(port, json.loads((data_dir / "demo.json").read_text())["cti_token"])
        line.send(iter([line.call("anonymous")]), connections=1)
        copy.wait_for(lambda: not _waiting(), what="the worker")
        results = [_at_rest(line)]
        _forget()
        results.append(_storm(line, "storm: 55 ordinary days and 30 outages", _many_days(), outages=SPIKES))
        _forget()
        results.append(_storm(line, "storm: everybody calls at once", _everybody(), outages=0))
    _print(results)


class Line:
    """The PBX's end."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.path, self.count = port, f"/api/v1/cti/{token}", 0

    def call(self, caller: str, at: datetime | None = None) -> Event:
        self.count += 1
        more = {"ts": at.isoformat()} if at else {}
        return {"event": "newCall", "callId": f"b-{self.count}", "from": caller, "to": "100", "direction": "in", **more}

    def send(self, events: Iterator[Event], **how: Any) -> float:
        _, took, statuses = load.drive(self.port, (load.post(self.path, event) for event in events), **how)
        if set(statuses) != {200}:
            raise SystemExit(f"Not every event was answered with 200: {statuses}")
        return took


# ------------------------------------------------------------------------------------------------------- phases
def _at_rest(line: Line) -> Result:
    """One outage after the other, a call at a time; the next outage is a day of the town's later."""
    phase, start = _phase(), datetime.now(UTC) - timedelta(days=SPIKES + 1)
    for n, numbers in enumerate(_houses(SPIKES)):
        for m, caller in enumerate(numbers):
            line.send(iter([line.call(caller, start + timedelta(days=n, minutes=2 * m))]), connections=1)
            copy.wait_for(lambda: not _waiting(), what="the evaluation")
    return Result("at rest", AT_REST_S, _delays(phase), SPIKES, _answered(phase))


def _storm(line: Line, name: str, calls: Iterator[tuple[str, datetime | None]], *, outages: int) -> Result:
    phase, before = _phase(), line.count
    began = datetime.now(UTC)
    took = line.send((line.call(*call) for call in calls), pace=STORM_CALLS / STORM_S)
    copy.wait_for(lambda: not _waiting(), what="the evaluation of the storm", seconds=120)
    drained = (datetime.now(UTC) - began).total_seconds() - took
    answered = _answered(phase) if outages else 0
    lost = _lost(phase, line.count - before)
    return Result(name, IN_STORM_S, _delays(phase), outages, answered, lost, took, drained)


def _many_days() -> Iterator[tuple[str, datetime | None]]:
    """Ordinary calls of weeks, told in their order, with an outage every two days."""
    from django.utils import timezone

    dice, numbers = random.Random(2), _numbers()
    days = int(STORM_CALLS / PRIOR_A_DAY)
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days + 1)
    calls = []
    for _ in range(STORM_CALLS - SPIKES * CALLERS):
        hour = dice.choices(range(24), DAY_SHAPE[:24])[0]
        at = start + timedelta(days=dice.randrange(days), hours=hour, seconds=dice.uniform(0, 3600))
        calls.append((at, dice.choice(numbers)))
    for n, callers in enumerate(_houses(SPIKES)):
        at = start + timedelta(days=int((n + 0.5) * days / SPIKES), hours=12)
        calls += [(at + timedelta(minutes=2 * m), caller) for m, caller in enumerate(callers)]
    yield from ((caller, at) for at, caller in sorted(calls))


def _everybody() -> Iterator[tuple[str, datetime | None]]:
    dice, numbers = random.Random(3), _numbers()
    yield from ((dice.choice(numbers), None) for _ in range(STORM_CALLS))


# ------------------------------------------------------------------------------------------------------- the town
def _numbers() -> list[str]:
    from customers.models import Phone

    return list(Phone.objects.filter(subscriber__active=True).order_by("pk").values_list("number", flat=True))


def _houses(count: int) -> list[list[str]]:
    """Phones of different subscribers in so many large houses."""
    from customers.models import Phone

    shared = Counter(Phone.objects.values_list("number", flat=True))
    homes: dict[int, dict[int, str]] = defaultdict(dict)
    living = Phone.objects.filter(subscriber__active=True, subscriber__premise__isnull=False).order_by("pk")
    for number, who, home in living.values_list("number", "subscriber", "subscriber__premise__building"):
        if shared[number] == 1:
            homes[home][who] = number
    found = [list(people.values())[:CALLERS] for people in homes.values() if len(people) >= LEAST_HOUSE]
    if len(found) < count:
        raise SystemExit(f"The town has only {len(found)} houses of {LEAST_HOUSE} subscribers.")
    return found[:count]


def _more_masters(count: int) -> None:
    """So that each of so many emergencies at once finds its master."""
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from dispatch.models import Master, Shift, Skill
    from staff.models import Role, User

    now = datetime.now(UTC)
    for n in range(count):
        user = User.objects.create_user(f"master-{n}", role=Role.MASTER)
        master = Master.objects.create(user=user, skills=list(Skill.values), base_latitude=59.72, base_longitude=30.41)
        Shift.objects.create(master=master, hours=DateTimeTZRange(now - timedelta(hours=1), now + timedelta(hours=12)))


def _forget() -> None:
    """End every incident, so that the next phase meets a quiet town."""
    from common.history import System
    from incidents import actions
    from incidents.models import Incident, State

    for incident in Incident.objects.active():
        if incident.state == State.OPEN:
            actions.restore(incident=incident, by=System.SETUP)
        else:
            actions.dismiss(incident=incident, by=System.SETUP)


# ------------------------------------------------------------------------------------------------------- figures
def _phase() -> Phase:
    contact, visit = _row("SELECT (SELECT max(id) FROM contacts_contact), (SELECT max(id) FROM dispatch_visit)")
    return Phase(contact or 0, visit or 0)


def _waiting() -> bool:
    return bool(_row("SELECT EXISTS (SELECT FROM contacts_contact WHERE evaluated_at IS NULL)")[0])


def _lost(phase: Phase, sent: int) -> int:
    """Calls that are not there in full: event, call and contact, once each."""
    kept = _row(_KEPT, phase.contact)
    return sent - int(kept[0])


def _answered(phase: Phase) -> int:
    return int(_row(_ANSWERED, phase.contact, [callers[-1] for callers in _houses(SPIKES)])[0])


def _delays(phase: Phase) -> list[float]:
    return [float(row[0]) for row in _rows(_DELAYS, phase.contact, phase.visit)]


def _row(sql: str, *parameters: Any) -> tuple[Any, ...]:
    return _rows(sql, *parameters)[0]


def _rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _print(results: list[Result]) -> None:
    print(f"From the deciding call's commit to the immediate visit's, whole product on {os.cpu_count()} cores")
    print(f"{'':40}{'outages':>8}{'answered':>9}{'visits':>8}{'p50 s':>8}{'p99 s':>8}{'target':>8}", end="")
    print(f"{'':>8}{'lost':>6}{'calls/s':>9}{'drained s':>11}")
    for result in results:
        p50, p99 = (copy.quantile(result.delays, share) if result.delays else float("inf") for share in (0.5, 0.99))
        met = p99 < result.target_s and result.delays and result.answered == result.outages and not result.lost
        rate = f"{STORM_CALLS / result.took_s:9.0f}{result.drained_s:11.1f}" if result.took_s else ""
        print(
            f"{result.name:40}{result.outages:8}{result.answered:9}{len(result.delays):8}{p50:8.2f}{p99:8.2f}{result.target_s:8.1f}"
            f"{'met' if met else 'MISSED':>8}{result.lost:6}{rate}"
        )


if __name__ == "__main__":
    main()
