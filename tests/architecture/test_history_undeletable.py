"""No running process can edit or delete history: asked of the real server, for every history table there is."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from common.history import Event
from staff.models import User
from tests.database import become
from tests.factories.town import house
from tickets import actions

HISTORIES = [model for model in apps.get_models() if issubclass(model, Event)]
APPEND_ONLY = [model for model in apps.get_models() if getattr(model, "append_only", False)]
DENIED = (
    "UPDATE {} SET id = id",
    "UPDATE {} SET data = '{{}}' WHERE false",
    "UPDATE {} SET by_user_id = NULL, by_system = 'sweep'",
    "DELETE FROM {}",
    "DELETE FROM {} WHERE false",
    "TRUNCATE {}",
    "TRUNCATE {} CASCADE",
    "ALTER TABLE {} DISABLE TRIGGER append_only",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP TRIGGER append_only ON {}",
    "DROP TABLE {}",
    "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING",
    "GRANT UPDATE ON {} TO app",
    "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT (id) DO UPDATE SET data = '{{}}'",
    "MERGE INTO {0} USING {0} AS other ON false WHEN MATCHED THEN DELETE",
)


@pytest.fixture
def as_finance() -> Iterator[None]:
    become("finance")
    yield
    become("app")


def refusal(statement: str) -> str | None:
    """The server's code of refusal; None where it did as it was told."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "pgcode", None))
    return None


def test_histories_were_found() -> None:
    assert len(HISTORIES) >= 10
    assert set(HISTORIES) <= set(APPEND_ONLY)


@pytest.mark.django_db
@pytest.mark.parametrize("model", HISTORIES, ids=lambda model: model._meta.label)
def test_the_application_can_neither_edit_nor_delete(model: type[Event]) -> None:
    for statement in DENIED:
        code = refusal(statement.format(f'"{model._meta.db_table}"'))
        # A GRANT by somebody who holds no grant option is a warning and changes nothing: the rights test sees to it.
        assert code == "42501" or (code is None and statement.startswith("GRANT")), f"{statement}: {code}"


@pytest.mark.django_db(transaction=True)
def test_nor_can_the_finance_desks_processes(as_finance: None) -> None:
    for model in HISTORIES:
        for statement in DENIED:
            code = refusal(statement.format(f'"{model._meta.db_table}"'))
            assert code == "42501" or (code is None and statement.startswith("GRANT")), f"{model}: {statement}: {code}"


@pytest.mark.django_db
def test_the_trigger_stands_on_every_table_that_only_grows() -> None:
    """A second wall behind the missing rights: a wrong grant alone opens nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = 'append_only' AND t.tgenabled = 'O'"
        )
        standing = {name for (name,) in cursor.fetchall()}
    assert {model._meta.db_table for model in APPEND_ONLY} == standing


@pytest.mark.django_db
def test_a_row_that_is_there_stays_as_it_is(sergey: User) -> None:
    ticket = actions.open_ticket(
        desk="support", subject="x", channel="phone", by=sergey, subscriber=house().subscribers[0], text="как было"
    )
    before = list(ticket.history.values())
    for statement in DENIED:
        refusal(statement.format('"tickets_ticketevent"'))
    assert list(ticket.history.values()) == before
