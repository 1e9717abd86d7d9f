"""Who gets into the finance process, what is noted, what happens to a stolen session."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from billing.models import Account, FinanceReading, FinanceSession, OfficeAlarm
from staff.models import Notice, User
from tests.billing.conftest import come_in

pytestmark = pytest.mark.usefixtures("finance", "doors")


@pytest.fixture(autouse=True)
def office(settings: Any) -> None:
    settings.OFFICE_NETWORKS = ["127.0.0.0/8"]
    settings.SESSION_ENGINE = "billing.sessions"


def test_a_page_is_noted_with_who_what_and_from_where(account: Account, anna: User) -> None:
    path = f"/accounts/{account.subscriber.account}/"
    come_in(anna).get(path)
    row = FinanceReading.objects.get()
    assert (row.user, row.page, row.of, row.method, row.address) == (
        anna,
        "billing:account",
        account.subscriber.account,
        "GET",
        "127.0.0.1",
    )


def test_a_part_of_a_page_is_noted_too_and_a_refused_page_is_not(account: Account, anna: User, olga: User) -> None:
    path = f"/accounts/{account.subscriber.account}/"
    come_in(anna).get(path, {"part": "timeline"}, headers={"HX-Request": "true"})
    assert come_in(olga).get(path).status_code == 403
    assert [row.user for row in FinanceReading.objects.all()] == [anna]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_noted_is_not_shown(finance_racing: None, anna: User) -> None:
    client = come_in(anna)
    client.raise_request_exception = False
    assert client.get("/accounts/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM billing_financereading")
        before = cursor.fetchall()
    from tests.database import become

    become("owner")
    with connection.cursor() as cursor:
        cursor.execute("REVOKE INSERT ON billing_financereading FROM finance")
    become("finance")
    try:
        reply = client.get("/accounts/?q=Иванова")
        assert reply.status_code == 500
        assert "Иванова" not in reply.content.decode()
    finally:
        become("owner")
        with connection.cursor() as cursor:
            cursor.execute("GRANT INSERT ON billing_financereading TO finance")
        become("finance")
    assert FinanceReading.objects.count() == len(before)


def test_a_stolen_session_is_refused_ended_and_told_of(anna: User, vera: User) -> None:
    thief = come_in(anna)
    assert thief.get("/accounts/").status_code == 200
    reply = thief.get("/accounts/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="127.0.0.1")
    assert reply.status_code == 404
    alarm = OfficeAlarm.objects.get()
    assert (alarm.user, alarm.address, alarm.path) == (anna, "203.0.113.9", "/accounts/")
    assert {notice.user for notice in Notice.objects.all()} == {anna, vera}
    assert not FinanceSession.objects.filter(session_key=thief.session.session_key).exists()
    assert thief.get("/accounts/").status_code == 302, "back in the office the session is no more"
    assert "203.0.113.9" in come_in(vera).get("/questions/readings/").content.decode()


def test_a_stranger_outside_is_refused_without_alarm() -> None:
    assert Client().get("/login/", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert not OfficeAlarm.objects.exists()


def test_an_unattended_page_is_signed_out_after_ten_minutes(at_noon: time_machine.Traveller, anna: User) -> None:
    client = come_in(anna)
    client.get("/accounts/")
    for _minute in range(8):
        at_noon.shift(60)
        assert client.get("/questions/", {"part": "list"}).status_code == 200
    at_noon.shift(180)
    gone = client.get("/questions/", {"part": "list"})
    assert gone.status_code == 302
    assert gone.headers["Location"].startswith("/login/")
    client.force_login(anna)
    for _minute in range(20):
        at_noon.shift(60)
        assert client.get("/questions/").status_code == 200


def test_only_the_supervisor_reads_who_looked(anna: User, vera: User) -> None:
    assert come_in(anna).get("/questions/readings/").status_code == 403
    assert come_in(vera).get("/questions/readings/").status_code == 200
