"""The ledger: two legs, once, for ever."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import actions
from billing.models import Account, Book, Entry, Kind, TariffPeriod
from staff.models import User

pytestmark = pytest.mark.usefixtures("finance")
DAY = date(2026, 3, 4)


@pytest.fixture
def charge(account: Account, anna: User) -> Callable[..., Entry]:
    def post(amount: str = "-450", key: str = "charge:1", on: date = DAY) -> Entry:
        return actions.post(
            account=account, kind=Kind.CHARGE, book=Book.REVENUE, amount=Decimal(amount), on=on, key=key, by=anna
        )

    return post


def paid(account: Account, by: User, key: str = "pay:1") -> Entry:
    return actions.record_payment(account=account, book=Book.CASH, amount=Decimal(450), on=DAY, key=key, by=by)


def balance(account: Account) -> Decimal:
    return Account.objects.get(pk=account.pk).balance


def test_a_month_is_charged_and_paid(account: Account, anna: User, charge: Callable[..., Entry]) -> None:
    charge()
    actions.record_payment(account=account, book=Book.CASH, amount=Decimal(500), on=DAY, key="pay:1", by=anna)
    assert balance(account) == 50
    assert account.history.count() == 2
    assert "450" not in str(list(account.history.values_list("data", flat=True))), "sums stay in the ledger"


def test_the_same_key_is_the_same_entry(account: Account, charge: Callable[..., Entry]) -> None:
    assert charge() == charge()
    assert balance(account) == -450
    with pytest.raises(actions.KeyTaken):
        charge("-451")
    assert balance(account) == -450


def test_a_mistake_is_undone_once_and_stays(account: Account, anna: User, charge: Callable[..., Entry]) -> None:
    wrong = paid(account, anna)
    undone = actions.reverse(entry=wrong, reason="Чужой платёж", on=DAY, by=anna)
    assert (undone.amount, undone.reverses, balance(account)) == (-450, wrong, 0)
    with pytest.raises(actions.AlreadyReversed):
        actions.reverse(entry=wrong, reason="Ещё раз", on=DAY, by=anna)
    with pytest.raises(actions.NotReversible):
        actions.reverse(entry=undone, reason="Вернуть", on=DAY, by=anna)
    with pytest.raises(actions.BadAmount):
        actions.reverse(entry=paid(account, anna, "pay:2"), reason=" ", on=DAY, by=anna)
    with pytest.raises(actions.NotReversible):
        actions.reverse(entry=charge(), reason="В обход лимита", on=DAY, by=anna)
    assert Entry.objects.count() == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_account SET balance = 1000000",
        "UPDATE billing_entry SET amount = 1",
        "DELETE FROM billing_entry",
        "INSERT INTO billing_account (subscriber_id, state, since, reason, balance)"
        " SELECT s.id, 'active', now(), '', 5 FROM customers_subscriber s"
        " WHERE s.id NOT IN (SELECT subscriber_id FROM billing_account) LIMIT 1",
    ],
)
def test_not_even_the_finance_role_can_rewrite_it(charge: Callable[..., Entry], statement: str) -> None:
    charge()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "change", [{"amount": Decimal(449)}, {"amount": Decimal(-450)}, {"book": "bank"}, {"account": "another"}]
)
def test_the_database_refuses_a_reversal_that_is_not_exact(
    account: Account, anna: User, charge: Callable[..., Entry], change: dict[str, Any]
) -> None:
    wrong = charge()
    row: dict[str, Any] = {
        "account": account,
        "kind": Kind.REVERSAL,
        "book": wrong.book,
        "amount": Decimal(450),
        "on": DAY,
        "key": "by hand",
        "reverses": wrong,
        "by_user": anna,
    }
    if "account" in change:
        change = {"account": Account.objects.create(subscriber_id=account.subscriber_id + 1)}
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.create(**(row | change))
    assert balance(account) == -450
    assert Entry.objects.create(**row).amount == 450  # nothing but the change was wrong


@pytest.mark.parametrize(
    ("kind", "book", "amount"),
    [
        (Kind.CHARGE, Book.REVENUE, 450),
        (Kind.PAYMENT, Book.CASH, -450),
        (Kind.PAYMENT, Book.REVENUE, 450),
        (Kind.COMPENSATION, Book.COMPENSATIONS, -1),
        (Kind.ADJUSTMENT, Book.ADJUSTMENTS, 0),
        (Kind.REVERSAL, Book.REVENUE, 450),
    ],
)
def test_the_database_refuses_a_leg_in_the_wrong_book(
    account: Account, anna: User, kind: str, book: str, amount: int
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        actions.post(account=account, kind=kind, book=book, amount=Decimal(amount), on=DAY, key="x", by=anna)


def test_tariffs_follow_each_other_without_gap_or_overlap(account: Account, anna: User) -> None:
    def set_tariff(title: str, fee: int, since: date) -> None:
        actions.set_tariff(account=account, kind="internet", title=title, fee=Decimal(fee), since=since, by=anna)

    set_tariff("Старт", 450, date(2026, 1, 1))
    set_tariff("Дом 300", 600, date(2026, 3, 10))
    set_tariff("Дом 500", 700, date(2026, 3, 5))  # a mistake corrected: the later one goes
    spans = [(one.title, one.days.lower, one.days.upper) for one in TariffPeriod.objects.order_by("days")]
    assert spans == [("Старт", date(2026, 1, 1), date(2026, 3, 5)), ("Дом 500", date(2026, 3, 5), None)]
    with pytest.raises(DatabaseError), transaction.atomic():
        TariffPeriod.objects.create(
            account=account, kind="internet", title="Второй", fee=1, days=(date(2026, 2, 1), date(2026, 2, 2))
        )


SUMS = st.decimals(min_value="0.01", max_value="99999.99", places=2)
MOVES = st.lists(st.tuples(st.sampled_from(["charge", "payment", "adjust", "reverse"]), SUMS), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_whatever_is_posted_the_balance_is_the_sum_and_the_books_hold_the_rest(
    account: Account, anna: User, moves: list[tuple[str, Decimal]]
) -> None:
    start = Entry.objects.count()
    for n, (what, amount) in enumerate(moves):
        key = f"h:{start + n}:{Entry.objects.count()}"
        if what == "reverse":
            known = Entry.objects.filter(reverses=None, reversed_by=None).exclude(kind="charge").order_by("?").first()
            if known:
                actions.reverse(entry=known, reason="проверка", on=DAY, by=anna)
            continue
        kind, book, sign = {
            "charge": (Kind.CHARGE, Book.REVENUE, -1),
            "payment": (Kind.PAYMENT, Book.BANK, 1),
            "adjust": (Kind.ADJUSTMENT, Book.ADJUSTMENTS, 1),
        }[what]
        actions.post(account=account, kind=kind, book=book, amount=sign * amount, on=DAY, key=key, by=anna)
    total = Entry.objects.filter(account=account).aggregate(total=Sum("amount"))["total"] or 0
    assert balance(account) == total
    by_book = Entry.objects.values("book").annotate(total=Sum("amount"))
    assert sum(-row["total"] for row in by_book) + total == 0
