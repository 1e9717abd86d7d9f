"""Writes to the town and its network. Everything arrives in bulk: from files or from the demo."""

import logging
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from common import clock, history
from common.errors import DomainError
from common.history import System
from network import bulk, events
from network.bulk import Change, Problem
from network.models import Building, ConnectionState
from network.rows import NetworkRows
from staff.models import User

log = logging.getLogger(__name__)

# The parent's kind by the child's; the database insists on the same (migration 0002).
_PARENT_KIND = "CASE s.kind WHEN 'switch' THEN 'aggregation' WHEN 'aggregation' THEN 'core' END"

BUILDING_OF_ROW = """
    LEFT JOIN network_street street ON street.name = s.street AND street.kind = s.street_kind
    LEFT JOIN network_building building ON building.street_id = street.id AND building.house = s.house
"""
NO_BUILDING = "format('no building “%s, %s”', s.street, s.house)"


class NoReason(DomainError):
    code = "no_reason"
    status = 422


@transaction.atomic
def set_connection(*, building: Building, state: str, reason: str, by: User | System) -> Building:
    """Say whether flats of this house can be connected. What is not green needs a reason. Raises NoReason."""
    reason = "" if state == ConnectionState.GREEN else reason.strip()[:200]
    if state not in ConnectionState.values:
        raise NoReason(_("Choose green, amber or red."), fields={"state": _("Required.")})
    if state != ConnectionState.GREEN and not reason:
        raise NoReason(_("Say why: the operator and the engineer read it."), fields={"reason": _("Required.")})
    building = Building.objects.select_for_update(of=("self",)).select_related("street").get(pk=building.pk)
    old = building.connection
    if (old, building.connection_reason) == (state, reason) and building.connection_at:
        return building
    building.connection, building.connection_reason, building.connection_at = state, reason, clock.now()
    building.save(update_fields=["connection", "connection_reason", "connection_at"])
    history.record(building, events.connection_set, by=by, old=old, new=state, reason=reason)
    return building


@transaction.atomic
def load_network(*, rows: NetworkRows, by: User | System) -> tuple[list[Change], list[Problem]]:
    """Add or change nodes, buildings and premises by their natural keys; nothing is ever deleted.

    Returns what changed, and the lines whose references lead nowhere. The caller must roll back if there are any.
    """
    with connection.cursor() as cursor:
        bulk.unhurried(cursor)
        found: list[Problem] = []
        done = [
            *_load_nodes(cursor, rows, found),
            *_load_buildings(cursor, rows, found),
            _load_premises(cursor, rows, found),
        ]
        found += _crossed_wires(cursor)
    log.info("network loaded by %s: %s", by if isinstance(by, System) else by.pk, done)
    return done, found


def _load_nodes(cursor: Any, rows: NetworkRows, found: list[Problem]) -> list[Change]:
    columns = "code text, kind text, title text, address text, parent text, source text, capacity int"
    bulk.stage(cursor, "staged_node", columns, rows.nodes)
    found += bulk.problems(
        cursor,
        """
        SELECT s.source, format('node %s is a %s already; its kind cannot change', s.code, node.kind)
        FROM staged_node s JOIN network_node node USING (code) WHERE node.kind <> s.kind
        """,
    )
    done = [_load_nodes_of(cursor, kind) for kind in ("core", "aggregation", "switch")]
    found += bulk.problems(
        cursor,
        f"""
        SELECT s.source, format('no %s with code “%s” for parent', {_PARENT_KIND}, s.parent)
        FROM staged_node s LEFT JOIN network_node parent ON parent.code = s.parent AND parent.kind = {_PARENT_KIND}
        WHERE s.kind <> 'core' AND parent.id IS NULL
        """,
    )
    return [Change("network_node", sum(c.added for c in done), sum(c.changed for c in done))]


def _load_nodes_of(cursor: Any, kind: str) -> Change:
    """One storey of the tree: its parents must have been loaded before."""
    return bulk.upsert(
        cursor,
        "network_node",
        "code",
        "code, kind, title, address, parent_id, capacity",
        f"""
        SELECT s.code, s.kind, s.title, coalesce(s.address, old.address, ''), parent.id,
               coalesce(s.capacity, old.capacity)
        FROM staged_node s
        LEFT JOIN network_node old ON old.code = s.code
        LEFT JOIN network_node parent ON parent.code = s.parent AND parent.kind = {_PARENT_KIND}
        WHERE s.kind = '{kind}' AND (s.kind = 'core' OR parent.id IS NOT NULL)
          AND (old.id IS NULL OR old.kind = s.kind)
        ORDER BY s.ctid
        """,
    )


