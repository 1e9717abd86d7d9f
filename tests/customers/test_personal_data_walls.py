"""History's words are masked by the owner's functions alone, for the subscriber of this transaction's act alone.

Whoever holds the application's role (an injected statement, a stolen password) gets no way to rewrite history.
"""

import hashlib
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from common.clock import now
from customers import actions
from customers.models import Erasure, ErasureAct, Subscriber
from staff.models import User
from tests.database import become
from tests.factories.town import house
from tickets import actions as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
FUNCTIONS = ("erase_ticket_history", "erase_visit_history")
SECRET = "Код домофона 4711"


def sql(statement: str, *values: Any) -> Any:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None


def refusal(statement: str, *values: Any) -> str | None:
    try:
        sql(statement, *values)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "pgcode", None))
    return None


class Two:
    """Two people with a ticket each, both resolved; an erasure of the first is confirmed."""

    def __init__(self, sergey: User, vera: User) -> None:
        self.vera = vera
        self.one, self.other = house().subscribers[:2]
        Subscriber.objects.update(active=False)
        self.tickets: list[Ticket] = []
        for someone in (self.one, self.other):
            ticket = tickets.open_ticket(
                desk="support", subject="x", channel="phone", by=sergey, subscriber=someone, text=SECRET
            )
            self.tickets.append(tickets.resolve(ticket=ticket, by=sergey, text=SECRET))
        erasure = actions.ask_erasure(subscriber=self.one, basis="consent", reason="Заявление", by=vera)
        self.erasure = actions.confirm_erasure(erasure=erasure, by=vera, account=self.one.account)

    def act(self, **more: Any) -> ErasureAct:
        facts = {
            "erasure": self.erasure,
            "subscriber": self.erasure.subscriber,
            "asked_by": self.vera,
            "confirmed_by": self.vera,
            "basis": "consent",
            "reason": "Заявление",
            "counts": {},
            "document": "{}",
            "sha256": hashlib.sha256(b"{}").hexdigest(),
        }
        return ErasureAct.objects.create(**{**facts, **more})

    def history(self, n: int) -> list[Any]:
        return list(self.tickets[n].history.values_list("pk", "at", "kind", "by_user", "data", "changed", "via"))


@pytest.fixture
def two(sergey: User, vera: User) -> Two:
    return Two(sergey, vera)


def test_without_an_act_nothing_moves(two: Two) -> None:
    before = two.history(0)
    for function in FUNCTIONS:
        for act in (0, -1, 1, 2**62, two.erasure.pk, two.one.pk, None):
            assert refusal(f"SELECT {function}(%s)", act) == "42501", act
    assert two.history(0) == before


@pytest.mark.django_db(transaction=True)
def test_an_act_of_an_earlier_transaction_opens_nothing(two: Two) -> None:
    with transaction.atomic():
        act = two.act()
    before = two.history(0)
    for function in FUNCTIONS:
        assert refusal(f"SELECT {function}(%s)", act.pk) == "42501"
    assert two.history(0) == before


@pytest.mark.django_db(transaction=True)
def test_a_foreign_transaction_in_the_act_is_overwritten(two: Two) -> None:
    """Nobody writes an act ahead for a transaction to come."""
    with transaction.atomic():
        act = two.act(xact=sql("SELECT pg_current_xact_id()::text::bigint + 1")[0])
        act.refresh_from_db()
        assert act.xact == sql("SELECT pg_current_xact_id()::text::bigint")[0]
    assert refusal("SELECT erase_ticket_history(%s)", act.pk) == "42501"


def test_with_an_act_only_words_of_that_subscriber_change(two: Two) -> None:
    mine, others = two.history(0), two.history(1)
    assert sql("SELECT erase_ticket_history(%s)", two.act().pk) == (2,)
    assert two.history(1) == others
    for old, new in zip(mine, two.history(0), strict=True):
        assert new[:4] + new[6:] == old[:4] + old[6:]
        assert {key: value for key, value in new[4].items() if key != "text"} == {
            key: value for key, value in old[4].items() if key != "text"
        }
        assert new[5] == old[5]  # states and ids are no words
    assert SECRET not in str(two.history(0))


def test_an_act_needs_a_confirmed_erasure_of_the_same_person(two: Two, sergey: User) -> None:
    for wrong in ({"subscriber": two.other}, {"confirmed_by": sergey}, {"asked_by": sergey}):
        with pytest.raises(DatabaseError, match="confirmed erasure"), transaction.atomic():
            two.act(**wrong)
    asked = actions.ask_erasure(subscriber=two.other, basis="consent", reason="Заявление", by=two.vera)
    with pytest.raises(DatabaseError, match="confirmed erasure"), transaction.atomic():
        two.act(erasure=asked, subscriber=two.other)


