"""How many tickets there are of each kind: kept by a trigger, never counted on a page.

`Tally` rows are changes and sums of changes; a count is their sum. `compact` keeps them few, `repair` compares them
with the tickets themselves. Both are parts of the sweep.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from common import clock
from common.models import Heartbeat
from staff.models import User
from tickets.models import CATEGORY, Category, Tally

COMPACTED = "tickets_tally"
REPAIR_EVERY = timedelta(hours=6)
ENOUGH = 99  # a count of rows stops here: "99+"
_LOCK = 0x7469636B  # advisory: two repairs at once would both add the difference

_COMPACT = """
WITH gone AS (
    DELETE FROM tickets_tally WHERE id IN (SELECT id FROM tickets_tally ORDER BY id LIMIT 20000 FOR UPDATE SKIP LOCKED)
    RETURNING desk, status, assignee, tickets)
INSERT INTO tickets_tally (desk, status, assignee, tickets)
SELECT desk, status, assignee, sum(tickets) FROM gone GROUP BY desk, status, assignee HAVING sum(tickets) <> 0
"""
_CROWDED = "SELECT count(*) > count(DISTINCT (desk, status, assignee)) FROM tickets_tally"
# One statement sees one moment, and the trigger writes in the deed's own transaction: the difference is exact while
# people work.
_REPAIR = """
INSERT INTO tickets_tally (desk, status, assignee, tickets)
SELECT desk, status, assignee, sum(tickets) FROM (
    SELECT desk, status, CASE WHEN status <> 'resolved' THEN assignee_id END AS assignee, count(*) AS tickets
    FROM tickets_ticket WHERE merged_into_id IS NULL GROUP BY 1, 2, 3
    UNION ALL SELECT desk, status, assignee, -sum(tickets) FROM tickets_tally GROUP BY 1, 2, 3) AS both_sides
GROUP BY 1, 2, 3 HAVING sum(tickets) <> 0
"""


def compact() -> None:
    """Replace rows of the same key by their sum. Readers see the rows before or after, never between."""
    with connection.cursor() as cursor:
        cursor.execute(_CROWDED)
        if cursor.fetchone()[0]:
            cursor.execute(_COMPACT)


@transaction.atomic
def repair() -> int:
    """Make the counts equal to the tickets; how many kinds were wrong, which is 0 unless somebody wrote by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_REPAIR)
        return int(cursor.rowcount)


def keep() -> None:
    """A part of the sweep: few rows always, and a comparison with the tickets a few times a day."""
    compact()
    beat = Heartbeat.objects.filter(name=COMPACTED).first()
    if beat is None or beat.at < clock.now() - REPAIR_EVERY:
        repair()
        Heartbeat.objects.update_or_create(name=COMPACTED, defaults={"at": clock.now()})


@dataclass(frozen=True)
class Counts:
    """Tickets that are not resolved: mine by kind, my desk's (of all desks, for those who have none here)."""

    mine_open: int
    mine_paused: int
    free: int
    desk_open: int
    desk_paused: int


def of(viewer: User, desks: frozenset[str]) -> Counts:
    """The viewer's own tickets anywhere, and everybody's at `desks`. One statement over a few hundred rows."""
    found = dict.fromkeys(("mine_open", "mine_paused", "free", "desk_open", "desk_paused"), 0)
    for desk, status, assignee, tickets in Tally.objects.values_list("desk", "status", "assignee", "tickets"):
        category = CATEGORY[status]
        if category == Category.RESOLVED:
            continue
        kind = "open" if category == Category.OPEN else "paused"
        if assignee == viewer.pk:
            found[f"mine_{kind}"] += tickets
        if desk in desks:
            found[f"desk_{kind}"] += tickets
            if assignee is None and kind == "open":
                found["free"] += tickets
    return Counts(**found)


_LATE = """
SELECT (SELECT count(*) FROM (SELECT FROM tickets_ticket
        WHERE assignee_id = %(viewer)s AND status <> 'resolved' AND due_at < %(now)s LIMIT %(most)s) AS mine),
    (SELECT count(*) FROM (SELECT FROM tickets_ticket
        WHERE desk = ANY (%(desks)s) AND status <> 'resolved' AND due_at < %(now)s LIMIT %(most)s) AS here)
"""


def late(viewer: User, desks: frozenset[str]) -> tuple[str, str]:
    """Late tickets of the viewer, and of `desks`, whose tickets he sees all. Along indexes, "99+" at most."""
    values: dict[str, Any] = {"viewer": viewer.pk, "desks": list(desks), "now": clock.now(), "most": ENOUGH + 1}
    with connection.cursor() as cursor:
        cursor.execute(_LATE, values)
        mine, here = cursor.fetchone()
    return _at_most(mine), _at_most(here)


def _at_most(number: int, most: int = ENOUGH) -> str:
    return f"{most}+" if number > most else str(number)
