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
    assert told.url == f"/questions/{dispute.pk}/"
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
    page = anna_in.get(f"/questions/{dispute.pk}/").content.decode()
    assert "Двух списаний нет" in page
    assert "Отказано" in page[page.index("История") :], "the history says what was decided"
    assert "charged_twice" not in page
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
    listed = anna_in.get("/questions/").content.decode()
    account_number = account.subscriber.account
    assert listed.index("Ждут подписанного") < listed.index(account_number) < listed.index("Решено недавно")
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
    assert (queries.settled().in_one, queries.settled().percent) == (1, 100)
    at_noon.shift(3 * 24 * 3600)
    contacts.receive(
        channel="phone",
        key="line:again",
        at=Dispute.objects.get().asked_at.replace(day=7),
        by=anna,
        subscriber_id=account.subscriber_id,
        topic_id=Topic.objects.get(code="refund").pk,
    )
    assert (queries.settled().decided, queries.settled().percent) == (1, 0)
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


def test_a_supervisor_keeps_the_list_of_reasons(vera_in: Client) -> None:
    page = vera_in.get("/questions/reasons/").content.decode()
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
    assert vera_in.post("/questions/reasons/new/", new).status_code == 422
    assert vera_in.post("/questions/reasons/new/", new | {"fixed": "250,50"}).status_code == 302
    made = Reason.objects.get(code="cable")
    assert made.fixed == Decimal("250.50")
    assert "250" not in str(list(made.history.values_list("data", "changed")))
    assert vera_in.post("/questions/reasons/new/", new | {"fixed": "1"}).status_code == 422


def test_accountants_read_the_reasons_and_change_none(anna_in: Client) -> None:
    reason = Reason.objects.get(code="goodwill")
    for path, deed in (("", "new/"), (f"{reason.pk}/", f"{reason.pk}/save/")):
        page = anna_in.get(f"/questions/reasons/{path}").content.decode()
        assert "Жест доброй воли" in page
        assert 'name="own_limit"' not in page
        assert anna_in.post(f"/questions/reasons/{deed}", {"own_limit": "100000"}).status_code == 403
    reason.refresh_from_db()
    assert reason.own_limit == 300


def test_a_mistake_is_proposed_once(anna_in: Client, account: Account, charge: Entry) -> None:
    anna_in.post(ask_url(account), form(charge, amount="100"))
    page = anna_in.get(ask_url(account), {"about": charge.pk}).content.decode()
    assert 'value="50,00"' in page
    assert "Уже возвращено: 100" in page
    anna_in.post(ask_url(account), form(charge, amount="50", key="k2"))
    page = anna_in.get(ask_url(account), {"about": charge.pk}).content.decode()
    assert "уже исправлена" in page
    assert 'value="50,00"' not in page
    twice = anna_in.get(ask_url(account), {"about": charge.pk, "reason": code("charged_twice")}).content.decode()
    assert 'value="450,00"' in twice, "what of the charge is still there"


def test_what_waits_for_paper_counts_as_given(anna_in: Client, account: Account, charge: Entry) -> None:
    anna_in.post(ask_url(account), form(charge, "claim", "500"))
    assert Dispute.objects.get().state == Dispute.State.PAPER
    more = anna_in.post(ask_url(account), form(charge, "charged_twice", "101", key="k2"))
    assert more.status_code == 422
    assert "не больше 100" in more.content.decode()


def test_a_charge_of_unknown_days_or_without_a_tariff_proposes_nothing(
    anna_in: Client, account: Account, anna: User
) -> None:
    bare = {"account": account, "kind": Kind.CHARGE, "book": Book.REVENUE, "on": date(2026, 3, 1), "by": anna}
    unknown = actions.post(amount=Decimal(-600), key="no days", **bare)
    untariffed = posted(account, anna, "-700")
    for charge, words in ((unknown, "не указано, за какие дни"), (untariffed, "назовите сумму сами")):
        page = anna_in.get(ask_url(account), {"about": charge.pk}).content.decode()
        assert words in page
        assert '00" ' not in page[page.index('id="id_amount"') - 200 : page.index('id="id_amount"')]


