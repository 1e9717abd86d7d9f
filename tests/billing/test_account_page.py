"""The account's page: everything that moved it, in plain words, at a fixed cost."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing import actions
from billing.models import Account, Book, Entry, Kind, PromisedPayment, Reason, State
from billing.seeds import seed_reasons
from common import clock, phones
from contacts import actions as contacts
from staff.models import User
from tests.billing.conftest import come_in
from tickets import actions as tickets

pytestmark = pytest.mark.usefixtures("finance", "at_noon")
MOSCOW = ZoneInfo("Europe/Moscow")


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
    for bad in ("x", "2026-01-01.", "2026-99-01.1", "2026-01-01." + "9" * 30, "0001-01-01.1", "9999-12-31.1"):
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
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url(account), {"before": "2026-02-02.1"}).status_code == 200
    asked = [one["sql"] for one in caught if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 15, "\n".join(asked)


def test_a_charge_of_the_running_month_is_right_while_the_service_is_suspended(
    at_noon: time_machine.Traveller, anna_in: Client, account: Account, anna: User
) -> None:
    tariff(account, anna, "Старт", "310", date(2026, 1, 1))
    at_noon.move_to(datetime(2026, 3, 1, 12, tzinfo=MOSCOW))
    actions.suspend(subscriber=account.subscriber, reason="Долг", by=anna)
    at_noon.move_to(datetime(2026, 3, 4, 12, tzinfo=MOSCOW))
    charge = charged(account, anna, "-290", month=3)
    page = anna_in.get(url(account)).content.decode()
    assert "29 из 31" in page, "the second and the third, not the days ahead"
    assert f"/question/?about={charge.pk}" not in page


def test_every_kind_of_entry_says_where_it_comes_from(anna_in: Client, account: Account, anna: User) -> None:
    number = account.subscriber.account
    file = f"Дата;Номер;Сумма;Лицевой счёт\n03.03.2026;77;250;{number}\n".encode()
    actions.take_statement(body=file, name="terminals-03.csv", book=Book.TERMINALS, by=anna)
    cash = {"book": Book.CASH, "amount": Decimal(50), "on": date(2026, 3, 4), "key": "desk"}
    wrong = actions.record_payment(account=account, by=anna, **cash)
    actions.reverse(entry=wrong, reason="не тот счёт", on=date(2026, 3, 4), by=anna)
    page = anna_in.get(url(account)).content.decode()
    assert "Терминалы и карты, из файла «terminals-03.csv»" in page
    assert f"приняла {anna.title}" in page
    assert "Отменяет платёж от 04.03 на 50\u00a0₽: не тот счёт" in page


def test_a_corrections_entry_shows_the_formula_of_its_question(anna_in: Client, account: Account, anna: User) -> None:
    seed_reasons()
    tariff(account, anna, "Старт", "744", date(2026, 1, 1))
    call = contacts.receive(channel="phone", key="c", at=clock.now(), by=anna, subscriber_id=account.subscriber_id)
    asked = {"account": account, "contact": call, "by": anna}
    outage = Reason.objects.get(rule="downtime")
    actions.raise_dispute(reason=outage, amount=Decimal(6), hours=Decimal(6), key="d1", **asked)
    actions.raise_dispute(reason=outage, amount=Decimal(9), hours=Decimal(6), key="d2", **asked)
    page = anna_in.get(url(account)).content.decode()
    assert page.count("6 из 744 часов = 6") == 2
    assert page.count("Сумму назвал бухгалтер") == 1


def test_an_older_page_repeats_neither_tickets_nor_faults_of_the_boundary_day(
    anna_in: Client, account: Account, anna: User
) -> None:
    for n in range(45):
        pay = {"book": Book.CASH, "amount": Decimal(1), "on": date(2026, 3, 3), "key": f"p{n}"}
        actions.record_payment(account=account, by=anna, **pay)
    noon = datetime(2026, 3, 3, 12, tzinfo=MOSCOW)
    with time_machine.travel(noon, tick=False):
        ticket(account, anna, "того же дня")
    with time_machine.travel(noon - timedelta(days=9), tick=False):
        ticket(account, anna, "раньше")
    first = anna_in.get(url(account))
    second = anna_in.get(url(account), {"before": first.context["timeline"].older})
    said = [
        [line.title for line in page.context["timeline"].lines if line.what == "ticket"] for page in (first, second)
    ]
    assert [len(one) for one in said] == [1, 1]
    assert "того же дня" in said[0][0]
    assert "раньше" in said[1][0]


def test_what_does_not_fit_is_counted(anna_in: Client, account: Account, anna: User) -> None:
    for n in range(42):
        ticket(account, anna, f"{n}")
    page = anna_in.get(url(account))
    assert len([line for line in page.context["timeline"].lines if line.what == "ticket"]) == 40
    assert "и ещё 2 заявки" in page.content.decode()


def ticket(account: Account, by: User, subject: str) -> None:
    tickets.open_ticket(desk="finance", subject=subject, channel="phone", by=by, subscriber=account.subscriber)


def test_the_tariffs_say_who_wrote_them_and_which_was_corrected(anna_in: Client, account: Account, anna: User) -> None:
    form = {"tariff-kind": "internet", "tariff-title": "Дом", "tariff-fee": "5000", "tariff-since": "2026-03-01"}
    for change in ({}, {"tariff-fee": "500"}, {"tariff-ended": "on", "tariff-since": "2026-03-31", "tariff-fee": ""}):
        assert anna_in.post(url(account, "tariff/"), form | change).status_code == 302
    page = anna_in.get(url(account))
    text = page.content.decode()
    assert [one.fee for one in page.context["tariffs"]] == [500]
    assert text.count("Исправлено: на этот же день") == 1
    assert "С этого дня отключена услуга: Интернет" in text
    assert "История тарифов" in text
    assert text.count(anna.title) >= 3
    assert anna_in.post(url(account, "tariff/"), form | {"tariff-title": ""}).status_code == 422
    assert anna_in.post(url(account, "tariff/"), form | {"tariff-fee": ""}).status_code == 422


def test_the_balance_of_a_day_and_the_turnover_of_a_span(anna_in: Client, account: Account, anna: User) -> None:
    charged(account, anna, "-300", month=1, key="c1")
    charged(account, anna, "-310", month=2, key="c2")
    pay = {"book": Book.CASH, "amount": Decimal(250), "on": date(2026, 2, 10), "key": "p"}
    actions.record_payment(account=account, by=anna, **pay)
    assert anna_in.get(url(account)).context["turnover"] is None
    found = anna_in.get(url(account), {"since": "2026-02-01", "until": "2026-02-28"}).context["turnover"]
    assert (found.opening, found.charged, found.paid, found.corrected, found.closing) == (-300, -310, 250, 0, -360)
    one_day = anna_in.get(url(account), {"until": "2026-02-09"})
    assert one_day.context["turnover"].closing == -610
    part = anna_in.get(url(account), {"part": "turnover", "until": "2026-02-09"}, HTTP_HX_REQUEST="true")
    assert part.content.decode().startswith("<section")
    assert "−610" in part.content.decode()
    for bad in ({"since": "2026-03-01", "until": "2026-02-01"}, {"until": "x"}, {"since": "0001-01-01"}):
        assert anna_in.get(url(account), bad).status_code == 200


def test_the_extract_hands_over_what_the_balance_is_made_of(anna_in: Client, account: Account, anna: User) -> None:
    tariff(account, anna, "Старт", "280", date(2026, 1, 1))
    charged(account, anna, "-280")
    pay = {"book": Book.CASH, "amount": Decimal(100), "on": date(2026, 3, 2), "key": "p"}
    actions.record_payment(account=account, by=anna, **pay)
    reply = anna_in.get(url(account, "extract/"), {"since": "2026-02-01", "until": "2026-03-04"})
    text = reply.content.decode()
    assert "Выписка по лицевому счёту с 01.02.2026 по 04.03.2026" in text
    assert account.subscriber.name in text
    assert "28 из 28" in text
    assert [line.balance for line in reply.context["extract"].lines] == [-280, -180]
    assert anna_in.get(url(account, "extract/"), {"since": "2026-03-09", "until": "2026-03-04"}).status_code == 422
    other = type(account.subscriber).objects.exclude(pk=account.subscriber_id)[0]
    assert anna_in.get(f"/accounts/{other.account}/extract/").status_code == 200


def test_a_subscriber_is_found_by_phone_and_by_flat(anna_in: Client, account: Account) -> None:
    number = account.subscriber.phones.all()[0].number
    for typed in (number, "8" + number[2:], "Оранж 21 кв 1", "оранжерейная 21, 1", "Оранжерейная ул., д. 21 1"):
        found = anna_in.get("/accounts/", {"q": typed}).context["found"]
        assert [one.pk for one in found] == [account.subscriber_id], typed
    assert len(anna_in.get("/accounts/", {"q": "Оранжерейная 21"}).context["found"]) == 8
    for nobody in ("Оранжерейная 21 кв 99", "Оранжерейная 77", "2121 21"):
        assert list(anna_in.get("/accounts/", {"q": nobody}).context["found"]) == [], nobody


def test_the_page_shows_how_to_reach_him_and_when_he_came(anna_in: Client, account: Account, anna: User) -> None:
    contacts.receive(channel="walk_in", key="c", at=clock.now(), by=anna, subscriber_id=account.subscriber_id)
    page = anna_in.get(url(account)).content.decode()
    assert phones.shown(account.subscriber.phones.all()[0].number) in page
    assert "Визит в офис" in page
    assert 'data-key="Q"' in page


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


def broken(at_noon: time_machine.Traveller, account: Account, by: User) -> None:
    """A debt of 300, promised by the sixth, and nothing came until noon of the seventh."""
    charged(account, by, "-300")
    actions.promise(account=account, amount=Decimal(300), until=date(2026, 3, 6), by=by)
    at_noon.move_to(datetime(2026, 3, 7, 12, 1, tzinfo=MOSCOW))
    assert actions.settle_promises() == 1
    account.refresh_from_db()
    assert account.state == State.SUSPENDED


def test_a_promise_is_broken_when_the_banks_morning_file_has_had_its_chance(
    at_noon: time_machine.Traveller, account: Account, anna: User
) -> None:
    charged(account, anna, "-300")
    actions.promise(account=account, amount=Decimal(300), until=date(2026, 3, 6), by=anna)
    for early in (datetime(2026, 3, 6, 23, 59, tzinfo=MOSCOW), datetime(2026, 3, 7, 11, 59, tzinfo=MOSCOW)):
        at_noon.move_to(early)
        assert actions.settle_promises() == 0
    at_noon.move_to(datetime(2026, 3, 7, 12, 0, tzinfo=MOSCOW))
    assert (actions.settle_promises(), actions.settle_promises()) == (1, 0)
    account.refresh_from_db()
    assert account.state == State.SUSPENDED
    assert account.history.filter(kind="suspended", by_system="sweep").exists()


def test_money_of_the_last_evening_in_the_mornings_file_keeps_the_promise(
    at_noon: time_machine.Traveller, account: Account, anna: User
) -> None:
    charged(account, anna, "-300")
    actions.promise(account=account, amount=Decimal(300), until=date(2026, 3, 6), by=anna)
    at_noon.move_to(datetime(2026, 3, 7, 9, 30, tzinfo=MOSCOW))
    pay = {"book": Book.BANK, "amount": Decimal(300), "on": date(2026, 3, 6), "key": "file"}
    actions.record_payment(account=account, by=anna, **pay)
    at_noon.move_to(datetime(2026, 3, 7, 12, 30, tzinfo=MOSCOW))
    assert actions.settle_promises() == 1
    account.refresh_from_db()
    assert (PromisedPayment.objects.get().state, account.state) == ("kept", State.ACTIVE)


def test_late_money_for_a_broken_promise_brings_the_service_back(
    at_noon: time_machine.Traveller, account: Account, anna: User
) -> None:
    broken(at_noon, account, anna)
    pay = {"book": Book.CASH, "on": date(2026, 3, 7)}
    actions.record_payment(account=account, amount=Decimal(299), key="part", by=anna, **pay)
    assert actions.resume_paid() == 0, "a rouble is still owed"
    actions.record_payment(account=account, amount=Decimal(1), key="rest", by=anna, **pay)
    assert (actions.resume_paid(), actions.resume_paid()) == (1, 0)
    account.refresh_from_db()
    assert account.state == State.ACTIVE
    assert account.history.filter(kind="resumed", by_system="sweep").exists()


def test_what_a_person_has_suspended_for_another_reason_stays_suspended(
    at_noon: time_machine.Traveller, account: Account, anna: User
) -> None:
    broken(at_noon, account, anna)
    actions.resume(subscriber=account.subscriber, by=anna)
    at_noon.move_to(clock.now() + timedelta(minutes=5))
    actions.suspend(subscriber=account.subscriber, reason="По заявлению", by=anna)
    pay = {"book": Book.CASH, "amount": Decimal(300), "on": date(2026, 3, 7), "key": "p"}
    actions.record_payment(account=account, by=anna, **pay)
    assert actions.resume_paid() == 0


def test_an_account_without_anything_has_a_page(anna_in: Client, account: Account) -> None:
    other = type(account.subscriber).objects.exclude(pk=account.subscriber_id)[0]
    reply = anna_in.get(f"/accounts/{other.account}/")
    assert "Ещё ничего не двигалось" in reply.content.decode() or reply.status_code == 200
    assert anna_in.get(f"/accounts/{other.account}/question/").status_code == 200
    assert not Account.objects.filter(subscriber=other).exists(), "looking opens no account"
