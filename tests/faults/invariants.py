"""What must hold after any fault, as SQL that finds the offenders. Every query must come back empty."""

from typing import Any

import psycopg2

INVARIANTS = {
    "an event is stored twice": """
        SELECT line_id, leg, kind, count(*) FROM calls_callevent GROUP BY 1, 2, 3 HAVING count(*) > 1""",
    "an event has no call": """
        SELECT e.id FROM calls_callevent e
        WHERE NOT EXISTS (SELECT FROM calls_call c WHERE c.line_id = e.line_id AND c.call_id = e.root)""",
    "a call has no event": """
        SELECT c.id FROM calls_call c
        WHERE NOT EXISTS (SELECT FROM calls_callevent e WHERE e.line_id = c.line_id AND e.root = c.call_id)""",
    "an incoming call has no contact": "SELECT id FROM calls_call WHERE direction = 'in' AND contact_id IS NULL",
    "a contact by phone has not exactly one call": """
        SELECT o.id FROM contacts_contact o LEFT JOIN calls_call c ON c.contact_id = o.id
        WHERE o.channel = 'phone' GROUP BY o.id HAVING count(c.id) <> 1""",
    "a contact was received more than once": """
        SELECT thing_id FROM contacts_contactevent WHERE kind = 'received' GROUP BY 1 HAVING count(*) <> 1""",
    "a contact was not evaluated": "SELECT id FROM contacts_contact WHERE evaluated_at IS NULL",
    "a place has two active incidents": """
        SELECT scope_kind, building_id, node_id FROM incidents_incident WHERE state IN ('suspected', 'open')
        GROUP BY 1, 2, 3 HAVING count(*) > 1""",
    "an incident opened twice": """
        SELECT thing_id FROM incidents_incidentevent WHERE kind = 'opened' GROUP BY 1 HAVING count(*) > 1""",
    "an open incident has not exactly one immediate visit": """
        SELECT i.id, count(v.id) FROM incidents_incident i
        LEFT JOIN dispatch_visit v ON v.incident_id = i.id AND v.kind = 'immediate'
        WHERE i.state = 'open' GROUP BY i.id HAVING count(v.id) <> 1""",
    "two immediate visits go to one building": """
        SELECT building_id FROM dispatch_visit WHERE kind = 'immediate' AND state <> 'cancelled'
        GROUP BY 1 HAVING count(*) > 1""",
    "a visit was ordered more than once": """
        SELECT thing_id FROM dispatch_visitevent WHERE kind = 'ordered' GROUP BY 1 HAVING count(*) <> 1""",
    "a master is in two places": """
        SELECT a.id, b.id FROM dispatch_visit a JOIN dispatch_visit b ON a.id < b.id AND a.master_id = b.master_id
        AND a."window" && b."window" WHERE a.state IN ('scheduled', 'en_route', 'on_site')
        AND b.state IN ('scheduled', 'en_route', 'on_site')""",
}


def rows(url: str, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    connection.close()
    return found


def broken(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """The invariants that do not hold, each with its first offenders."""
    return {name: found[:5] for name, sql in INVARIANTS.items() if (found := rows(url, sql))}
