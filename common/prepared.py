"""Statements of the hot path, planned once per connection: planning them cost PostgreSQL more than running them."""

from collections.abc import Mapping
from typing import Any

_KNOWN = "prepared_statements"  # an attribute of Django's connection: (the driver's connection, names known there)


class Prepared:
    """SQL with `%(name)s` parameters, and the SQL type of each. Survives a rollback, dies with its connection."""

    def __init__(self, name: str, sql: str, **types: str) -> None:
        self.name = name
        numbered = sql % {parameter: f"${n}" for n, parameter in enumerate(types, start=1)}
        self.prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {numbered}"
        self.run = f"EXECUTE {name} ({', '.join(f'%({parameter})s' for parameter in types)})"

    def execute(self, cursor: Any, parameters: Mapping[str, Any], *, first: str = "") -> None:
        """Run it. `first` is a statement that goes before it in the same message and costs no round trip."""
        known = _known(cursor.db)
        if self.name not in known:
            cursor.execute(self.prepare)
            known.add(self.name)
        cursor.execute(f"{first}; {self.run}" if first else self.run, parameters)


def _known(db: Any) -> set[str]:
    """The names prepared on the connection that Django holds now; it may have made a new one since."""
    raw, names = getattr(db, _KNOWN, (None, set()))
    if raw is not db.connection:
        raw, names = db.connection, set()
        setattr(db, _KNOWN, (raw, names))
    return names
