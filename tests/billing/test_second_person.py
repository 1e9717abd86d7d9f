"""What an accountant gives alone, and what a supervisor sees before agreeing to more."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing import actions, queries
from billing.models import Account, Book, DayLimit, Dispute, Entry, Kind, Letter, Reason
from common import clock
from staff.models import Notice, Role, User
from tests.billing.test_questions import ask_url, form, picture, posted

pytestmark = pytest.mark.usefixtures("finance", "at_noon")
State = Dispute.State


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(client: Client, account: Account, reason: str, amount: str, about: Entry | None = None) -> Dispute:
    data = form(about, reason, amount, key=f"k{Dispute.objects.count()}")
    reply = client.post(ask_url(account), data)
    assert reply.status_code == 302, reply.content.decode()
    return Dispute.objects.latest("pk")


def other(account: Account) -> Account:
    return actions.account_of(type(account.subscriber).objects.exclude(pk=account.subscriber_id)[0])


def test_a_sum_in_pieces_is_held_by_the_same_limit(anna_in: Client, account: Account) -> None:
    first = ask(anna_in, account, "goodwill", "200")
    page = anna_in.get(ask_url(account), {"reason": first.reason_id}).content.decode()
    assert "Без подтверждения: до 100" in page
    second = ask(anna_in, account, "goodwill", "150")
    assert (first.state, second.state, second.limit) == (State.POSTED, State.WAITS, 100)
    assert ask(anna_in, account, "goodwill", "100").state == State.POSTED, "what waits is not given yet"
    spent = ask(anna_in, account, "goodwill", "1")
    assert (spent.state, spent.limit) == (State.WAITS, 0)
    page = anna_in.get(ask_url(account), {"reason": first.reason_id}).content.decode()
    assert "по этой причине на этом счёте больше ничего" in page
    assert ask(anna_in, other(account), "goodwill", "300").state == State.POSTED, (
        "another account has a limit of its own"
    )


def test_a_colleague_has_no_limit_of_her_own_on_the_account(anna_in: Client, account: Account, anna: User) -> None:
    ask(anna_in, account, "goodwill", "200")
    nina = User.objects.create_user("nina", role=Role.ACCOUNTANT)
    assert ask(signed_in(nina), account, "goodwill", "200").state == State.WAITS


def test_the_limit_comes_back_with_time_and_by_a_reversal(
    at_noon: time_machine.Traveller, anna_in: Client, account: Account, anna: User
) -> None:
    first = ask(anna_in, account, "goodwill", "300")
    assert first.entry is not None
    actions.reverse(entry=first.entry, reason="Ошибка", on=first.entry.on, by=anna, tells=True)
    assert ask(anna_in, account, "goodwill", "300").state == State.POSTED
    at_noon.shift(timedelta(days=31))
    anna_in.force_login(anna)
    assert ask(anna_in, account, "goodwill", "300").state == State.POSTED


def test_a_refund_that_may_be_paid_out_is_taken_back_by_a_supervisor_only(
    anna_in: Client, vera_in: Client, account: Account, anna: User
) -> None:
    """Else an accountant could pay out, take back and pay out again: the limit comes back with each reversal."""
    pay = {"book": Book.CASH, "amount": Decimal(700), "on": clock.now().date(), "key": "pay"}
    actions.record_payment(account=account, by=anna, **pay)
    refund = ask(anna_in, account, "advance", "700")
    taking = f"/questions/{refund.pk}/take-back/"
    assert vera_in.post(taking, {"reason": "-", "tells": "on"}).status_code == 404, "nothing is posted yet"
    actions.add_scans(application=refund.application, bodies=[picture()], by=anna)
    actions.paper_signed(dispute=refund, by=anna)
    refund.refresh_from_db()
    page, shown = f"/accounts/{account.subscriber.account}/", f"/questions/{refund.pk}/"
    undo = {"reason": "Карта закрыта", "tells": "on"}
    assert f"entries/{refund.entry_id}/reverse/" not in anna_in.get(page).content.decode()
    anna_in.post(f"{page}entries/{refund.entry_id}/reverse/", undo)
    assert anna_in.post(taking, undo).status_code == 403
    account.refresh_from_db()
    assert account.balance == 0
    assert taking not in anna_in.get(shown).content.decode()
    assert taking in vera_in.get(shown).content.decode()
    for _click in range(2):
        vera_in.post(taking, undo)
    account.refresh_from_db()
    assert account.balance == 700
    assert taking not in vera_in.get(shown).content.decode()


def test_what_a_supervisor_has_confirmed_is_not_the_accountants(anna_in: Client, account: Account, vera: User) -> None:
    actions.confirm(dispute=ask(anna_in, account, "goodwill", "5000"), by=vera)
    assert ask(anna_in, account, "goodwill", "300").state == State.POSTED


def test_what_waits_for_paper_uses_the_limit(anna_in: Client, account: Account) -> None:
    assert ask(anna_in, account, "claim", "600").state == State.PAPER
    assert ask(anna_in, account, "claim", "500").state == State.WAITS


def test_a_day_has_a_limit_over_all_accounts(
    at_noon: time_machine.Traveller, anna_in: Client, vera_in: Client, account: Account, anna: User
) -> None:
    assert vera_in.post("/questions/limit/", {"amount": "250"}).status_code == 302
    ask(anna_in, account, "goodwill", "200")
    elsewhere = other(account)
    assert "Без подтверждения: до 50" in anna_in.get(ask_url(elsewhere)).content.decode()
    assert ask(anna_in, elsewhere, "goodwill", "51").state == State.WAITS
    assert ask(anna_in, elsewhere, "goodwill", "50").state == State.POSTED
    assert "на сегодня больше ничего" in anna_in.get(ask_url(elsewhere)).content.decode()
    nina = User.objects.create_user("nina", role=Role.ACCOUNTANT)
    assert ask(signed_in(nina), elsewhere, "payment_lost", "250").state == State.POSTED
    at_noon.move_to(clock.now().replace(hour=20, minute=59))
    assert ask(anna_in, elsewhere, "payment_lost", "1").state == State.WAITS, "not yet midnight in Pushkin"
    at_noon.shift(timedelta(minutes=2))
    anna_in.force_login(anna)
    assert ask(anna_in, elsewhere, "payment_lost", "249").state == State.POSTED


def test_only_a_supervisor_sets_the_limit_of_a_day(anna_in: Client, vera_in: Client, vera: User) -> None:
    page = "/questions/limit/"
    assert anna_in.post(page, {"amount": "100000"}).status_code == 403
    assert "10 000" in anna_in.get("/questions/reasons/").content.decode().replace("\xa0", " ")
    for bad in ("", "-1", "много", "1,234"):
        assert vera_in.post(page, {"amount": bad}).status_code == 422
    for amount in ("7500,50", "0"):
        assert vera_in.post(page, {"amount": amount}).status_code == 302
    rows = DayLimit.objects.values_list("amount", "by")
    assert list(rows) == [(Decimal(0), vera.pk), (Decimal("7500.50"), vera.pk)]
    assert "7\xa0500,50" in vera_in.get(page).content.decode(), "who changed it, and to what, stays"


def pay(account: Account, by: User, amount: int) -> Entry:
    data = {"book": Book.CASH, "amount": Decimal(amount), "on": date(2026, 3, 2), "key": f"pay {amount}"}
    return actions.record_payment(account=account, by=by, **data)


def test_an_advance_that_has_gone_meanwhile_is_not_confirmed(
    anna_in: Client, vera_in: Client, account: Account, anna: User
) -> None:
    paid = pay(account, anna, 5000)
    waits = ask(anna_in, account, "advance", "5000")
    actions.reverse(entry=paid, reason="Чужой платёж", on=paid.on, by=anna)
    vera_in.post(f"/questions/{waits.pk}/confirm/")
    assert "На счёте только" in vera_in.get(f"/questions/{waits.pk}/").content.decode()
    waits.refresh_from_db()
    assert (waits.state, waits.confirmed_by) == (State.WAITS, None)


def test_a_charge_that_was_undone_meanwhile_is_not_given_back(
    anna_in: Client, vera: User, account: Account, anna: User
) -> None:
    wrong = posted(account, anna, "-5000")
    waits = ask(anna_in, account, "charged_twice", "5000", wrong)
    undo: dict[str, Any] = {"kind": Kind.REVERSAL, "book": Book.REVENUE, "amount": Decimal(5000), "reverses": wrong}
    actions.post(account=account, on=wrong.on, key="undo", by=anna, **undo)
    with pytest.raises(actions.ChargeNeeded):
        actions.confirm(dispute=waits, by=vera)
    account.refresh_from_db()
    assert account.balance == 0


def test_what_waits_does_not_stand_in_its_own_way(anna_in: Client, vera: User, account: Account, anna: User) -> None:
    wrong = posted(account, anna, "-5000")
    waits = ask(anna_in, account, "charged_twice", "5000", wrong)
    assert actions.confirm(dispute=waits, by=vera).state == State.POSTED
    paper = ask(anna_in, account, "claim", "900", posted(account, anna, "-900", key="april"))
    actions.add_scans(application=paper.application, bodies=[picture()], by=anna)
    assert actions.paper_signed(dispute=paper, by=anna).state == State.POSTED


def test_the_supervisor_sees_what_is_to_be_decided(
    anna_in: Client, vera_in: Client, account: Account, anna: User
) -> None:
    wrong = posted(account, anna, "-5000")
    ask(anna_in, account, "goodwill", "123")
    waits = ask(anna_in, account, "charged_twice", "5000", wrong)
    page = vera_in.get(f"/questions/{waits.pk}/").content.decode().replace("\xa0", " ")
    for words in (account.subscriber.account, "−4 877 ₽", "01.03.2026 · −5 000 ₽", "Жест доброй воли", "+123 ₽"):
        assert words in page, words


def test_earlier_corrections_cost_the_same_however_many(anna_in: Client, account: Account) -> None:
    shown = ask(anna_in, account, "goodwill", "1")
    costs = []
    for many in (2, 12):
        for _n in range(many):
            ask(anna_in, account, "goodwill", "1")
        with CaptureQueriesContext(connection) as caught:
            anna_in.get(f"/questions/{shown.pk}/")
        costs.append(len(caught))
    assert costs[0] == costs[1]


def test_a_question_that_somebody_else_settled_says_so(
    anna_in: Client, vera: User, account: Account, kirill_in: Client
) -> None:
    withdrawn = ask(anna_in, account, "goodwill", "5000")
    confirmed = ask(anna_in, account, "goodwill", "5000")
    actions.confirm(dispute=confirmed, by=vera)
    actions.withdraw(dispute=withdrawn, by=confirmed.asked_by)
    assert "Проведено" in kirill_in.get(f"/questions/{confirmed.pk}/").content.decode()
    assert "Отозвано" in kirill_in.get(f"/questions/{withdrawn.pk}/").content.decode()
    alone = ask(anna_in, account, "goodwill", "300")
    assert kirill_in.get(f"/questions/{alone.pk}/").status_code == 404, "it never waited for anybody"


@pytest.fixture
def kirill_in(db: None) -> Client:
    return signed_in(User.objects.create_user("kirill", role=Role.SUPERVISOR))


def test_the_subscriber_hears_that_a_correction_was_taken_back(anna_in: Client, account: Account) -> None:
    given = ask(anna_in, account, "goodwill", "100")
    undo = f"/accounts/{account.subscriber.account}/entries/{given.entry_id}/reverse/"
    assert 'name="tells"' in anna_in.get(f"/accounts/{account.subscriber.account}/").content.decode()
    anna_in.post(undo, {"reason": "Ошибка"})
    assert (Entry.objects.count(), Letter.objects.count()) == (1, 1)
    anna_in.post(undo, {"reason": "Ошибка", "tells": "on"})
    account.refresh_from_db()
    assert account.balance == 0
    letter = Letter.objects.get(key=f"dispute:{given.pk}:reversed")
    assert "отменено" in letter.text
    assert "Отменено" in anna_in.get(f"/questions/{given.pk}/").content.decode()


def test_how_fast_and_how_often_taken_back(
    at_noon: time_machine.Traveller, anna_in: Client, account: Account, anna: User, vera: User
) -> None:
    assert (queries.settled().minutes, queries.settled().reversed) == (None, 0)
    ask(anna_in, account, "goodwill", "100")
    waits = ask(anna_in, account, "goodwill", "5000")
    at_noon.shift(timedelta(minutes=8))
    given = actions.confirm(dispute=waits, by=vera).entry
    assert given is not None
    assert queries.settled().minutes == 4, "halfway between at once and eight minutes"
    actions.reverse(entry=given, reason="Ошибка", on=given.on, by=anna, tells=True)
    assert queries.settled().reversed == 1
    anna_in.force_login(anna)
    assert "4 мин" in anna_in.get("/questions/").content.decode()


def test_an_advance_hides_nothing_behind_a_charge(anna_in: Client, account: Account, anna: User) -> None:
    charge = posted(account, anna, "-600")
    pay(account, anna, 1000)
    assert ask(anna_in, account, "advance", "400", charge).about is None
    assert queries.given_back(charge) == 0
    assert Reason.objects.get(code="advance").needs_paper


def test_the_notice_leads_to_the_question_where_it_can(
    anna_in: Client, vera_in: Client, vera: User, account: Account, settings: Any
) -> None:
    waits = ask(anna_in, account, "goodwill", "5000")
    notice = Notice.objects.get(user=vera)
    assert vera_in.post(f"/notices/{notice.pk}/").headers["Location"] == f"/questions/{waits.pk}/"
    settings.ROOT_URLCONF = "contactcenter.urls"
    assert vera_in.post(f"/notices/{notice.pk}/").headers["Location"] == "/notices/"
    assert "по адресу бухгалтерии" in vera_in.get("/notices/").content.decode()
