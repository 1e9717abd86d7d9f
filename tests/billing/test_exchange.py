"""The billing system's folder, and the charges it brings."""

import os
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing import actions
from billing.models import Account, Entry, OrdersFile, Statement, StatementLine
from billing.sweep import sweep
from common.history import System
from staff.models import User
from tests.billing.test_statements import document, exchange, number, send
from tests.factories.town import house

pytestmark = pytest.mark.usefixtures("finance", "at_noon")
HEAD = "account;service;since;until;sum;number\n"


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.BILLING_EXCHANGE_DIR = str(tmp_path)
    sweep()
    return tmp_path


@pytest.fixture
def tariff(account: Account, anna: User) -> Account:
    """The account with internet at 310 roubles a month: ten a day in March."""
    told = {"kind": "internet", "title": "Дом", "fee": Decimal(310), "since": date(2026, 1, 1)}
    actions.set_tariff(account=account, by=anna, **told)
    return account


def put(folder: Path, name: str, body: bytes | str, age: int = 60) -> None:
    path = folder / "in" / name
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    os.utime(path, (time.time() - age, time.time() - age))


def names(folder: Path, which: str) -> list[str]:
    return sorted(one.name for one in (folder / which).iterdir())


def charge(account: Account, amount: str, n: int, service: str = "internet", since: str = "01.03.2026") -> str:
    return f"{number(account)};{service};{since};31.03.2026;{amount};{n}\n"


def test_what_lies_in_the_folder_is_taken_in_once_by_itself(folder: Path, account: Account, anna_in: Client) -> None:
    body = exchange(document(1, number(account), "500"))
    put(folder, "выписка.txt", body)
    put(folder, "terminals-1.csv", f"date;account;sum;number\n04.03.2026;{number(account)};7;1\n")
    sweep()
    put(folder, "выписка.txt", body)
    sweep()
    account.refresh_from_db()
    assert account.balance == 507
    assert names(folder, "in") == []
    assert len(names(folder, "done")) == 2
    assert set(Entry.objects.values_list("by_system", "book")) == {("import", "bank"), ("import", "terminals")}
    assert "Загрузка данных" in anna_in.get("/statements/").content.decode()


def test_a_file_that_is_still_written_is_left_alone(folder: Path, account: Account) -> None:
    row = f"date;account;sum;number\n04.03.2026;{number(account)};7;1\n"
    put(folder, "cash-1.csv", row, age=0)
    put(folder, "cash-2.csv.part", row)
    put(folder, ".cash-3.csv", row)
    sweep()
    assert len(names(folder, "in")) == 3
    assert not Statement.objects.exists()


def test_a_refused_file_is_put_aside_with_its_reason(folder: Path, account: Account, anna_in: Client) -> None:
    put(folder, "cash-1.csv", f"date;account;sum;number\n04.03.2026;{number(account)};7;1")
    put(folder, "что-то.csv", f"date;account;sum;number\n04.03.2026;{number(account)};7;1\n")
    sweep()
    assert not Entry.objects.exists()
    assert names(folder, "in") == []
    said = "".join(one.read_text() for one in (folder / "refused").glob("*.txt"))
    assert "оборван" in said
    assert "bank-" in said
    page = anna_in.get("/statements/").content.decode()
    assert "cash-1.csv" in page
    assert "оборван" in page


def test_one_file_that_cannot_be_moved_holds_up_no_ledger(folder: Path, account: Account) -> None:
    """The process died between the ledger and the folder: the file is found again and only moved."""
    body = f"date;account;sum;number\n04.03.2026;{number(account)};7;1\n".encode()
    actions.take_statement(body=body, name="cash-1.csv", book="cash", by=System.IMPORT)
    put(folder, "cash-1.csv", body)
    sweep()
    account.refresh_from_db()
    assert (account.balance, Statement.objects.count(), names(folder, "in")) == (7, 1, [])


def test_charges_are_posted_with_their_days_and_held_against_the_tariffs(anna_in: Client, tariff: Account) -> None:
    rows = [
        charge(tariff, "310", 1),
        charge(tariff, "400", 2, since="02.03.2026"),
        charge(tariff, "5", 3, "интернет", since="31.03.2026"),
        charge(tariff, "9", 4, "gas"),
        charge(tariff, "9", 5, since="01.04.2026"),
        "99999999;tv;01.03.2026;31.03.2026;70;6\n",
        charge(tariff, "310", 1),
        charge(tariff, "311", 1),
    ]
    reply = send(anna_in, HEAD + "".join(rows), "charges.csv", book="revenue")
    assert reply.status_code == 302
    states = list(StatementLine.objects.order_by("place").values_list("state", "due"))
    assert states == [
        ("posted", 310),
        ("posted", 300),
        ("posted", 10),
        ("bad", None),
        ("bad", None),
        ("unknown", None),
        ("duplicate", None),
        ("conflict", None),
    ]
    first = Entry.objects.order_by("pk")[0]
    assert (first.kind, first.book, first.amount) == ("charge", "revenue", -310)
    assert (first.since, first.until) == (date(2026, 3, 1), date(2026, 3, 31))
    page = anna_in.get(reply.headers["Location"], {"state": "differs"}).content.decode()
    assert "по тарифам 300" in page
    assert "по тарифам 310" not in page
    report = anna_in.get("/statements/reports/", {"since": "2026-03-01", "until": "2026-03-31"}).content.decode()
    assert "Не по тарифам: на сколько" in report
    assert "95\xa0₽" in report, "a hundred too much, five too little"
    stranger = StatementLine.objects.get(state="unknown")
    anna_in.post(f"/statements/{stranger.statement_id}/lines/{stranger.pk}/", {"account": number(tariff)})
    stranger.refresh_from_db()
    assert (stranger.state, stranger.due) == ("posted", 0)
    tariff.refresh_from_db()
    assert tariff.balance == -310 - 400 - 5 - 70


def test_charges_cost_the_same_however_many(anna_in: Client, account: Account) -> None:
    people = [actions.account_of(one) for one in house("23", flats=40).subscribers]

    def cost(since: str, charged: list[Account]) -> int:
        rows = "".join(charge(one, "10", int(f"{since[:2]}{n}"), since=since) for n, one in enumerate(charged, 100))
        with CaptureQueriesContext(connection) as caught:
            assert send(anna_in, HEAD + rows, book="revenue").status_code == 302
        return len(caught)

    cost("01.03.2026", people[:1])
    assert cost("02.03.2026", people[:3]) == cost("03.03.2026", people[:30])


def test_posting_orders_leave_through_the_folder_once(folder: Path, anna_in: Client, account: Account) -> None:
    send(anna_in, exchange(document(1, number(account), "500")))
    days = {"since": "2026-03-01", "until": "2026-03-31"}
    assert "папку обмена" in anna_in.get("/statements/reports/", days).content.decode()
    anna_in.post("/statements/orders/send/", days)
    assert anna_in.post("/statements/orders/send/", days | {"until": "2026-02-01"}).status_code == 422
    sweep()
    file = OrdersFile.objects.get()
    assert file.sent_at is not None
    written = folder / "out" / str(file)
    assert "03.03.2026;51;62;500,00;" in written.read_text("utf-8-sig")
    written.unlink()
    sweep()
    assert names(folder, "out") == [], "what the other side has taken away is not written again"
