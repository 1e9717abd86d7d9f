"""What each database role may do to each table, asked of the real server: a new table is covered when it is born."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from common.grants import FINANCE_APPS
from tests.database import become

pytestmark = pytest.mark.django_db
TABLES = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
FINANCE = [model for model in TABLES if model._meta.app_label in FINANCE_APPS]
APPEND_ONLY = [model for model in TABLES if getattr(model, "append_only", False)]


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        assert getattr(error.__cause__, "pgcode", None) == "42501", error  # insufficient_privilege and nothing else
        return True
    return False


@contextmanager
def as_finance() -> Iterator[None]:
    become("finance")
    try:
        yield
    finally:
        become("app")


def rights(role: str, model: type[Model]) -> set[str]:
    words = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w FROM unnest(%s) w WHERE has_table_privilege(%s, %s, w)",
            [[*words], role, f'"{model._meta.db_table}"'],
        )
        return {word for (word,) in cursor.fetchall()}


def test_there_is_something_to_check() -> None:
    assert FINANCE
    assert len(APPEND_ONLY) >= 5
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("app",)


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_rights_are_exactly_the_declared_ones(model: type[Model]) -> None:
    expected = {"SELECT", "INSERT"} if model in APPEND_ONLY else {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert rights("finance", model) == expected
    assert rights("app", model) == (set() if model in FINANCE else expected)


@pytest.mark.parametrize("model", FINANCE, ids=lambda model: model._meta.label)
def test_the_ordinary_role_reads_nothing_of_the_finance_desk(model: type[Model]) -> None:
    assert refused(f'SELECT 1 FROM "{model._meta.db_table}"')


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_history_can_only_grow(model: type[Model], statement: str) -> None:
    column = model._meta.pk.column
    command = statement.format(f'"{model._meta.db_table}"', column, column)
    assert refused(command)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE mine",
        "ALTER TABLE staff_user ADD COLUMN mine int",
        "ALTER TABLE tickets_ticketevent DISABLE TRIGGER append_only",
        "DROP TABLE staff_user",
        "ALTER ROLE app SUPERUSER",
        "ALTER ROLE app CREATEDB",
        "GRANT finance TO app",
        "SET ROLE owner",
        "SET ROLE finance",
        "SET session_replication_role = replica",
        "COPY staff_user TO '/tmp/stolen'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_ordinary_role_cannot_widen_itself(statement: str) -> None:
    assert refused(statement)


def test_no_working_role_has_a_right_of_the_server() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolreplication, rolbypassrls, rolcreatedb FROM pg_roles "
            "WHERE rolname IN ('owner', 'app', 'finance') ORDER BY rolname"
        )
        assert cursor.fetchall() == [
            ("app", False, False, False, False, False),
            ("finance", False, False, False, False, False),
            ("owner", False, False, False, False, True),
        ]


@pytest.mark.django_db(transaction=True)
def test_the_finance_role_too_only_adds_to_history() -> None:
    with as_finance():
        for model in APPEND_ONLY:
            assert refused(f'DELETE FROM "{model._meta.db_table}"'), model
            assert not refused(f'SELECT 1 FROM "{model._meta.db_table}"'), model
