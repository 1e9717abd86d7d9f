"""The ledger: two legs, once, for ever."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import actions, charging, queries
from billing.charging import Change, Idle
from billing.models import Account, Book, Entry, Kind, TariffChange
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


@pytest.fixture
def set_tariff(account: Account, anna: User) -> Callable[..., TariffChange]:
    def change(title: str, fee: int | None, since: date, kind: str = "internet") -> TariffChange:
        price = None if fee is None else Decimal(fee)
        return actions.set_tariff(account=account, kind=kind, title=title, fee=price, since=since, by=anna)

    return change


def spans(account: Account) -> list[tuple[str, date, date | None]]:
    return [(one.title, one.since, one.until) for one in queries.tariffs_of(account)]


def test_a_change_written_late_leaves_the_later_ones(account: Account, set_tariff: Callable[..., TariffChange]) -> None:
    set_tariff("Старт", 450, date(2026, 1, 1))
    set_tariff("Дом 500", 700, date(2026, 3, 10))
    set_tariff("Дом 300", 600, date(2026, 2, 10))
    assert spans(account) == [
        ("Старт", date(2026, 1, 1), date(2026, 2, 9)),
        ("Дом 300", date(2026, 2, 10), date(2026, 3, 9)),
        ("Дом 500", date(2026, 3, 10), None),
    ]


def test_a_wrong_change_is_corrected_by_another_of_its_day(
    account: Account, anna: User, set_tariff: Callable[..., TariffChange]
) -> None:
    wrong = set_tariff("Дом 3000", 6000, date(2026, 3, 10))
    set_tariff("ТВ", 200, date(2026, 3, 10), kind="tv")
    set_tariff("Дом 300", 600, date(2026, 3, 10))
    set_tariff("", None, date(2026, 4, 1))
    assert spans(account) == [("Дом 300", date(2026, 3, 10), date(2026, 3, 31)), ("ТВ", date(2026, 3, 10), None)]
    wrong.refresh_from_db()
    assert (wrong.title, wrong.by_user) == ("Дом 3000", anna), "what was written stays, with who wrote it"


@pytest.mark.parametrize(
    "statement", ["UPDATE billing_tariffchange SET fee = 1", "DELETE FROM billing_tariffchange"], ids=str.split
)
def test_no_tariff_is_rewritten(set_tariff: Callable[..., TariffChange], statement: str) -> None:
    set_tariff("Старт", 450, DAY)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(("title", "fee"), [("", 450), ("Старт", -1), ("Старт", None)])
def test_a_tariff_has_a_name_and_a_fee_or_neither(account: Account, anna: User, title: str, fee: int | None) -> None:
    row = {"account": account, "kind": "internet", "since": DAY, "by_user": anna}
    with pytest.raises(DatabaseError), transaction.atomic():
        TariffChange.objects.create(title=title, fee=fee, **row)
    assert TariffChange.objects.create(title="Старт", fee=450, **row).pk


DAYS = st.integers(0, 40).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
FEES = st.none() | st.integers(0, 900).map(Decimal)
CHANGES = st.lists(st.builds(Change, st.sampled_from(["internet", "tv"]), DAYS, st.just("Дом"), FEES), max_size=12)


@given(changes=CHANGES, day=DAYS)
def test_each_day_costs_what_its_last_change_said(changes: list[Change], day: date) -> None:
    found = charging.in_force(changes)
    for kind in ("internet", "tv"):
        begun = [one for one in changes if one.kind == kind and one.since <= day]
        latest = max((one.since for one in begun), default=None)
        said = [one.fee for one in begun if one.since == latest][-1:]
        on = [one.fee for one in found if one.kind == kind and one.since <= day and (not one.until or day <= one.until)]
        assert on == [fee for fee in said if fee is not None]


def test_days_of_a_suspension_that_have_not_come_are_not_counted() -> None:
    stops = [(date(2026, 3, 1), date(2026, 3, 5)), (date(2026, 3, 10), None)]
    assert charging.idle_days(stops, date(2026, 3, 31), today=date(2026, 3, 20)) == [
        Idle(date(2026, 3, 2), date(2026, 3, 4)),
        Idle(date(2026, 3, 11), date(2026, 3, 19)),
    ]
    assert charging.idle_days(stops[1:], date(2026, 3, 31), today=date(2026, 3, 11)) == [], "he may come back today"
    assert charging.idle_days(stops[1:], date(2026, 3, 15), today=date(2026, 4, 9))[0].until == date(2026, 3, 15)


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


ENTRIES = st.lists(st.tuples(st.sampled_from(["charge", "payment", "adjust"]), SUMS, DAYS), max_size=12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=ENTRIES, ends=st.tuples(DAYS, DAYS))
def test_the_balance_of_any_day_is_the_sum_until_then(
    account: Account, anna: User, moves: list[tuple[str, Decimal, date]], ends: tuple[date, date]
) -> None:
    for what, amount, on in moves:
        kind, book, sign = {
            "charge": (Kind.CHARGE, Book.REVENUE, -1),
            "payment": (Kind.PAYMENT, Book.CASH, 1),
            "adjust": (Kind.ADJUSTMENT, Book.ADJUSTMENTS, 1),
        }[what]
        key = f"h:{Entry.objects.count()}"
        actions.post(account=account, kind=kind, book=book, amount=sign * amount, on=on, key=key, by=anna)
    rows = list(Entry.objects.filter(account=account))
    since, until = sorted(ends)
    for day in ends:
        assert queries.balance_on(account, day) == sum(one.amount for one in rows if one.on <= day)
    found = queries.turnover(account, since, until)
    assert found.opening == sum(one.amount for one in rows if one.on < since)
    assert found.charged == sum(one.amount for one in rows if since <= one.on <= until and one.kind == Kind.CHARGE)
    assert found.paid == sum(one.amount for one in rows if since <= one.on <= until and one.kind == Kind.PAYMENT)
    assert found.closing == queries.balance_on(account, until)


def test_a_reversal_counts_with_what_it_undoes(account: Account, anna: User, charge: Callable[..., Entry]) -> None:
    paid = {"book": Book.CASH, "amount": Decimal(300), "on": DAY, "key": "p"}
    wrong = actions.record_payment(account=account, by=anna, **paid)
    actions.reverse(entry=wrong, reason="Не тот счёт", on=DAY, by=anna)
    charge("-100", "charge:2")
    found = queries.turnover(account, DAY, DAY)
    assert (found.charged, found.paid, found.corrected, found.closing) == (-100, 0, 0, -100)
