"""The finance desk's tables survive a dump and a restore: every row, the guards, the rights."""

import os
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.apps import apps
from django.db import connection

from billing import actions
from billing.models import Account, Book
from contactcenter import embedded
from staff.models import User
from tests.factories.town import house

pytestmark = pytest.mark.usefixtures("finance_racing")
COPY = "finance_restored"


def tool(name: str) -> str:
    """The server's own program: a dump of a newer server needs its own pg_dump."""
    return str(embedded.postgres_bin() / name)


def url(role: str, database: str) -> str:
    """A role's address with another database in it."""
    variable = {"owner": "OWNER_DATABASE_URL", "finance": "FINANCE_DATABASE_URL"}[role]
    return urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{database}"))


def test_what_is_restored_is_whole_and_guarded(anna: User, tmp_path: Path) -> None:
    account = Account.objects.create(subscriber=house().subscribers[0])
    actions.record_payment(
        account=account, book=Book.CASH, amount=Decimal("123.45"), on=date(2026, 3, 4), key="p", by=anna
    )
    source = str(connection.settings_dict["NAME"])
    dump = tmp_path / "finance.dump"
    tables = [model._meta.db_table for model in apps.get_app_config("billing").get_models()]
    subprocess.run([tool("pg_dump"), "-Fc", "-f", dump, "-d", url("owner", source)], check=True, timeout=120)
    assert dump.stat().st_size > 0
    admin = psycopg2.connect(url("owner", source))
    admin.autocommit = True  # a database is made outside any transaction
    admin.cursor().execute(f"DROP DATABASE IF EXISTS {COPY}")
    admin.cursor().execute(f"CREATE DATABASE {COPY}")
    try:
        subprocess.run([tool("pg_restore"), "--exit-on-error", "-d", url("owner", COPY), dump], check=True, timeout=120)
        assert counts("owner", COPY, tables) == counts("owner", source, tables)
        with psycopg2.connect(url("finance", COPY)) as restored, restored.cursor() as cursor:
            cursor.execute("SELECT balance FROM billing_account WHERE id = %s", [account.pk])
            assert cursor.fetchone() == (Decimal("123.45"),)
            with pytest.raises(psycopg2.Error):
                cursor.execute("UPDATE billing_entry SET amount = 1")
        restored.close()
    finally:
        admin.cursor().execute(f"DROP DATABASE IF EXISTS {COPY}")
        admin.close()


def counts(role: str, database: str, tables: list[str]) -> dict[str, int]:
    found = {}
    with psycopg2.connect(url(role, database)) as there, there.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]  # type: ignore[index]
    there.close()
    assert found["billing_entry"], "an empty dump proves nothing"
    return found
