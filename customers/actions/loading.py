"""Writes to subscribers, and loading the whole town. Everything arrives in bulk: from files or from the demo."""

import logging
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from common import clock
from common.errors import DomainError
from common.history import System
from customers import demo_town
from customers.models import Subscriber
from customers.rows import CustomerRows
from network import bulk
from network.actions import BUILDING_OF_ROW, NO_BUILDING, load_network
from network.bulk import Change, Problem
from network.models import Node
from network.rows import NetworkRows
from staff.models import User

log = logging.getLogger(__name__)

_PREMISE_OF_ROW = f"""{BUILDING_OF_ROW}
    LEFT JOIN network_premise premise ON premise.building_id = building.id AND premise.number = coalesce(s.number, '')
"""


@dataclass(frozen=True)
class Loaded:
    """What loading did or, where there are problems, what it refused to do."""

    changes: list[Change]
    problems: list[Problem]


@transaction.atomic
def load_town(*, network: NetworkRows, customers: CustomerRows, by: User | System, dry_run: bool = False) -> Loaded:
    """Load everything or nothing. With `dry_run`, or with any problem, the database stays as it was."""
    changes, problems = load_network(rows=network, by=by)
    if not problems:  # on a broken network every subscriber would be named homeless
        more, problems = load_subscribers(rows=customers, by=by)
        changes += more
    if dry_run or problems:
        transaction.set_rollback(True)
    return Loaded(changes, problems)


class TownNotEmpty(DomainError):
    code = "town_not_empty"


@transaction.atomic
def load_demo_town(*, subscribers: int, seed: int, by: User | System) -> Loaded:
    """Load the demo town into an empty system; the same numbers make the same town, ids included.

    Raises TownNotEmpty where there is a node or a subscriber already, ValueError for too many subscribers.
    """
    if Node.objects.exists() or Subscriber.objects.exists():
        raise TownNotEmpty(_("There is a town here already; the demo wants an empty system."))
    town = demo_town.generate(subscribers, seed)
    loaded = load_town(network=town.network, customers=town.customers, by=by)
    assert not loaded.problems, loaded.problems[:3]
    return loaded


@transaction.atomic
def load_subscribers(*, rows: CustomerRows, by: User | System) -> tuple[list[Change], list[Problem]]:
    """Add or change subscribers, contracts, phones and services by account number; no subscriber is ever deleted.

    Phones that a subscriber no longer has go; services that he no longer has become inactive. Returns what changed,
    and the lines whose references lead nowhere. The caller must roll back if there are any.
    """
    with connection.cursor() as cursor:
        bulk.unhurried(cursor)
        found: list[Problem] = []
        _stage(cursor, rows)
        _leave_erased(cursor)
        done = [
            _load_subscribers(cursor, found),
            _load_contracts(cursor, found),
            _load_phones(cursor),
            _load_services(cursor),
        ]
    log.info("subscribers loaded by %s: %s", by if isinstance(by, System) else by.pk, done)
    return done, found


def _stage(cursor: Any, rows: CustomerRows) -> None:
    bulk.stage(
        cursor,
        "staged_subscriber",
        "account text, name text, street text, street_kind text, house text, number text, opened_on date, "
        "active bool, contract text, signed_on date, phones_told bool, services_told bool, source text, email text",
        rows.subscribers,
    )
    bulk.stage(cursor, "staged_phone", "account text, number text", rows.phones)
    bulk.stage(cursor, "staged_service", "account text, kind text, tariff text, active bool", rows.services)


def _leave_erased(cursor: Any) -> None:
    """Whose data was erased at his word does not come back with the next file."""
    for table in ("staged_subscriber", "staged_phone", "staged_service"):
        cursor.execute(
            f"""
            DELETE FROM {table} s USING customers_subscriber erased
            WHERE erased.account = s.account AND erased.erased_at IS NOT NULL
            """
        )


