"""People who come to the office: numbers, turns, times agreed before."""

import pytest
import time_machine
from django.test import Client

from billing import actions
from billing.models import Account, Appointment, WalkIn
from staff.models import User

pytestmark = pytest.mark.usefixtures("finance", "at_noon")
WHO = "book-subscriber"


@pytest.fixture
def anna_in(anna: User) -> Client:
    client = Client()
    client.force_login(anna)
    return client


def came(client: Client, note: str = "", account: str = "") -> None:
    data = {"deed": "number", "number-note": note, "number-subscriber": account}
    assert client.post("/front-desk/", data).status_code == 302


def current() -> str:
    found = WalkIn.objects.filter(state="called").first()
    return found.note if found else ""


def test_numbers_are_called_in_their_order_and_the_next_ends_the_one_before(anna_in: Client, account: Account) -> None:
    came(anna_in, "Возврат", str(account.subscriber.account))
    came(anna_in, "Справка")
    anna_in.post("/front-desk/next/")
    page = anna_in.get("/front-desk/").content.decode()
    assert f"/accounts/{account.subscriber.account}/question/?channel=walk_in" in page
    assert current() == "Возврат"
    anna_in.post("/front-desk/next/")
    assert current() == "Справка"
    assert list(WalkIn.objects.values_list("state", flat=True)) == ["served", "called"]
    anna_in.post(f"/front-desk/{WalkIn.objects.get(state='called').pk}/end/", {"state": "left"})
    anna_in.post("/front-desk/next/")
    assert list(WalkIn.objects.values_list("number", "state")) == [(1, "served"), (2, "left")]


def test_numbers_begin_anew_every_day(at_noon: time_machine.Traveller, anna_in: Client, anna: User) -> None:
    came(anna_in, "Сегодня")
    at_noon.shift(24 * 3600)
    anna_in.force_login(anna)
    came(anna_in, "Завтра")
    assert list(WalkIn.objects.values_list("number", flat=True)) == [1, 1]
    anna_in.post("/front-desk/next/")
    assert current() == "Завтра", "who waited yesterday has gone home"


def test_who_has_an_appointment_goes_first(anna_in: Client, account: Account) -> None:
    number = str(account.subscriber.account)
    when = {"deed": "book", WHO: number, "book-on": "2026-03-04", "book-at": "12:30", "book-note": "По записи"}
    assert anna_in.post("/front-desk/", when).status_code == 302
    taken = anna_in.post("/front-desk/", when)
    assert taken.status_code == 422
    assert "занято" in taken.content.decode()
    came(anna_in, "Без записи")
    anna_in.post(f"/front-desk/appointments/{Appointment.objects.get().pk}/arrive/")
    anna_in.post(f"/front-desk/appointments/{Appointment.objects.get().pk}/arrive/")
    assert WalkIn.objects.count() == 2
    anna_in.post("/front-desk/next/")
    assert current() == "По записи"


@pytest.mark.parametrize(
    ("day", "at"),
    [
        ("2026-03-04", "11:00"),
        ("2026-03-04", "12:20"),
        ("2026-03-04", "18:00"),
        ("2026-03-07", "12:00"),
        ("2026-09-01", "12:00"),
        ("2026-03-32", "12:00"),
        ("2026-03-05", "25:00"),
    ],
    ids=["past", "no quarter", "after hours", "Saturday", "far", "no day", "no time"],
)
def test_a_time_that_cannot_be_is_said(anna_in: Client, account: Account, day: str, at: str) -> None:
    data = {"deed": "book", WHO: str(account.subscriber.account), "book-on": day, "book-at": at}
    assert anna_in.post("/front-desk/", data).status_code == 422
    assert not Appointment.objects.exists()


def test_a_cancelled_time_is_free_again(anna_in: Client, account: Account) -> None:
    data = {"deed": "book", WHO: str(account.subscriber.account), "book-on": "2026-03-05", "book-at": "10:00"}
    anna_in.post("/front-desk/", data)
    anna_in.post(f"/front-desk/appointments/{Appointment.objects.get().pk}/cancel/")
    assert anna_in.post("/front-desk/", data).status_code == 302
    assert anna_in.post("/front-desk/", data | {WHO: "77"}).status_code == 422


def test_others_do_not_come_near(olga: User, vera: User) -> None:
    for who in (olga, vera):
        client = Client()
        client.force_login(who)
        assert client.get("/front-desk/").status_code == 403
        assert client.post("/front-desk/next/").status_code == 403


def test_an_empty_office(anna_in: Client, anna: User) -> None:
    assert actions.call_next(by=anna) is None
    assert "Никто не ждёт" in anna_in.get("/front-desk/").content.decode()
