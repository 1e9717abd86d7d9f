"""Real servers for the tests, started before Django reads its settings.

Loaded with `-p tests.database`. The database is made and migrated by `owner`, then every test speaks as `app`, so the
whole suite proves the grants as well. Flushing alone, after transactional tests, is the owner's.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from contactcenter import embedded

_servers: embedded.Servers | None = None


def _start() -> None:
    """In the first process only: workers of a parallel run inherit the environment."""
    global _servers
    if "OWNER_DATABASE_URL" in os.environ:
        return
    root = Path(__file__).resolve().parent.parent
    data_dir = Path(os.environ.get("DATA_DIR", root / ".data")).resolve() / "test"
    os.environ["DATA_DIR"] = str(data_dir)
    os.environ.setdefault("SECRET_KEY", "tests only")
    _servers = embedded.start(data_dir, fast=True)
    os.environ.update(_servers.urls)


_start()


def pytest_unconfigure() -> None:
    if _servers is not None:
        _servers.stop()


def become(role: str) -> None:
    """Let the default connection be this role from its next statement on."""
    from django.db import connection

    names = {"owner": "OWNER_DATABASE_URL", "app": "DATABASE_URL", "finance": "FINANCE_DATABASE_URL"}
    parts = urlsplit(os.environ[names[role]])
    connection.close()
    connection.settings_dict.update(
        USER=parts.username, PASSWORD=unquote(parts.password or ""), CONN_MAX_AGE=0, CONN_HEALTH_CHECKS=False
    )


@contextmanager
def as_owner() -> Iterator[None]:
    become("owner")
    try:
        yield
    finally:
        become("app")


def let_the_owner_flush() -> None:
    from django.test import TransactionTestCase

    teardown = TransactionTestCase._fixture_teardown

    def flush(self: Any) -> None:
        with as_owner():
            teardown(self)

    TransactionTestCase._fixture_teardown = flush  # type: ignore[method-assign]
