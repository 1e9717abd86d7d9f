"""The database goes away while money is posted: what was acknowledged is there once, what was refused was told so."""

import signal
import threading
from datetime import UTC, datetime

import pytest

from tests.faults.accountant import GIVES_UP_S, Accountant, Payments
from tests.faults.invariants import rows
from tests.faults.product import Product, wait_for

pytestmark = pytest.mark.fault
PAYMENTS, LINES = 40, 20_000
TOLD = "База данных временно недоступна"
ACCOUNTS = """SELECT s.account FROM billing_account a JOIN customers_subscriber s ON s.id = a.subscriber_id
WHERE s.active ORDER BY s.account LIMIT %s"""
POSTED = "SELECT count(*) FROM billing_entry WHERE split_part(key, ':', 3) = %s AND starts_with(key, 'desk:')"
BALANCED = """SELECT a.id FROM billing_account a WHERE a.balance <> coalesce(
(SELECT sum(e.amount) FROM billing_entry e WHERE e.account_id = a.id), 0)"""
# What another role is doing nobody may read; that it writes into the ledger shows in its lock.
AT_WORK = """SELECT pid FROM pg_locks WHERE relation = 'billing_entry'::regclass AND mode = 'RowExclusiveLock'
AND granted"""
FILE = "fault.csv"
TAKEN = f"SELECT count(*) FROM billing_statement WHERE name = '{FILE}'"
OF_FILE = f"""SELECT count(*) FROM billing_statementline l JOIN billing_statement s ON s.id = l.statement_id
JOIN billing_entry e ON e.id = l.entry_id WHERE s.name = '{FILE}'"""


@pytest.fixture(scope="module")
def signed_in_once(product: Product) -> Accountant:
    """A code of the second factor is good once in half a minute."""
    return Accountant(product)


@pytest.fixture
def anna(signed_in_once: Accountant) -> Accountant:
    signed_in_once.answers.clear()
    return signed_in_once


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
def test_a_payment_that_was_acknowledged_is_there_once(product: Product, anna: Accountant, how: signal.Signals) -> None:
    ((account,),) = rows(product.owner, ACCOUNTS, 1)
    keys = [f"fault{how}n{n}" for n in range(PAYMENTS)]
    payments = Payments(anna, account, keys, f"{datetime.now(UTC):%Y-%m-%d}")
    wait_for(lambda: len(payments.acknowledged) >= PAYMENTS // 4, what="a quarter of the payments")
    product.hold_supervisor(True)
    try:
        product.signal("postgres", how)
        wait_for(lambda: len(anna.refusals()) >= 3, what="refusals")
        taken = len(payments.acknowledged)
        wait_for(lambda: len(anna.refusals()) >= 6, what="more refusals")
        assert len(payments.acknowledged) == taken, "never acknowledged without a database"
    finally:
        product.hold_supervisor(False)
    payments.finish()
    assert all(TOLD in words for words in anna.refusals())
    assert {status for status, _words in anna.answers} <= {302, 503, None}
    assert [rows(product.owner, POSTED, key) for key in keys] == [[(1,)]] * PAYMENTS
    assert rows(product.owner, BALANCED) == []


def test_a_file_that_the_database_left_is_posted_whole_or_not_at_all(product: Product, anna: Accountant) -> None:
    numbers = [account for (account,) in rows(product.owner, ACCOUNTS, 2000)]
    lines = [f"04.03.2026;{numbers[n % len(numbers)]};1;{n}\n" for n in range(LINES)]
    body = ("date;account;sum;number\n" + "".join(lines)).encode()

    def upload() -> int | None:
        return anna.sends("/statements/", data={"book": "terminals"}, files={"file": (FILE, body)})

    answered: list[int | None] = []
    sending = threading.Thread(target=lambda: answered.append(upload()), daemon=True)
    sending.start()
    wait_for(lambda: rows(product.owner, AT_WORK), what="entries being written")
    product.signal("postgres", signal.SIGQUIT)
    sending.join(GIVES_UP_S)
    assert answered == [503]
    assert TOLD in anna.refusals()[0]
    wait_for(lambda: product.ready()[0] == 200, what="the database")
    assert rows(product.owner, TAKEN) == [(0,)]
    assert rows(product.owner, OF_FILE) == [(0,)]
    wait_for(lambda: upload() == 302, what="the same file again")
    assert rows(product.owner, OF_FILE) == [(LINES,)]
    assert upload() == 302, "and once more posts nothing"
    assert rows(product.owner, OF_FILE) == [(LINES,)]
    assert rows(product.owner, BALANCED) == []
