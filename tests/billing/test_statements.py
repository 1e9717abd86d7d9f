"""Files of payments: both kinds, cut, repeated, with strangers in them; what goes out to the bookkeeping."""

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from billing import actions, files, ledger_files, reports
from billing.models import Account, Book, Entry, Kind, Reason, Statement, StatementLine
from billing.seeds import seed_reasons
from common import clock
from contacts import actions as contacts
from staff.models import User

finance = pytest.mark.usefixtures("finance", "at_noon")


def number(account: Account) -> str:
    return str(account.subscriber.account)


def exchange(*documents: str, said: str = "", encoding: str = "cp1251") -> bytes:
    """A file of the 1C client-bank exchange with one account of ours."""
    turnover = f"ВсегоПоступило={said}\n" if said else ""
    name = "Windows" if encoding == "cp1251" else "UTF-8"
    text = (
        f"1CClientBankExchange\nВерсияФормата=1.03\nКодировка={name}\nСекцияРасчСчет\nРасчСчет=40702810000000000001\n"
        f"{turnover}КонецРасчСчет\n{''.join(documents)}КонецФайла\n"
    )
    return text.encode(encoding)


def document(n: int, account: str, amount: str, to: str = "40702810000000000001") -> str:
    return (
        f"СекцияДокумент=Платежное поручение\nНомер={n}\nДата=03.03.2026\nСумма={amount}\nПлательщикСчет=4081781{n}\n"
        f"Плательщик=Иванова Анна\nПолучательСчет={to}\nНазначениеПлатежа=За интернет, л/с {account}\nКонецДокумента\n"
    )


def send(
    client: Client, body: bytes | str, name: str = "bank.txt", book: str = "bank", control: str = ""
) -> HttpResponse:
    body = body.encode() if isinstance(body, str) else body
    file = SimpleUploadedFile(name, body)
    return client.post("/statements/", {"file": file, "book": book, "control": control})  # type: ignore[return-value]


@finance
def test_a_bank_file_is_posted_once_whoever_sends_it_again(anna_in: Client, account: Account) -> None:
    body = exchange(document(1, number(account), "500.00"), document(2, number(account), "250,50"), said="750.50")
    first = send(anna_in, body)
    assert first.status_code == 302
    assert send(anna_in, body).headers["Location"] == first.headers["Location"]
    account.refresh_from_db()
    assert (account.balance, Statement.objects.count()) == (Decimal("750.50"), 1)
    page = anna_in.get(first.headers["Location"]).content.decode()
    assert "не сходятся" not in page
    assert "750" not in str(list(Statement.objects.get().history.values_list("data")))


@finance
def test_a_payment_that_two_files_bring_is_posted_once(anna_in: Client, account: Account) -> None:
    send(anna_in, exchange(document(1, number(account), "500")))
    again = exchange(document(1, number(account), "500"), document(2, number(account), "100"), encoding="utf-8")
    send(anna_in, again)
    account.refresh_from_db()
    assert account.balance == 600
    assert list(StatementLine.objects.order_by("pk").values_list("state", flat=True)) == [
        "posted",
        "duplicate",
        "posted",
    ]


@finance
@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_file_that_was_cut_posts_nothing(anna_in: Client, account: Account, share: float) -> None:
    body = exchange(*(document(n, number(account), "10") for n in range(20)))
    reply = send(anna_in, body[: int(len(body) * share)])
    assert reply.status_code == 422
    assert "оборван" in reply.content.decode()
    assert (Entry.objects.count(), Statement.objects.count()) == (0, 0)


@finance
def test_a_bank_file_cut_where_a_payment_begins_posts_nothing(anna_in: Client, account: Account) -> None:
    """Every section before the cut is whole there: only the missing end tells."""
    body = exchange(document(1, number(account), "500.00"), document(2, number(account), "250.50"))
    begins = body.rindex("СекцияДокумент".encode("cp1251"))
    reply = send(anna_in, body[: body.index(b"\n", begins) + 1])
    assert reply.status_code == 422
    assert "оборван" in reply.content.decode()
    assert not Entry.objects.exists()