def _load_buildings(cursor: Any, rows: NetworkRows, found: list[Problem]) -> list[Change]:
    columns = (
        "street text, street_kind text, house text, node text, entrances int, floors int, premises_count int, "
        "latitude float8, longitude float8, source text, connection text, reason text"
    )
    bulk.stage(cursor, "staged_building", columns, rows.buildings)
    found += bulk.problems(
        cursor,
        """
        SELECT s.source, format('no aggregation node with code “%s”', s.node) FROM staged_building s
        WHERE NOT EXISTS (SELECT FROM network_node n WHERE n.code = s.node AND n.kind = 'aggregation')
        """,
    )
    streets = bulk.upsert(
        cursor,
        "network_street",
        "name, kind",
        "name, kind",
        "SELECT street, street_kind FROM staged_building GROUP BY 1, 2 ORDER BY min(ctid)",
    )
    buildings = bulk.upsert(
        cursor,
        "network_building",
        "street_id, house",
        "street_id, house, node_id, entrances, floors, premises_count, latitude, longitude, "
        "connection, connection_reason, connection_at",
        f"""
        SELECT street.id, s.house, node.id,
               coalesce(s.entrances, building.entrances, 1),
               coalesce(s.floors, building.floors, 1),
               coalesce(s.premises_count, building.premises_count, 0),
               coalesce(s.latitude, building.latitude),
               coalesce(s.longitude, building.longitude),
               coalesce(s.connection, building.connection, 'green'),
               CASE WHEN s.connection IS NULL THEN coalesce(building.connection_reason, '')
                    ELSE coalesce(s.reason, '') END,
               CASE WHEN s.connection IS NULL
                      OR (s.connection, coalesce(s.reason, '')) = (building.connection, building.connection_reason)
                    THEN building.connection_at ELSE now() END
        FROM staged_building s {BUILDING_OF_ROW}
        JOIN network_node node ON node.code = s.node AND node.kind = 'aggregation'
        ORDER BY s.ctid
        """,
    )
    return [streets, buildings]


def _load_premises(cursor: Any, rows: NetworkRows, found: list[Problem]) -> Change:
    columns = (
        "street text, street_kind text, house text, number text, entrance int, floor int, switch text, source text"
    )
    bulk.stage(cursor, "staged_premise", columns, rows.premises)
    found += bulk.problems(
        cursor,
        f"""
        SELECT s.source, CASE
            WHEN building.id IS NULL THEN {NO_BUILDING}
            ELSE format('no access switch with code “%s”', s.switch)
        END
        FROM staged_premise s {BUILDING_OF_ROW}
        LEFT JOIN network_node switch ON switch.code = s.switch AND switch.kind = 'switch'
        WHERE building.id IS NULL OR (s.switch IS NOT NULL AND switch.id IS NULL)
        """,
    )
    return bulk.upsert(
        cursor,
        "network_premise",
        "building_id, number",
        "building_id, number, entrance, floor, switch_id",
        f"""
        SELECT building.id, s.number, coalesce(s.entrance, old.entrance), coalesce(s.floor, old.floor),
               coalesce(switch.id, old.switch_id)
        FROM staged_premise s {BUILDING_OF_ROW}
        LEFT JOIN network_premise old ON old.building_id = building.id AND old.number = s.number
        LEFT JOIN network_node switch ON switch.code = s.switch AND switch.kind = 'switch'
        WHERE building.id IS NOT NULL
        ORDER BY s.ctid
        """,
    )


def _crossed_wires(cursor: Any) -> list[Problem]:
    """Lines after which a building would hang under one node and its switch under another."""
    return bulk.problems(
        cursor,
        """
        SELECT DISTINCT source, format('switch “%s” hangs under another node than “%s, %s”', code, street, house)
        FROM (
            SELECT coalesce(p.source, b.source, n.source) AS source, switch.code, street.name AS street, building.house
            FROM network_premise premise
            JOIN network_building building ON building.id = premise.building_id
            JOIN network_street street ON street.id = building.street_id
            JOIN network_node switch ON switch.id = premise.switch_id AND switch.parent_id <> building.node_id
            LEFT JOIN staged_premise p ON (p.street, p.street_kind, p.house, p.number)
                = (street.name, street.kind, building.house, premise.number)
            LEFT JOIN staged_building b ON (b.street, b.street_kind, b.house)
                = (street.name, street.kind, building.house)
            LEFT JOIN staged_node n ON n.code = switch.code
        ) wire
        WHERE source IS NOT NULL
        """,
    )
