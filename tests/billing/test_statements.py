"""Files of payments: both kinds, cut, repeated, with strangers in them; what goes out to the bookkeeping."""

import zipfile
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from billing import actions, bank_files
from billing.models import Account, Entry, Statement, StatementLine
from staff.models import User

finance = pytest.mark.usefixtures("finance", "at_noon")


@pytest.fixture
def anna_in(anna: User) -> Client:
    client = Client()
    client.force_login(anna)
    return client


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


def send(client: Client, body: bytes, name: str = "bank.txt") -> HttpResponse:
    return client.post("/statements/", {"file": SimpleUploadedFile(name, body), "book": "bank"})  # type: ignore[return-value]


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
    text = "\n".join(between.join(row) for row in rows)
    assert send(anna_in, text.encode(encoding), "pay.csv").status_code == 302
    account.refresh_from_db()
    assert account.balance == Decimal("1234.50")


@finance
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "платеж"),
        (b"\x00\x01", "1251"),
        (b"a;b\n1;2", "столбц"),
        ("Дата;Сумма;Номер\n04.03.2026;5".encode(), "оборван"),
        ("Дата;Сумма;Номер\n".encode(), "платеж"),
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
        found = bank_files.read(body)
    except bank_files.BadFile:
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
    for bad in ({"since": "x"}, {"since": "2026-03-31", "until": "2026-03-01"}, {"since": "1026-01-01", "until": ""}):
        assert anna_in.get("/statements/reports/", bad).status_code == 200
    boss = Client()
    boss.force_login(vera)
    assert boss.get("/statements/reports/").status_code == 200
    assert boss.get("/statements/").status_code == 403


@finance
def test_posting_orders_for_the_bookkeeping(anna_in: Client, account: Account) -> None:
    send(anna_in, exchange(document(1, number(account), "500")))
    reply = anna_in.get("/statements/orders.csv", {"since": "2026-03-01", "until": "2026-03-31"})
    text = b"".join(reply.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert text.splitlines()[1].startswith(("2026-03-03;51;62;500.00", "03.03.2026;51;62;500.00"))