@finance
def test_what_does_not_add_up_is_said(anna_in: Client, account: Account) -> None:
    reply = send(anna_in, exchange(document(1, number(account), "500"), said="900"))
    assert "не сходятся" in anna_in.get(reply.headers["Location"]).content.decode()


@finance
def test_a_stranger_waits_until_somebody_knows_whose_it_is(anna_in: Client, account: Account) -> None:
    send(anna_in, exchange(document(1, "99999999", "500"), document(2, number(account), "-5")))
    line, bad = StatementLine.objects.order_by("place")
    assert (line.state, bad.state, bad.wrong) == ("unknown", "bad", "sum")
    url = f"/statements/{line.statement_id}/lines/{line.pk}/"
    anna_in.post(url, {"account": "12"})
    line.refresh_from_db()
    assert line.state == "unknown"
    for _click in range(2):
        anna_in.post(url, {"account": f" {number(account)} "})
    account.refresh_from_db()
    line.refresh_from_db()
    assert (line.state, account.balance) == ("posted", 500)


@finance
def test_what_we_paid_ourselves_is_none_of_ours(anna_in: Client, account: Account) -> None:
    own, other = document(1, number(account), "5"), document(2, number(account), "7", to="40702810999999999999")
    send(anna_in, exchange(own, other))
    account.refresh_from_db()
    assert account.balance == 5


@finance
@pytest.mark.parametrize(
    ("encoding", "between"), [("cp1251", ";"), ("utf-8-sig", ";"), ("utf-8", ",")], ids=["cp1251", "utf-8", "comma"]
)
def test_a_csv_of_the_terminals(anna_in: Client, account: Account, encoding: str, between: str) -> None:
    rows = [("Дата", "Лицевой счет", "Сумма", "Номер"), ("04.03.2026", number(account), "1 234.50", "T-1")]
    text = "".join(between.join(row) + "\n" for row in rows)
    assert send(anna_in, text.encode(encoding), "pay.csv").status_code == 302
    account.refresh_from_db()
    assert account.balance == Decimal("1234.50")


@finance
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "ни одного"),
        (b"\x00\x01", "1251"),
        (b"a;b\n1;2\n", "столбц"),
        ("Дата;Сумма;Номер\n04.03.2026;5".encode(), "оборван"),
        ("Дата;Сумма;Номер\n04.03.2026;5;1\n04.03.2026;7;12".encode(), "оборван"),
        ('Дата;Сумма;Номер\n04.03.2026;5;1\n04.03.2026;7;"12\n'.encode(), "оборван"),
        ("Дата;Сумма;Номер\n04.03.2026;5;1\nИтого;1".encode(), "оборван"),
        ("Дата;Сумма;Номер\n04.03.2026;5;1\n".encode()[:-19], "оборван"),
        ("1CClientBankExchange\nВерсияФормата=1.03\nКонецФайла\n".encode("koi8-r"), "1251"),
        ("1CClientBankExchange\nВерсияФормата=1.03\nКонецФайла\n".encode(), "наш расчётный счёт"),
        (b"account;service;since;until;sum;number\n1;tv;01.03.2026;31.03.2026;5;1\n", "перепутаны"),
        ("Дата;Сумма;Номер\n".encode(), "ни одного"),
        (b"x" * (5 * 1024 * 1024 + 1), "5 МБ"),
    ],
)
def test_a_bad_file_says_what_to_do(anna_in: Client, body: bytes, words: str) -> None:
    reply = send(anna_in, body)
    assert reply.status_code == 422
    assert words in reply.content.decode()
    assert not Statement.objects.exists()


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
@example(b"1CClientBankExchange")
@example("1CClientBankExchange\nКодировка=x\nКонецФайла".encode("cp1251"))
@example(b'a,"b\n1,2')
@example(b"\xef\xbb\xbf")
def test_the_reader_knows_no_error_but_its_own(body: bytes) -> None:
    try:
        found = ledger_files.read(body, book="bank")
    except files.BadFile:
        return
    assert found.lines