def test_only_rules_that_need_a_charge_begin_with_one(anna_in: Client, account: Account, charge: Entry) -> None:
    chosen = f'value="{charge.pk}" selected'
    assert chosen in anna_in.get(ask_url(account)).content.decode(), "the newest"
    by_hand = anna_in.get(ask_url(account), {"reason": code("payment_lost")}).content.decode()
    assert (chosen in by_hand, f'value="{charge.pk}"' in by_hand) == (False, True)
    moved = {"reason": code("payment_lost"), "about": charge.pk, "basis": f"{code('wrong_tariff')}:{charge.pk}:"}
    assert chosen not in anna_in.get(ask_url(account), moved).content.decode(), "it was chosen by the page, not by anna"
    back = {"reason": code("wrong_tariff"), "about": "", "basis": f"{code('payment_lost')}::"}
    assert chosen in anna_in.get(ask_url(account), back).content.decode()
    anna_in.post(ask_url(account), form(None, "payment_lost", "1000"))
    assert (Dispute.objects.get().state, Dispute.objects.get().about) == (Dispute.State.POSTED, None)


@pytest.mark.parametrize(
    ("reason", "has_charge", "has_hours"),
    [("wrong_tariff", True, False), ("no_service", True, True), ("goodwill", False, False), ("advance", False, False)],
)
def test_only_what_matters_to_the_reason_is_asked(
    anna_in: Client, account: Account, charge: Entry, reason: str, has_charge: bool, has_hours: bool
) -> None:
    page = anna_in.get(ask_url(account), {"reason": code(reason)}).content.decode()
    assert ('name="about"' in page, 'name="hours"' in page) == (has_charge, has_hours)


def test_the_sum_of_other_hours_is_not_posted(anna_in: Client, account: Account, charge: Entry) -> None:
    page = anna_in.get(ask_url(account), {"reason": code("no_service"), "hours": "74,4"})
    shown = {"basis": page.context["basis"], "proposed": page.context["proposed"]}
    assert shown["proposed"] == "45,00"
    typed = form(None, "no_service", "45,00", hours="148,8", **shown)
    reply = anna_in.post(ask_url(account), typed)
    assert (reply.status_code, Dispute.objects.count()) == (422, 0)
    assert reply.context["form"]["amount"].value() == "90,00"
    assert "Это новая сумма" in reply.content.decode()
    again = form(None, "no_service", "90,00", hours="148,8")
    again |= {name: reply.context[name] for name in shown}
    assert anna_in.post(ask_url(account), again).status_code == 302
    assert (Dispute.objects.get().amount, Dispute.objects.get().proposed) == (90, 90)


def test_a_sum_typed_by_hand_is_posted_as_it_is(anna_in: Client, account: Account, charge: Entry) -> None:
    page = anna_in.get(ask_url(account), {"reason": code("no_service"), "hours": "74,4"})
    shown = {"basis": page.context["basis"], "proposed": page.context["proposed"]}
    anna_in.post(ask_url(account), form(None, "no_service", "60", hours="148,8", **shown))
    assert Dispute.objects.get().amount == 60


def test_hours_typed_in_haste_bring_their_sum(anna_in: Client, account: Account, charge: Entry) -> None:
    page = anna_in.get(ask_url(account), {"reason": code("no_service")})
    shown = {"basis": page.context["basis"], "proposed": page.context["proposed"]}
    reply = anna_in.post(ask_url(account), form(None, "no_service", "", hours="74,4", **shown))
    assert (reply.status_code, reply.context["form"]["amount"].value()) == (422, "45,00")


def test_a_visitor_at_the_desk_is_a_walk_in_by_itself(
    anna_in: Client, account: Account, charge: Entry, anna: User
) -> None:
    visitor = actions.take_number(by=anna, subscriber=account.subscriber)
    assert "У вас на приёме" not in anna_in.get(ask_url(account)).content.decode(), "he still waits"
    actions.call_next(by=anna)
    assert "У вас на приёме" in anna_in.get(ask_url(account)).content.decode()
    anna_in.post(ask_url(account), form(charge))
    assert Dispute.objects.get().contact.channel == "walk_in"
    actions.end_visit(walk_in=visitor, state="served", by=anna)
    anna_in.post(ask_url(account), form(charge, "goodwill", key="k2"))
    assert Dispute.objects.latest("pk").contact.channel == "phone"