def test_an_act_is_what_its_hash_says_and_stays_so(two: Two) -> None:
    with pytest.raises(IntegrityError, match="customers_act_is_its_document"), transaction.atomic():
        two.act(sha256="0" * 64)
    act = two.act()
    for statement in ("UPDATE customers_erasureact SET reason = 'x'", "DELETE FROM customers_erasureact"):
        assert refusal(statement) == "42501"
    act.refresh_from_db()
    assert act.reason == "Заявление"


@pytest.mark.parametrize(
    "argument",
    ["1); DELETE FROM tickets_ticketevent; --", "1 OR 1=1", "''", "1::text", "{1}", "tickets_ticketevent"],
)
def test_an_argument_carries_no_statement(two: Two, argument: str) -> None:
    act, before = two.act(), two.history(1)
    assert refusal("SELECT erase_ticket_history(%s)", argument) == "22P02"  # not a number
    assert two.history(1) == before
    assert act.pk


def test_words_that_look_like_sql_are_only_words(two: Two, sergey: User) -> None:
    hostile = "'; UPDATE tickets_ticketevent SET kind='x'; -- \"}] $$ %s {0}"
    ticket = two.tickets[0]
    tickets.comment(ticket=ticket, text=hostile, by=sergey)
    others = two.history(1)
    sql("SELECT erase_ticket_history(%s)", two.act().pk)
    assert ticket.history.latest("pk").data == {"text": "[удалено]"}
    assert ticket.history.latest("pk").kind == "commented"
    assert two.history(1) == others


def test_a_table_of_ones_own_with_the_same_name_deceives_nobody(two: Two) -> None:
    """Temporary tables come first on an ordinary search path; the functions' path is fixed."""
    act = two.act()
    sql("CREATE TEMPORARY TABLE tickets_ticket (id bigint, subscriber_id bigint)")
    sql("INSERT INTO pg_temp.tickets_ticket VALUES (%s, %s)", two.tickets[1].pk, two.one.pk)
    sql("CREATE TEMPORARY TABLE customers_erasureact (id bigint, subscriber_id bigint, xact bigint)")
    sql("INSERT INTO pg_temp.customers_erasureact VALUES (77, %s, pg_current_xact_id()::text::bigint)", two.other.pk)
    assert refusal("SELECT erase_ticket_history(77)") == "42501"
    others = sql("SELECT string_agg(data::text, '') FROM tickets_ticketevent WHERE thing_id = %s", two.tickets[1].pk)
    sql("SELECT erase_ticket_history(%s)", act.pk)
    assert others == sql(
        "SELECT string_agg(data::text, '') FROM tickets_ticketevent WHERE thing_id = %s", two.tickets[1].pk
    )


def test_the_application_cannot_change_the_functions_or_call_their_parts(two: Two) -> None:
    for statement in (
        "SELECT erasing(1)",
        "ALTER FUNCTION erase_ticket_history(bigint) SET search_path = pg_temp",
        "ALTER FUNCTION erase_ticket_history(bigint) OWNER TO app",
        "DROP FUNCTION erase_ticket_history(bigint)",
        "CREATE OR REPLACE FUNCTION erasing(act bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "ALTER TABLE customers_erasureact DISABLE TRIGGER of_this_transaction",
        "DROP TRIGGER of_this_transaction ON customers_erasureact",
    ):
        assert refusal(statement) == "42501", statement


def test_every_function_with_the_owners_rights_is_closed_to_the_public_and_has_a_fixed_path() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.proname, p.proconfig, has_function_privilege('public', p.oid, 'EXECUTE'),
                has_function_privilege('app', p.oid, 'EXECUTE'), pg_get_userbyid(p.proowner)
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'public' AND p.prosecdef
            """
        )
        found = {name: rest for name, *rest in cursor.fetchall()}
    assert found.keys() >= set(FUNCTIONS)
    for name, (settings, public, app, owner) in found.items():
        assert (public, owner) == (False, "owner"), name
        assert settings == ["search_path=pg_catalog, pg_temp"], name
        assert app, name


@pytest.mark.django_db(transaction=True)
def test_the_finance_desks_role_has_no_more_than_the_ordinary_one(sergey: User, vera: User) -> None:
    become("finance")
    try:
        for function in FUNCTIONS:
            assert refusal(f"SELECT {function}(1)") == "42501"
        assert refusal("UPDATE customers_erasureact SET reason = 'x'") == "42501"
    finally:
        become("app")


def test_two_workers_write_one_act(two: Two) -> None:
    assert actions.carry_out_erasures() == 1
    assert actions.carry_out_erasures() == 0
    assert ErasureAct.objects.count() == 1
    assert Erasure.objects.get().state == "done"
    assert now() >= ErasureAct.objects.get().at
