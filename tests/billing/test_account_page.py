"""The account's page: everything that moved it, in plain words, at a fixed cost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing import actions
from billing.models import Account, Book, Entry, Kind, PromisedPayment, Reason, State
from common import clock
from staff.models import User
from tests.billing.conftest import come_in

pytestmark = pytest.mark.usefixtures("finance", "at_noon")


@pytest.fixture
def anna_in(anna: User) -> Client:
    client = Client()
    client.force_login(anna)
    return client


def url(account: Account, deed: str = "") -> str:
    return f"/accounts/{account.subscriber.account}/{deed}"


def charged(account: Account, by: User, amount: str, month: int = 2, key: str = "") -> Entry:
    last = 28 if month == 2 else 31
    return actions.post(
        account=account,
        kind=Kind.CHARGE,
        book=Book.REVENUE,
        amount=Decimal(amount),
        on=date(2026, month, 1),
        since=date(2026, month, 1),
        until=date(2026, month, last),
        key=key or f"charge:{month}",
        by=by,
    )


def tariff(account: Account, by: User, title: str, fee: str, since: date) -> None:
    actions.set_tariff(account=account, kind="internet", title=title, fee=Decimal(fee), since=since, by=by)


def test_a_charge_says_how_it_came_about(anna_in: Client, account: Account, anna: User) -> None:
    tariff(account, anna, "Старт", "280", date(2026, 1, 1))
    tariff(account, anna, "Дом 300", "560", date(2026, 2, 24))
    charged(account, anna, "-330")
    page = anna_in.get(url(account)).content.decode()
    assert "01.02–23.02" in page
    assert "23 из 28" in page
    assert "5 из 28" in page
    assert "230" in page
    assert "100" in page
    assert f"/question/?about={Entry.objects.get().pk}" not in page, "a right charge is not offered for correction"


def test_a_wrong_charge_is_offered_for_correction(anna_in: Client, account: Account, anna: User) -> None:
    tariff(account, anna, "Старт", "280", date(2026, 1, 1))
    wrong = charged(account, anna, "-560")
    page = anna_in.get(url(account)).content.decode()
    assert f"/question/?about={wrong.pk}" in page
    asked = {"reason": Reason.objects.get(code="wrong_tariff").pk, "about": wrong.pk, "channel": "phone"}
    anna_in.post(url(account, "question/"), asked | {"amount": "100", "key": "part"})
    page = anna_in.get(url(account)).content.decode()
    assert f"/question/?about={wrong.pk}" in page, "180 are still wrong"
    assert "Уже возвращено: 100" in page
    anna_in.post(url(account, "question/"), asked | {"amount": "180", "key": "rest"})
    assert f"/question/?about={wrong.pk}" not in anna_in.get(url(account)).content.decode()


def test_the_balance_stands_beside_each_entry_on_every_page(anna_in: Client, account: Account, anna: User) -> None:
    for n in range(45):
        pay = {"book": Book.CASH, "amount": Decimal(n + 1), "on": date(2026, 1, 1 + n % 28), "key": f"p{n}"}
        actions.record_payment(account=account, by=anna, **pay)
    seen: list[Any] = []
    reply = anna_in.get(url(account))
    while True:
        found = reply.context["timeline"]
        seen += [line for line in found.lines if line.entry]
        if not found.older:
            break
        reply = anna_in.get(url(account), {"before": found.older})
    assert len({line.entry.pk for line in seen}) == len(seen) == 45
    total = Decimal(0)
    for line in reversed(seen):
        total += line.amount
        assert line.balance == total
    for bad in ("x", "2026-01-01.", "2026-99-01.1", "2026-01-01." + "9" * 30):
        assert anna_in.get(url(account), {"before": bad}).status_code == 200


@pytest.mark.usefixtures("doors")
def test_the_page_costs_at_most_fifteen_statements(account: Account, anna: User) -> None:
    tariff(account, anna, "Старт", "280", date(2026, 1, 1))
    client = come_in(anna)
    client.get(url(account))
    counts = []
    for until in (2, 40):
        for n in range(len(counts) * 2, until):
            charged(account, anna, "-280", key=f"c{n}")
            actions.suspend(subscriber=account.subscriber, reason="Долг", by=anna)
            actions.resume(subscriber=account.subscriber, by=anna)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(url(account)).status_code == 200
        asked = [one["sql"] for one in caught if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        counts.append(len(asked))
    assert counts[0] == counts[1], asked
    assert counts[1] <= 15, "\n".join(asked)


def test_money_taken_at_the_desk_once(anna_in: Client, account: Account) -> None:
    data = {"payment-amount": "1 500,50", "payment-book": "cash", "payment-on": "2026-03-04", "payment-key": "k"}
    for _click in range(2):
        assert anna_in.post(url(account, "payment/"), data).status_code == 302
    account.refresh_from_db()
    assert account.balance == Decimal("1500.50")
    late = anna_in.post(url(account, "payment/"), data | {"payment-on": "2026-03-05", "payment-key": "k2"})
    assert late.status_code == 422
    assert "1 500,50" in late.content.decode(), "what was typed comes back"
    assert anna_in.post(url(account, "payment/"), data | {"payment-book": "revenue"}).status_code == 422


def test_an_entry_is_reversed_with_a_reason(anna_in: Client, account: Account, anna: User) -> None:
    pay = {"book": Book.CASH, "amount": Decimal(300), "on": date(2026, 3, 2), "key": "pay"}
    entry = actions.record_payment(account=account, by=anna, **pay)
    assert f"entries/{entry.pk}/reverse/" in anna_in.get(url(account)).content.decode()
    anna_in.post(url(account, f"entries/{entry.pk}/reverse/"), {"reason": ""})
    assert Entry.objects.count() == 1
    anna_in.post(url(account, f"entries/{entry.pk}/reverse/"), {"reason": "Чужой платёж"})
    account.refresh_from_db()
    assert account.balance == 0
    page = anna_in.get(url(account)).content.decode()
    assert "Чужой платёж" in page


def test_a_charge_is_not_reversed_but_asked_about(anna_in: Client, account: Account, anna: User) -> None:
    entry = charged(account, anna, "-300")
    undo = url(account, f"entries/{entry.pk}/reverse/")
    assert undo not in anna_in.get(url(account)).content.decode(), "the button would be a way round the limits"
    anna_in.post(undo, {"reason": "Начислено дважды"})
    assert "откройте по нему вопрос" in anna_in.get(url(account)).content.decode()
    account.refresh_from_db()
    assert account.balance == -300


def test_another_accounts_entry_is_not_found(anna_in: Client, account: Account, anna: User) -> None:
    other = actions.account_of(type(account.subscriber).objects.exclude(pk=account.subscriber_id)[0])
    entry = charged(other, anna, "-300")
    assert anna_in.post(url(account, f"entries/{entry.pk}/reverse/"), {"reason": "x"}).status_code == 404


def test_a_promise_brings_the_service_back_and_is_kept(
    at_noon: time_machine.Traveller, anna_in: Client, account: Account, anna: User
) -> None:
    charged(account, anna, "-300")
    actions.suspend(subscriber=account.subscriber, reason="Долг", by=anna)
    too_far = anna_in.post(url(account, "promise/"), {"promise-amount": "300", "promise-until": "2026-03-19"})
    assert too_far.status_code == 422
    anna_in.post(url(account, "promise/"), {"promise-amount": "300", "promise-until": "2026-03-07"})
    account.refresh_from_db()
    assert account.state == State.ACTIVE
    again = anna_in.post(url(account, "promise/"), {"promise-amount": "1", "promise-until": "2026-03-07"})
    assert again.status_code == 422
    assert actions.settle_promises() == 0
    pay = {"book": Book.TERMINALS, "amount": Decimal(300), "on": date(2026, 3, 5), "key": "p"}
    actions.record_payment(account=account, by=anna, **pay)
    assert actions.settle_promises() == 1
    assert PromisedPayment.objects.get().state == "kept"


def test_a_broken_promise_stops_the_service_after_its_day(
    at_noon: time_machine.Traveller, account: Account, anna: User
) -> None:
    charged(account, anna, "-300")
    actions.promise(account=account, amount=Decimal(300), until=date(2026, 3, 6), by=anna)
    at_noon.move_to(clock.now().replace(day=6, hour=20))
    assert actions.settle_promises() == 0, "the day is not over in Pushkin"
    at_noon.move_to(clock.now().replace(day=6, hour=21, minute=1))
    assert (actions.settle_promises(), actions.settle_promises()) == (1, 0)
    account.refresh_from_db()
    assert account.state == State.SUSPENDED
    assert account.history.filter(kind="suspended", by_system="sweep").exists()


def test_an_account_without_anything_has_a_page(anna_in: Client, account: Account) -> None:
    other = type(account.subscriber).objects.exclude(pk=account.subscriber_id)[0]
    reply = anna_in.get(f"/accounts/{other.account}/")
    assert "Ещё ничего не двигалось" in reply.content.decode() or reply.status_code == 200
    assert anna_in.get(f"/accounts/{other.account}/question/").status_code == 200
    assert not Account.objects.filter(subscriber=other).exists(), "looking opens no account"
