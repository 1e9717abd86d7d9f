"""Who has a ticket open and what he types. A row of each, kept fresh by his page; hints only when it changes.

From the same words of the page grows the handling time: what passed since the last one, while its person was doing
something (a key, the pointer, the wheel within two minutes).
"""

from typing import Any

from django.db import connection, transaction

from common import clock, live
from staff.models import User
from tickets.models import Kind, Ticket, TicketViewer
from tickets.models.time import today
from tickets.queries import VIEWS_FOR

# One statement: the row as it was, and the row as it is now. The lock, so that two windows do not count a moment twice.
_SEE = """
WITH before AS (
    SELECT typing, seen_at FROM tickets_ticketviewer WHERE ticket_id = %(ticket)s AND user_id = %(user)s FOR UPDATE
), worked AS (
    INSERT INTO tickets_handling (ticket_id, user_id, day, seconds)
    SELECT %(ticket)s, %(user)s, %(day)s, round(extract(epoch FROM %(now)s - seen_at)) FROM before
    WHERE %(active)s AND seen_at > %(gone)s AND seen_at < %(now)s
    ON CONFLICT (ticket_id, user_id, day) DO UPDATE SET seconds = tickets_handling.seconds + excluded.seconds
)
INSERT INTO tickets_ticketviewer (ticket_id, user_id, seen_at, typing, typing_at)
SELECT %(ticket)s, %(user)s, %(now)s, %(typing)s, CASE WHEN %(typing)s = '' THEN NULL ELSE %(now)s END
FROM (SELECT) always LEFT JOIN before ON true  -- so that the lock is taken before anything is written
ON CONFLICT (ticket_id, user_id) DO UPDATE
SET seen_at = excluded.seen_at, typing = excluded.typing, typing_at = excluded.typing_at
RETURNING COALESCE((SELECT typing = %(typing)s AND seen_at > %(gone)s FROM before), false)
"""


def _hint(ticket: Ticket) -> None:
    live.hint(f"viewers:{ticket.number}")


@transaction.atomic
def see(*, ticket: Ticket, by: User, typing: str = "", active: bool = False) -> None:
    """He has the page open, and types a reply, a note or nothing; `active`: he is doing something. One statement."""
    now = clock.now()
    row: dict[str, Any] = {
        "ticket": ticket.pk,
        "user": by.pk,
        "now": now,
        "typing": typing if typing in Kind.values else "",
        "gone": now - VIEWS_FOR,
        "active": active,
        "day": today(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEE, row)
        as_before = cursor.fetchone()[0]
    if not as_before:
        _hint(ticket)


@transaction.atomic
def leave(*, ticket: Ticket, by: User) -> None:
    """He has closed the page. With the same ticket in another tab he is back at its next word."""
    if TicketViewer.objects.filter(ticket=ticket, user=by).delete()[0]:
        _hint(ticket)


def forget_viewers() -> None:
    """Drop rows of pages that were not closed but went silent, and say so to those who look. For the sweep."""
    with transaction.atomic():
        gone = TicketViewer.objects.filter(seen_at__lte=clock.now() - VIEWS_FOR).select_for_update(skip_locked=True)
        rows = list(gone.select_related("ticket")[:500])
        TicketViewer.objects.filter(pk__in=[row.pk for row in rows]).delete()
        live.hint(*{f"viewers:{row.ticket.number}" for row in rows})
