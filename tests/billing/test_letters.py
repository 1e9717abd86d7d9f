"""What subscribers are told of sums: by SMS and e-mail, once each, and kept where only the finance desk reads."""

from decimal import Decimal

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from billing import actions, sweep
from billing.models import Account, Dispute, Letter
from common.models import Heartbeat
from messaging.models import FakeGateway, State
from staff.models import User
from tests.billing.test_questions import ask_url, form, posted
from tests.database import become

pytestmark = pytest.mark.usefixtures("finance", "at_noon")
SUM = "617,43"


@pytest.fixture
def told(anna: User, account: Account) -> Client:
    """Anna, who has given 617,43 back to a subscriber with a number and an e-mail."""
    account.subscriber.email = "ivanova@example.org"
    account.subscriber.save()
    client = Client()
    client.force_login(anna)
    with transaction.atomic():
        charge = posted(account, anna, "-700")
    client.post(ask_url(account), form(charge, "charged_twice", SUM))
    assert Dispute.objects.get().amount == Decimal("617.43")
    return client


def question_page(client: Client) -> str:
    return client.get(f"/questions/{Dispute.objects.get().pk}/").content.decode()


def test_he_is_told_by_sms_and_by_e_mail_once_each(told: Client) -> None:
    actions.tell_posted(Dispute.objects.get())
    sms, mail = Letter.objects.order_by("pk")
    assert (sms.channel, mail.channel, mail.address) == ("phone", "email", "ivanova@example.org")
    assert SUM in sms.text
    assert sms.text == mail.text
    assert actions.deliver_letters() == 2
    assert actions.deliver_letters() == 0


@pytest.mark.django_db(transaction=True)
def test_no_sum_lies_where_every_desk_may_read(finance_racing: None, told: Client) -> None:
    actions.deliver_letters()
    become("app")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM messaging_fakemessage")
            assert cursor.fetchone() == (0,)
        with pytest.raises(ProgrammingError, match="permission denied"):
            Letter.objects.first()
    finally:
        become("finance")
    assert set(Letter.objects.values_list("state", flat=True)) == {State.SENT}


def test_the_page_says_what_became_of_each(told: Client) -> None:
    assert question_page(told).count("В очереди") == 2
    FakeGateway.objects.create(mood=FakeGateway.Mood.REFUSES)
    actions.deliver_letters()
    page = question_page(told)
    assert page.count("Не доставлено") == 2
    assert "поставщик отказывает" in page
    assert "уходит по SMS" not in page
    listed = told.get("/letters/", {"state": "failed"}).content.decode()
    assert SUM in listed
    assert SUM not in told.get("/letters/", {"state": "sent"}).content.decode()


def test_who_has_neither_number_nor_e_mail_is_told_by_the_accountant(anna: User, account: Account) -> None:
    account.subscriber.phones.all().delete()
    client = Client()
    client.force_login(anna)
    client.post(ask_url(account), form(posted(account, anna, "-700"), "charged_twice", "700"))
    assert not Letter.objects.exists()
    assert "ничего не отправлено" in question_page(client)


def test_letters_leave_without_redis_and_the_round_beats(told: Client) -> None:
    sweep.sweep()
    assert set(Letter.objects.values_list("state", flat=True)) == {State.SENT}
    assert Heartbeat.objects.filter(name="finance-sweep").exists()
    assert not Heartbeat.objects.filter(name="sweep").exists()


def test_a_round_that_failed_does_not_beat(told: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("broken")

    monkeypatch.setattr(sweep, "SWEEPS", (broken, *sweep.SWEEPS))
    sweep.sweep()
    assert set(Letter.objects.values_list("state", flat=True)) == {State.SENT}, "one part does not stop the others"
    assert not Heartbeat.objects.exists()


def test_whoever_was_erased_leaves_no_address_on_his_letters(told: Client, account: Account) -> None:
    sweep.sweep()
    assert Letter.objects.filter(address="ivanova@example.org").exists()
    account.subscriber.erased_at = Letter.objects.latest("pk").at
    account.subscriber.save()
    sweep.sweep()
    assert set(Letter.objects.values_list("address", flat=True)) == {"—"}
