"""A charges question, from the caller's first word to the sum on the account, in one contact."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from PIL import Image

from billing import actions, queries
from billing.models import Account, Book, Dispute, Entry, Kind, Letter, Reason
from contacts import actions as contacts
from contacts.models import Contact, Outcome, Topic
from messaging.models import State as Sent
from staff.models import Notice, User

pytestmark = pytest.mark.usefixtures("finance", "at_noon")


def picture(color: str = "white") -> bytes:
    """A photo of a page."""
    file = BytesIO()
    Image.new("RGB", (60, 80), color).save(file, "JPEG")
    return file.getvalue()


MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def anna_in(anna: User) -> Client:
    client = Client()
    client.force_login(anna)
    return client


@pytest.fixture
def vera_in(vera: User) -> Client:
    client = Client()
    client.force_login(vera)
    return client


@pytest.fixture
def charge(account: Account, anna: User) -> Entry:
    """March charged at the old fee of 600, while the tariff of 450 is in force."""
    tariff = {"kind": "internet", "title": "Старт", "fee": Decimal(450)}
    actions.set_tariff(account=account, since=date(2026, 1, 1), by=anna, **tariff)
    return posted(account, anna, "-600")


def posted(account: Account, by: User, amount: str, key: str = "march") -> Entry:
    since, until = MARCH
    return actions.post(
        account=account,
        kind=Kind.CHARGE,
        book=Book.REVENUE,
        amount=Decimal(amount),
        on=date(2026, 3, 1),
        since=since,
        until=until,
        key=key,
        by=by,
    )


def form(charge: Entry | None, reason: str = "wrong_tariff", amount: str = "150", **more: Any) -> dict[str, Any]:
    chosen = Reason.objects.get(code=reason)
    about = {"about": charge.pk} if charge else {}
    return {"reason": chosen.pk, "amount": amount, "channel": "phone", "key": "k1", **about, **more}


def ask_url(account: Account) -> str:
    return f"/accounts/{account.subscriber.account}/question/"


def test_settled_at_once_told_and_closed(anna_in: Client, account: Account, charge: Entry) -> None:
    proposed = anna_in.get(ask_url(account), {"about": charge.pk}).content.decode()
    assert 'value="150,00"' in proposed
    reply = anna_in.post(ask_url(account), form(charge))
    dispute = Dispute.objects.get()
    assert reply.headers["Location"] == f"/questions/{dispute.pk}/"
    account.refresh_from_db()
    assert (dispute.state, dispute.proposed, account.balance) == (Dispute.State.POSTED, 150, -450)
    assert (dispute.contact.outcome, dispute.contact.channel) == (Outcome.SOLVED, "phone")
    letter = Letter.objects.get()
    assert "150" in letter.text
    assert actions.deliver_letters() == 1
    assert Letter.objects.get().state == Sent.SENT
    page = anna_in.get(f"/questions/{dispute.pk}/").content.decode()
    assert "+150" in page


def test_the_second_click_posts_nothing(anna_in: Client, account: Account, charge: Entry) -> None:
    for _click in range(2):
        assert anna_in.post(ask_url(account), form(charge)).status_code == 302
    account.refresh_from_db()
    assert (Dispute.objects.count(), Contact.objects.count(), account.balance) == (1, 1, -450)


def test_the_call_that_was_handed_over_is_the_one_that_is_closed(
    anna_in: Client, account: Account, charge: Entry, anna: User
) -> None:
    topic = Topic.objects.get(code="billing")
    call = contacts.receive(
        channel="phone",
        key="line:1",
        at=charge.at,
        by=anna,
        subscriber_id=account.subscriber_id,
        topic_id=topic.pk,
    )
    anna_in.post(ask_url(account), form(charge))
    assert Dispute.objects.get().contact == call
    call.refresh_from_db()
    assert call.closed_at is not None


def test_above_the_limit_a_supervisor_confirms_while_the_subscriber_waits(
    anna_in: Client, vera_in: Client, account: Account, anna: User, vera: User
) -> None:
    wrong = posted(account, anna, "-5000")
    anna_in.post(ask_url(account), form(wrong, "charged_twice", "5000"))
    dispute = Dispute.objects.get()
    account.refresh_from_db()
    assert (dispute.state, account.balance) == (Dispute.State.WAITS, -5000)
    told = Notice.objects.get(user=vera)
    assert "5000" not in told.text + str(told.params), "sums stay at the finance desk"
    assert anna_in.post(f"/questions/{dispute.pk}/confirm/").status_code == 403
    assert "+5" in vera_in.get("/questions/").content.decode()
    vera_in.post(f"/questions/{dispute.pk}/confirm/")
    dispute.refresh_from_db()
    account.refresh_from_db()
    assert (dispute.state, dispute.confirmed_by, account.balance) == (Dispute.State.POSTED, vera, 0)
    assert vera_in.post(f"/questions/{dispute.pk}/confirm/").status_code == 302
    account.refresh_from_db()
    assert account.balance == 0


def test_refused_with_a_word_for_the_subscriber(anna_in: Client, vera_in: Client, account: Account, anna: User) -> None:
    wrong = posted(account, anna, "-5000")
    anna_in.post(ask_url(account), form(wrong, "charged_twice", "5000"))
    dispute = Dispute.objects.get()
    vera_in.post(f"/questions/{dispute.pk}/refuse/", {"answer": " "})
    dispute.refresh_from_db()
    assert dispute.state == Dispute.State.WAITS
    vera_in.post(f"/questions/{dispute.pk}/refuse/", {"answer": "Двух списаний нет"})
    dispute.refresh_from_db()
    assert (dispute.state, dispute.contact.outcome) == (Dispute.State.REFUSED, Outcome.ANSWERED)
    assert "Двух списаний нет" in anna_in.get(f"/questions/{dispute.pk}/").content.decode()
    assert not Letter.objects.exists()


def test_withdrawn_before_anybody_decided(anna_in: Client, vera_in: Client, account: Account, anna: User) -> None:
    wrong = posted(account, anna, "-5000")
    anna_in.post(ask_url(account), form(wrong, "charged_twice", "5000"))
    dispute = Dispute.objects.get()
    anna_in.post(f"/questions/{dispute.pk}/withdraw/")
    vera_in.post(f"/questions/{dispute.pk}/confirm/")
    account.refresh_from_db()
    dispute.refresh_from_db()
    assert (dispute.state, account.balance) == (Dispute.State.WITHDRAWN, -5000)


def test_where_the_law_asks_for_paper_nothing_is_posted_without_it(
    anna_in: Client, account: Account, anna: User
) -> None:
    pay = {"book": Book.CASH, "amount": Decimal(700), "on": date(2026, 3, 2), "key": "pay", "by": anna}
    actions.record_payment(account=account, **pay)
    assert 'value="700,00"' in anna_in.get(ask_url(account), {"reason": code("advance")}).content.decode()
    anna_in.post(ask_url(account), form(None, "advance", "700"))
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.amount, dispute.entry) == (Dispute.State.PAPER, -700, None)
    with pytest.raises(actions.ScanNeeded):
        actions.paper_signed(dispute=dispute, by=anna)
    actions.add_scans(application=dispute.application, bodies=[picture()], by=anna)
    actions.paper_signed(dispute=dispute, by=anna)
    account.refresh_from_db()
    dispute.refresh_from_db()
    assert (dispute.state, account.balance) == (Dispute.State.POSTED, 0)
    assert dispute.entry is not None
    assert (dispute.entry.kind, dispute.entry.book) == (Kind.REFUND, Book.BANK)


def code(reason: str) -> int:
    return Reason.objects.get(code=reason).pk


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("", "обязательн"),
        ("-5", "минус"),
        ("1,234", "копейк"),
        ("1234567890123", "99"),
        ("сто", "сумм"),
        ("601", "600"),
    ],
)
def test_a_bad_sum_comes_back_with_what_to_mend(
    anna_in: Client, account: Account, charge: Entry, amount: str, words: str
) -> None:
    reply = anna_in.post(ask_url(account), form(charge, "charged_twice", amount, note="Плачу дважды"))
    page = reply.content.decode()
    assert reply.status_code == 422
    assert words in page.lower()
    assert "Плачу дважды" in page
    assert (Dispute.objects.count(), Contact.objects.count()) == (0, 0), "a refused question leaves no contact"


@pytest.mark.parametrize("amount", ["1 50,00", "150,5 ₽", "150.50", " 150,50 "])
def test_sums_as_people_type_them(anna_in: Client, account: Account, charge: Entry, amount: str) -> None:
    reply = anna_in.post(ask_url(account), form(charge, "charged_twice", amount))
    if amount == "1 50,00":
        assert reply.status_code == 422
    else:
        assert Dispute.objects.get().amount == Decimal("150.5")


def test_nobody_gets_back_more_than_was_charged(anna_in: Client, account: Account, charge: Entry) -> None:
    anna_in.post(ask_url(account), form(charge, "charged_twice", "400"))
    more = anna_in.post(ask_url(account), form(charge, "charged_twice", "201", key="k2"))
    assert more.status_code == 422
    assert "200" in more.content.decode()


def test_hours_without_the_service_give_the_sum(anna_in: Client, account: Account, charge: Entry) -> None:
    page = anna_in.get(ask_url(account), {"reason": code("no_service"), "hours": "74,4", "about": charge.pk})
    assert 'value="45,00"' in page.content.decode()  # 450 roubles, 74.4 of 744 hours
    assert anna_in.get(ask_url(account), {"reason": code("no_service"), "hours": "много"}).status_code == 200


def test_the_share_settled_in_one_contact(
    at_noon: time_machine.Traveller, anna_in: Client, account: Account, charge: Entry, anna: User
) -> None:
    anna_in.post(ask_url(account), form(charge))
    assert (queries.settled_in_one().in_one, queries.settled_in_one().percent) == (1, 100)
    at_noon.shift(3 * 24 * 3600)
    contacts.receive(
        channel="phone",
        key="line:again",
        at=Dispute.objects.get().asked_at.replace(day=7),
        by=anna,
        subscriber_id=account.subscriber_id,
        topic_id=Topic.objects.get(code="refund").pk,
    )
    assert (queries.settled_in_one().decided, queries.settled_in_one().percent) == (1, 0)
    anna_in.force_login(anna)
    assert "0 %" in anna_in.get("/questions/").content.decode()


def test_others_see_nothing(olga: User, sergey: User, vera: User, account: Account, charge: Entry, anna: User) -> None:
    for who in (olga, sergey):
        client = Client()
        client.force_login(who)
        assert client.get(ask_url(account)).status_code == 403
        assert client.get("/questions/").status_code == 403
    boss = Client()
    boss.force_login(vera)
    assert boss.get(f"/accounts/{account.subscriber.account}/").status_code == 403


def test_the_list_of_reasons_is_the_finance_desks_own(anna_in: Client) -> None:
    page = anna_in.get("/questions/reasons/").content.decode()
    assert "Начислено дважды" in page
    new = {
        "title_ru": "Повреждение кабеля",
        "title_en": "Cable damage",
        "code": "cable",
        "rule": "fixed",
        "fixed": "",
        "own_limit": "500",
        "legal_basis": "",
        "answer_days": "",
        "position": "80",
        "is_active": "on",
    }
    assert anna_in.post("/questions/reasons/", new).status_code == 422
    assert anna_in.post("/questions/reasons/", new | {"fixed": "250,50"}).status_code == 302
    made = Reason.objects.get(code="cable")
    assert made.fixed == Decimal("250.50")
    assert "250" not in str(list(made.history.values_list("data", "changed")))
    assert anna_in.post("/questions/reasons/", new | {"fixed": "1"}).status_code == 422
