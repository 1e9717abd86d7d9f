"""Lines that do not settle themselves: taken for a repeat or not, mended, put aside, posted anew after a reversal."""

import re
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing import actions
from billing.models import Account, Entry, StatementLine
from customers.models import Subscriber
from staff.models import User
from tests.billing.test_statements import document, exchange, number, send
from tests.factories.town import house

pytestmark = pytest.mark.usefixtures("finance", "at_noon")
HEAD = "Дата;Лицевой счет;Сумма;Номер;Терминал\n"


@pytest.fixture
def other(account: Account) -> Account:
    """The neighbour's account."""
    return actions.account_of(Subscriber.objects.exclude(pk=account.subscriber_id).order_by("pk")[0])


def terminals(*rows: tuple[str, Account, str, str, str]) -> str:
    return HEAD + "".join(f"{day};{number(who)};{amount};{n};{place}\n" for day, who, amount, n, place in rows)


def states() -> list[str]:
    return list(StatementLine.objects.order_by("pk").values_list("state", flat=True))


def deed(client: Client, line: StatementLine, what: str = "", **data: str) -> str:
    """The words the deed was answered with."""
    reply = client.post(f"/statements/{line.statement_id}/lines/{line.pk}/{what}", data, follow=True)
    return str(reply.content.decode())


def balance(account: Account) -> Decimal:
    account.refresh_from_db()
    return account.balance


def test_numbers_that_begin_anew_lose_no_payment(anna_in: Client, account: Account) -> None:
    """Two networks, two days, two terminals: number 1 of each is a payment of its own."""
    send(anna_in, terminals(("03.03.2026", account, "100", "1", "T1"), ("03.03.2026", account, "100", "1", "T2")))
    send(anna_in, terminals(("04.03.2026", account, "100", "1", "T1")))
    send(anna_in, terminals(("04.03.2026", account, "100", "1", "T1")) + "\n", book="terminals")
    assert states() == ["posted"] * 4
    assert balance(account) == 400


def test_one_number_with_another_sum_or_account_is_a_conflict(
    anna_in: Client,
    account: Account,
    other: Account,
) -> None:
    first = ("03.03.2026", account, "100", "1", "T1")
    send(anna_in, terminals(first))
    changed = [("03.03.2026", account, "150", "1", "T1"), ("03.03.2026", other, "100", "1", "T1")]
    for _copy in ("", "\n"):
        send(anna_in, terminals(first, *changed) + _copy)
    assert states() == ["posted", "duplicate", "conflict", "conflict", *["duplicate"] * 3], "asked about once"
    assert balance(account) == 100
    report = anna_in.get("/statements/reports/").content.decode()
    assert "Расходится с прежним файлом" in report, "the reconciliation says why it differs"
    first, line = StatementLine.objects.exclude(state="duplicate").order_by("pk")[:2]
    page = anna_in.get(f"/statements/{line.statement_id}/?state=conflict").content.decode()
    assert re.findall(r'\?state=(\w+)">[^<]*<span class="mute n">(\d+)<', page) == [
        ("left", "2"),
        ("conflict", "2"),
        ("duplicate", "1"),
    ], "what the file has can be chosen, and nothing else"
    assert f'href="/statements/{first.statement_id}/"' in page, "both can be looked at"
    assert "Проведено" in deed(anna_in, line, account=number(account))
    assert balance(account) == 250


def test_a_line_posted_to_a_stranger_is_posted_again_after_its_reversal(
    anna_in: Client,
    anna: User,
    account: Account,
    other: Account,
) -> None:
    send(anna_in, exchange(document(1, number(account), "500")))
    line = StatementLine.objects.get()
    deed(anna_in, line, account=number(other))
    assert balance(other) == 0, "it is settled until it is reversed"
    for wrong, right in ((account, other), (other, account), (account, other)):
        entry = StatementLine.objects.get().entry
        assert entry is not None
        actions.reverse(entry=entry, reason="Не тот счёт", on=entry.on, by=anna)
        page = anna_in.get(f"/statements/{line.statement_id}/?state=reversed").content.decode()
        assert "Сторнировано" in page
        deed(anna_in, line, account=number(right))
        assert (balance(wrong), balance(right)) == (0, 500)
    send(anna_in, exchange(document(1, number(account), "500"), document(2, number(account), "1")))
    assert balance(other) == 500, "the bank's next file does not bring it back"
    assert Entry.objects.filter(key__startswith="statement:").count() == 5


def test_a_reversed_line_may_be_nobodys(anna_in: Client, anna: User, account: Account) -> None:
    send(anna_in, exchange(document(1, number(account), "500")))
    line = StatementLine.objects.get()
    deed(anna_in, line, "dismiss/", reason="Поздно")
    assert states() == ["posted"], "what stands in the ledger is not put aside"
    entry = Entry.objects.get()
    actions.reverse(entry=entry, reason="Банк отозвал", on=entry.on, by=anna)
    assert list(StatementLine.objects.to_settle()) == [line]
    deed(anna_in, line, "dismiss/", reason="Банк отозвал платёж")
    assert states() == ["dismissed"]
    deed(anna_in, line, account=number(account))
    assert balance(account) == 500, "a second thought posts it under a key of its own"


def test_what_cannot_be_read_is_mended(anna_in: Client, account: Account) -> None:
    send(anna_in, exchange(document(1, number(account), "5oo"), document(2, number(account), "7")))
    bad, read = StatementLine.objects.order_by("place")
    told = {"account": number(account), "on": "2026-03-03", "number": "1"}
    assert "копейк" in deed(anna_in, bad, "mend/", amount="1,234", **told)
    assert "12" in deed(anna_in, bad, "mend/", amount="500", **{**told, "account": "12"})
    assert states() == ["bad", "posted"]
    assert "Проведено" in deed(anna_in, bad, "mend/", amount="500", **told)
    assert balance(account) == 507
    assert "уже разобрана" in deed(anna_in, read, "mend/", amount="500", **told)
    send(anna_in, exchange(document(1, number(account), "500")))
    assert states()[-1] == "duplicate", "the bank's own correction brings nothing twice"


