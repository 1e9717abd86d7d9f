"""People who come to the office: numbers, turns, times agreed before."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from billing import actions
from billing.models import Account, Appointment, WalkIn
from staff.models import User
from tests.factories.town import house

pytestmark = pytest.mark.usefixtures("finance", "at_noon")
WHO = "book-subscriber"


def came(client: Client, note: str = "", account: str = "", key: str = "") -> None:
    data = {"deed": "number", "number-note": note, "number-subscriber": account, "number-key": key or f"form {note}"}
    assert client.post("/front-desk/", data).status_code == 302


def shown_at_desk(client: Client) -> str:
    """What the button "Next" of the open page sends."""
    found = re.search(r'name="at_desk" value="(\d*)"', client.get("/front-desk/").content.decode())
    assert found
    return found[1]


def call_next(client: Client, shown: str | None = None) -> str:
    """Press "Next" on the page as it is, or on one opened before; the words of the answer."""
    at_desk = shown_at_desk(client) if shown is None else shown
    return str(client.post("/front-desk/next/", {"at_desk": at_desk}, follow=True).content.decode())


def current() -> str:
    found = WalkIn.objects.filter(state="called").first()
    return found.note if found else ""


def test_numbers_are_called_in_their_order_and_the_next_ends_the_one_before(anna_in: Client, account: Account) -> None:
    came(anna_in, "Возврат", str(account.subscriber.account))
    came(anna_in, "Справка")
    call_next(anna_in)
    page = anna_in.get("/front-desk/").content.decode()
    assert f"/accounts/{account.subscriber.account}/question/?channel=walk_in" in page
    assert current() == "Возврат"
    call_next(anna_in)
    assert current() == "Справка"
    assert list(WalkIn.objects.values_list("state", flat=True)) == ["served", "called"]
    anna_in.post(f"/front-desk/{WalkIn.objects.get(state='called').pk}/end/", {"state": "left"})
    call_next(anna_in)
    assert list(WalkIn.objects.values_list("number", "state")) == [(1, "served"), (2, "left")]


def test_numbers_begin_anew_every_day(at_noon: time_machine.Traveller, anna_in: Client, anna: User) -> None:
    came(anna_in, "Сегодня")
    at_noon.shift(24 * 3600)
    anna_in.force_login(anna)
    came(anna_in, "Завтра")
    assert list(WalkIn.objects.values_list("number", flat=True)) == [1, 1]
    call_next(anna_in)
    assert current() == "Завтра", "who waited yesterday has gone home"


def test_next_pressed_twice_calls_one(anna_in: Client) -> None:
    came(anna_in, "Первый")
    came(anna_in, "Второй")
    shown = shown_at_desk(anna_in)
    call_next(anna_in, shown)
    assert "№ 1 уже вызван" in call_next(anna_in, shown), "the first one is not sent away by a second click"
    assert current() == "Первый"
    assert list(WalkIn.objects.values_list("state", flat=True)) == ["called", "waits"]


def test_who_was_forgotten_at_the_desk_yesterday_holds_up_nobody(
    at_noon: time_machine.Traveller, anna_in: Client, anna: User
) -> None:
    came(anna_in, "Вчера")
    call_next(anna_in)
    at_noon.shift(24 * 3600)
    anna_in.force_login(anna)
    came(anna_in, "Сегодня")
    call_next(anna_in)
    assert current() == "Сегодня"


def test_a_form_sent_twice_gives_one_number(anna_in: Client) -> None:
    came(anna_in, "Справка", key="one form")
    came(anna_in, "Справка", key="one form")
    came(anna_in, "Справка", key="another form")
    assert list(WalkIn.objects.values_list("number", flat=True)) == [1, 2]


def test_it_turns_out_who_the_visitor_is(anna_in: Client, account: Account) -> None:
    came(anna_in, "Без документов")
    call_next(anna_in)
    url, number = f"/front-desk/{WalkIn.objects.get().pk}/name/", str(account.subscriber.account)
    assert "Нет лицевого счёта 12" in anna_in.post(url, {"account": "12"}, follow=True).content.decode()
    page = anna_in.post(url, {"account": number}, follow=True).content.decode()
    assert f"/accounts/{number}/question/?channel=walk_in" in page
    anna_in.post(f"/front-desk/{WalkIn.objects.get().pk}/end/", {"state": "served"})
    other = actions.account_of(house("23").subscribers[0]).subscriber
    anna_in.post(url, {"account": other.account})
    assert WalkIn.objects.get().subscriber == account.subscriber, "who has gone is not renamed"


def booking(account: Account, at: str, day: str = "2026-03-04", note: str = "") -> dict[str, str]:
    number = str(account.subscriber.account)
    return {"deed": "book", WHO: number, "book-on": day, "book-at": at, "book-note": note}


def test_who_has_an_appointment_goes_first(anna_in: Client, account: Account) -> None:
    assert anna_in.post("/front-desk/", booking(account, "12:30", note="По записи")).status_code == 302
    came(anna_in, "Без записи")
    for _click in range(2):
        anna_in.post(f"/front-desk/appointments/{Appointment.objects.get().pk}/arrive/")
    assert WalkIn.objects.count() == 2
    page = anna_in.get("/front-desk/").content.decode()
    assert page.index("По записи") < page.index("Без записи"), "the list stands in the order of being called"
    call_next(anna_in)
    assert current() == "По записи"


def test_who_is_booked_for_another_day_has_not_come_today(anna_in: Client, account: Account) -> None:
    assert anna_in.post("/front-desk/", booking(account, "12:30", day="2026-03-05")).status_code == 302
    page = anna_in.get("/front-desk/").content.decode()
    assert account.subscriber.name in page
    assert "/arrive/" not in page


def test_a_quarter_of_an_hour_has_as_many_places_as_the_office_has_desks(
    anna_in: Client, account: Account, settings: Any
) -> None:
    settings.FRONT_DESKS = 2
    people = [account, *(actions.account_of(one) for one in house("23", flats=2).subscribers)]
    for _click in range(2):
        assert anna_in.post("/front-desk/", booking(people[0], "12:30")).status_code == 302
    assert Appointment.objects.count() == 1, "a second click books nothing"
    assert anna_in.post("/front-desk/", booking(people[1], "12:30")).status_code == 302
    taken = anna_in.post("/front-desk/", booking(people[2], "12:30"))
    assert taken.status_code == 422
    assert "занято" in taken.content.decode()
    assert sorted(Appointment.objects.values_list("place", flat=True)) == [1, 2]


def test_the_free_times_of_the_chosen_day_are_buttons(anna_in: Client, account: Account, settings: Any) -> None:
    settings.FRONT_DESKS = 1
    anna_in.post("/front-desk/", booking(account, "10:15", day="2026-03-05"))
    asked = {"part": "times", "book-on": "2026-03-05"}
    part = anna_in.get("/front-desk/", asked, headers={"HX-Request": "true"}).content.decode()
    assert 'value="10:00"' in part
    assert 'value="10:15"' not in part
    assert part.count('name="book-at"') == 35
    today = anna_in.get("/front-desk/").content.decode()
    assert 'value="12:15"' in today
    assert 'value="12:00"' not in today, "now is too late"
    saturday = anna_in.get("/front-desk/", asked | {"book-on": "2026-03-07"}, headers={"HX-Request": "true"})
    assert "нет свободного времени" in saturday.content.decode()
    assert anna_in.post("/front-desk/", booking(account, "")).status_code == 422


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