def _load_subscribers(cursor: Any, found: list[Problem]) -> Change:
    found += bulk.problems(
        cursor,
        f"""
        SELECT s.source, CASE
            WHEN building.id IS NULL THEN {NO_BUILDING}
            ELSE format('no premise “%s” in “%s, %s”', s.number, s.street, s.house)
        END
        FROM staged_subscriber s {_PREMISE_OF_ROW}
        WHERE s.house IS NOT NULL AND premise.id IS NULL
        """,
    )
    return bulk.upsert(
        cursor,
        "customers_subscriber",
        "account",
        "account, name, premise_id, active, opened_on, email",
        f"""
        SELECT s.account, s.name, coalesce(premise.id, old.premise_id), coalesce(s.active, old.active, true),
               coalesce(s.opened_on, old.opened_on, s.signed_on, '{clock.now().date()}'),
               coalesce(s.email, old.email, '')
        FROM staged_subscriber s {_PREMISE_OF_ROW}
        LEFT JOIN customers_subscriber old ON old.account = s.account
        ORDER BY s.ctid
        """,
    )


def _load_contracts(cursor: Any, found: list[Problem]) -> Change:
    found += bulk.problems(
        cursor,
        """
        SELECT s.source, format('contract “%s” is another subscriber''s', s.contract)
        FROM staged_subscriber s
        JOIN customers_contract c ON c.number = s.contract
        JOIN customers_subscriber holder ON holder.id = c.subscriber_id
        WHERE holder.account <> s.account
        """,
    )
    found += bulk.problems(
        cursor,
        """
        SELECT s.source, format('contract “%s” was closed on %s, before it is signed', s.contract, c.closed_on)
        FROM staged_subscriber s JOIN customers_contract c ON c.number = s.contract
        WHERE c.closed_on < s.signed_on
        """,
    )
    return bulk.upsert(
        cursor,
        "customers_contract",
        "number",
        "number, subscriber_id, signed_on",
        """
        SELECT s.contract, subscriber.id, coalesce(s.signed_on, old.signed_on, subscriber.opened_on)
        FROM staged_subscriber s
        JOIN customers_subscriber subscriber USING (account)
        LEFT JOIN customers_contract old ON old.number = s.contract
        WHERE s.contract IS NOT NULL AND (old.id IS NULL OR old.subscriber_id = subscriber.id)
          AND (old.closed_on IS NULL OR s.signed_on IS NULL OR old.closed_on >= s.signed_on)
        ORDER BY s.ctid
        """,
    )


def _load_phones(cursor: Any) -> Change:
    cursor.execute(
        """
        DELETE FROM customers_phone phone USING customers_subscriber subscriber, staged_subscriber s
        WHERE phone.subscriber_id = subscriber.id AND subscriber.account = s.account AND s.phones_told
          AND NOT EXISTS (SELECT FROM staged_phone p WHERE p.account = s.account AND p.number = phone.number)
        """
    )
    gone = cursor.rowcount
    done = bulk.upsert(
        cursor,
        "customers_phone",
        "subscriber_id, number",
        "subscriber_id, number, note",
        """
        SELECT subscriber.id, p.number, coalesce(old.note, '')
        FROM staged_phone p JOIN customers_subscriber subscriber USING (account)
        LEFT JOIN customers_phone old ON old.subscriber_id = subscriber.id AND old.number = p.number
        ORDER BY p.ctid
        """,
    )
    return Change(done.table, done.added, done.changed + gone)


def _load_services(cursor: Any) -> Change:
    cursor.execute(
        """
        UPDATE customers_service service SET active = false
        FROM customers_subscriber subscriber, staged_subscriber s
        WHERE service.active AND service.subscriber_id = subscriber.id AND subscriber.account = s.account
          AND s.services_told
          AND NOT EXISTS (SELECT FROM staged_service t WHERE t.account = s.account AND t.kind = service.kind)
        """
    )
    ended = cursor.rowcount
    done = bulk.upsert(
        cursor,
        "customers_service",
        "subscriber_id, kind",
        "subscriber_id, kind, tariff, active",
        """
        SELECT subscriber.id, t.kind, t.tariff, t.active
        FROM staged_service t JOIN customers_subscriber subscriber USING (account)
        ORDER BY t.ctid
        """,
    )
    return Change(done.table, done.added, done.changed + ended)