def test_what_is_mended_into_a_repeat_does_not_say_posted(anna_in: Client, account: Account) -> None:
    send(anna_in, terminals(("03.03.2026", account, "100", "7", "T1"), ("03.03.2026", account, "100", "", "T1")))
    bad = StatementLine.objects.get(state="bad")
    told = {"account": number(account), "on": "2026-03-03", "amount": "100", "number": "7"}
    page = deed(anna_in, bad, "mend/", **told)
    assert "ничего не проведено" in page
    assert "Проведено." not in page
    assert balance(account) == 100


def test_strangers_are_put_aside_until_nothing_is_left(anna_in: Client, anna: User, account: Account) -> None:
    send(anna_in, exchange(document(1, "99999999", "500"), document(2, "", "-5"), document(3, number(account), "9")))
    stranger, bad, posted = StatementLine.objects.order_by("place")
    assert "почему" in deed(anna_in, stranger, "dismiss/", reason=" ").lower()
    for line in (stranger, bad):
        deed(anna_in, line, "dismiss/", reason="Аренда офиса")
    assert states() == ["dismissed", "dismissed", "posted"]
    assert not StatementLine.objects.to_settle().exists()
    assert [one.kind for one in posted.statement.history.all()] == [
        "statement_taken",
        "line_dismissed",
        "line_dismissed",
    ]
    assert posted.statement.history.last().by_user == anna
    assert "Аренда офиса" in anna_in.get(f"/statements/{posted.statement_id}/?state=dismissed").content.decode()


def test_the_database_itself_takes_no_line_twice(anna_in: Client, account: Account) -> None:
    send(anna_in, exchange(document(1, "99999999", "500")))
    line = StatementLine.objects.get()
    line.pk, line.place = None, 2
    with pytest.raises(IntegrityError, match="billing_line_comes_once"), transaction.atomic():
        line.save()
    with pytest.raises(IntegrityError, match="billing_dismissed_line_says_why"), transaction.atomic():
        StatementLine.objects.update(state="dismissed")


@pytest.mark.parametrize("encoding", ["cp866", "cp1251", "utf-8", "utf-8-sig"])
def test_a_bank_file_without_sections_of_accounts_names_ours_in_its_head(
    anna_in: Client,
    account: Account,
    encoding: str,
) -> None:
    ours, theirs = "40702810000000000001", "40702810999999999999"
    came, gone = document(1, number(account), "500"), document(2, number(account), "70", to=theirs)
    between = document(3, number(account), "9").replace("ПлательщикСчет=40817813", f"ПлательщикСчет={ours}")
    text = f"1CClientBankExchange\nКодировка=DOS\nРасчСчет={ours}\n{came}{gone}{between}КонецФайла\n"
    assert send(anna_in, text.encode(encoding)).status_code == 302
    assert balance(account) == 500, "neither what we paid nor what we moved between our own accounts is a payment"


def test_a_csv_ends_with_a_newline_a_total_or_a_control_sum(anna_in: Client, account: Account) -> None:
    rows = terminals(("03.03.2026", account, "100", "1", "T"), ("03.03.2026", account, "50,50", "2", "T"))
    assert send(anna_in, rows.rstrip()).status_code == 422
    assert send(anna_in, rows.rstrip(), control="150").status_code == 422
    refused = send(anna_in, rows, control="151")
    assert "контрольной" in refused.content.decode()
    assert not Entry.objects.exists()
    assert send(anna_in, rows.rstrip(), control="150,50").status_code == 302
    assert send(anna_in, rows + "Итого;;150,50").status_code == 302
    short = send(anna_in, rows + "Итого;;200\n")
    assert "не сходятся" in anna_in.get(short.headers["Location"]).content.decode()
    assert balance(account) == Decimal("150.50")


def test_a_comma_of_kopecks_among_commas_of_columns_is_not_guessed(anna_in: Client, account: Account) -> None:
    send(anna_in, f"date,account,sum,number\n03.03.2026,{number(account)},1,50,7\n")
    assert (states(), balance(account)) == (["bad"], 0)


def test_a_file_costs_the_same_however_many_it_pays(anna_in: Client, account: Account) -> None:
    people = house("23", flats=40).subscribers

    def cost(name: str, paying: list[Subscriber]) -> int:
        rows = "".join(f"03.03.2026;{one.account};10;{n};{name}\n" for n, one in enumerate(paying))
        with CaptureQueriesContext(connection) as caught:
            assert send(anna_in, HEAD + rows, book="terminals").status_code == 302
        return len(caught)

    cost("warm", people[:1])
    assert cost("few", people[:3]) == cost("many", people[:30])


def test_the_page_of_a_file_costs_the_same_however_many_lines_it_has(anna_in: Client, account: Account) -> None:
    people = [account.subscriber, *house("23", flats=40).subscribers]

    def cost(name: str, count: int) -> int:
        rows = "".join(f"03.03.2026;{one.account};10;{n};{name}\n" for n, one in enumerate(people[:count]))
        url = send(anna_in, HEAD + rows + f"03.03.2026;99999999;1;x;{name}\n").headers["Location"]
        anna_in.get(url)
        with CaptureQueriesContext(connection) as caught:
            assert anna_in.get(url).status_code == 200
        return len(caught)

    assert cost("few", 3) == cost("many", 30)
