"""Loading many rows at once: COPY into temporary tables, one INSERT ... ON CONFLICT from each."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

Row = Sequence[Any]

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True)
class Problem:
    """A line that cannot be loaded, and why, as a person reads it. `source` is "file:line"."""

    source: str
    text: str


@dataclass(frozen=True)
class Change:
    """What loading did to one table; rows that were already as told are counted in neither."""

    table: str
    added: int
    changed: int


def stage(cursor: Any, table: str, columns: str, rows: Iterable[Row]) -> None:
    """Fill a fresh temporary table with the rows. `columns` is SQL: "code text, floor int". Dropped at commit."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    cursor.copy_expert(f"COPY pg_temp.{table} FROM STDIN", io.StringIO("".join(map(_line, rows))))
    cursor.execute(f"ANALYZE pg_temp.{table}")


def upsert(cursor: Any, table: str, key: str, columns: str, source: str) -> Change:
    """Insert what `source` (a SELECT of `columns`) yields; where `key` exists, change what differs.

    A source ordered by `ctid` of its staged table keeps the order of the file, so ids come out the same every time.
    """
    names = [name.strip() for name in columns.split(",")]
    keys = {name.strip() for name in key.split(",")}
    values = [name for name in names if name not in keys]
    action = "NOTHING"
    if values:
        told = ", ".join(f"{name} = excluded.{name}" for name in values)
        old = ", ".join(f"{table}.{name}" for name in values)
        new = ", ".join(f"excluded.{name}" for name in values)
        action = f"UPDATE SET {told} WHERE ({old}) IS DISTINCT FROM ({new})"
    cursor.execute(
        f"""
        WITH done AS (
            INSERT INTO {table} ({columns}) {source}
            ON CONFLICT ({key}) DO {action}
            RETURNING xmax = 0 AS added  -- a row that has just been born has no deleting transaction
        )
        SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added) FROM done
        """
    )
    added, changed = cursor.fetchone()
    return Change(table, added, changed)


def problems(cursor: Any, sql: str) -> list[Problem]:
    """Run a SELECT of (source, text) over a staged table: each row it yields is a line that cannot be loaded."""
    cursor.execute(sql)
    return [Problem(source, text) for source, text in cursor.fetchall()]


def unhurried(cursor: Any) -> None:
    """Lift the time limit for this transaction: it is meant for pages, not for a whole town."""
    assert transaction.get_connection().in_atomic_block
    cursor.execute("SET LOCAL statement_timeout = 0")


def _line(row: Row) -> str:
    return "\t".join(map(_cell, row)) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return "t" if value is True else "f" if value is False else str(value)