@finance
def test_reports_add_up_and_come_as_a_workbook(anna_in: Client, account: Account, anna: User, vera: User) -> None:
    send(anna_in, exchange(document(1, number(account), "500"), document(2, "99999999", "70")))
    entry = Entry.objects.get()
    actions.reverse(entry=entry, reason="Чужой платёж", on=entry.on, by=anna)
    page = anna_in.get("/statements/reports/", {"since": "2026-03-01", "until": "2026-03-31"}).content.decode()
    assert "Чужой платёж" in page
    checks = page[page.index("Сверка") :]
    assert "570" in checks
    assert "70" in checks
    reply = anna_in.get("/statements/reports/", {"file": "xlsx"})
    book = zipfile.ZipFile(BytesIO(b"".join(reply.streaming_content)))  # type: ignore[attr-defined]
    assert "Сверка" in book.read("xl/worksheets/sheet1.xml").decode()
    for bad, words in (
        ({"since": "x"}, "дат"),
        ({"since": "2026-03-31", "until": "2026-03-01"}, "раньше первого"),
        ({"since": "1026-01-01", "until": ""}, "Не больше года"),
        ({"since": "2024-01-01", "until": "2026-01-01"}, "Не больше года"),
    ):
        for path in ("reports/", "orders.csv"):
            refused = anna_in.get(f"/statements/{path}", bad)
            assert refused.status_code == 422, "other days than those asked for are never shown for them"
            assert words in refused.content.decode()
    boss = Client()
    boss.force_login(vera)
    assert boss.get("/statements/reports/").status_code == 200
    assert boss.get("/statements/").status_code == 403


@finance
def test_reports_count_what_stands(anna_in: Client, account: Account, anna: User) -> None:
    seed_reasons()
    send(anna_in, exchange(document(1, number(account), "500"), document(2, number(account), "30")))
    told = {"kind": Kind.CHARGE, "book": Book.REVENUE, "amount": Decimal(-450), "on": date(2026, 3, 3), "key": "c"}
    charge = actions.post(account=account, by=anna, **told)
    asked = actions.raise_dispute(
        account=account,
        reason=Reason.objects.get(code="charged_twice"),
        amount=Decimal(450),
        contact=contacts.receive(
            channel="phone", key="c", at=clock.now(), by=anna, subscriber_id=account.subscriber_id
        ),
        key="d",
        about=charge,
        by=anna,
    )
    days = (date(2026, 3, 1), date(2026, 3, 31))
    assert [len(rows("reasons", days)), len(rows("people", days))] == [1, 1]
    for entry in (Entry.objects.get(amount=500), asked.entry):
        assert entry is not None
        actions.reverse(entry=entry, reason="Ошибка", on=date(2026, 3, 3), by=anna, tells=True)
    assert rows("reasons", days) == rows("people", days) == []
    assert [row[-1] for row in rows("days", days) if row[0] == date(2026, 3, 3)] == [30], "the bank column"


def rows(code: str, days: tuple[date, date]) -> list[list[Any]]:
    return next(one.rows for one in reports.tables(*days) if one.code == code)


@finance
def test_posting_orders_for_the_bookkeeping(anna_in: Client, account: Account) -> None:
    send(anna_in, exchange(document(1, number(account), "500")))
    reply = anna_in.get("/statements/orders.csv", {"since": "2026-03-01", "until": "2026-03-31"})
    text = b"".join(reply.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert text.splitlines()[1].startswith("03.03.2026;51;62;500,00;")
    anna_in.post("/i18n/setlang/", {"language": "en"})
    english = anna_in.get("/statements/orders.csv", {"since": "2026-03-01", "until": "2026-03-31"})
    assert b";500.00;" in b"".join(english.streaming_content)  # type: ignore[attr-defined]
