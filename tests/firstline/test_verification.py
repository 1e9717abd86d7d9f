"""Caller id proves nothing: the card opens to whoever knows its account, and each opening is noted."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client

from contacts.models import Contact
from customers import actions as customers
from customers.models import CardReading, Subscriber
from firstline.models import Verification
from firstline.verifying import fits
from staff.models import Notice, User
from tests.factories.line import pbx
from tests.factories.town import House, house
from tests.firstline.test_calls import shown, talks_to
from tests.races.together import errors, together

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def calling(olga: User, home: House | None = None) -> tuple[Contact, Subscriber]:
    home = home or house()
    contact = talks_to(olga, pbx(), home.phone(0))
    someone = home.subscribers[0]
    Subscriber.objects.filter(pk=someone.pk).update(name="Соколова Мария Ивановна")
    someone.refresh_from_db()
    return contact, someone


def say(browser: Client, contact: Contact, said: str) -> str:
    path = f"/calls/{contact.pk}/verify/"
    return browser.post(path, {"said": said}, headers=HTMX).content.decode()


def test_before_the_answer_the_card_shows_nothing_that_is_only_the_subscribers(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    contact, someone = calling(olga)
    page = shown(signed_in(olga), contact)
    assert "С. Мария Ивановна" in page and "Не подтверждён" in page
    assert "Соколова" not in page and someone.account not in page
    assert someone.building is not None and someone.building.title in page
    assert not CardReading.objects.exists()


def test_the_account_or_flat_and_digits_open_it_and_the_log_says_why(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    contact, someone = calling(olga)
    browser = signed_in(olga)
    assert someone.premise is not None
    page = say(browser, contact, f"{someone.premise.number}, {someone.account[-4:]}")
    assert "Соколова Мария Ивановна" in page and someone.account in page and "Подтверждён" in page
    reading = CardReading.objects.get()
    assert (reading.user, reading.subscriber, reading.why, reading.contact_id) == (
        olga, someone, "verified", contact.pk,
    )  # fmt: skip
    assert contact.history.get(kind="verified").data["how"] == "address"
    say(browser, contact, someone.account)
    assert CardReading.objects.count() == 1, "it is open already"
    # Somebody else's contact of the same person is another conversation.
    again = talks_to(olga, pbx(), "+79115550000")
    browser.post(f"/calls/{again.pk}/identify/", {"subscriber": someone.pk})
    assert "Соколова" not in shown(browser, again)


def test_three_wrong_answers_and_he_stays_a_stranger(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    contact, someone = calling(olga)
    browser = signed_in(olga)
    for left in (2, 1):
        assert f"попыт{'ки' if left == 2 else 'ка'}" in say(browser, contact, "14 0000")
    say(browser, contact, someone.account[:-1])
    assert "Три неверных ответа" in say(browser, contact, someone.account)
    assert "Три неверных ответа" in shown(browser, contact)
    assert Verification.objects.filter(is_right=True).count() == 0
    assert contact.history.filter(kind="not_verified").count() == 3


def test_whoever_was_found_by_the_whole_account_has_said_it(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, browser = house(), signed_in(olga)
    contact, someone = talks_to(olga, pbx(), "anonymous"), home.subscribers[3]
    page = shown(browser, contact, house=someone.account)
    assert f'name="said" value="{someone.account}"' in page
    browser.post(f"/calls/{contact.pk}/identify/", {"subscriber": someone.pk, "said": someone.account})
    assert someone.account in shown(browser, contact)
    found = CardReading.objects.order_by("pk").values_list("why", "subscriber")
    assert list(found) == [("shown", someone.pk), ("verified", someone.pk)], "looked for, then opened"


def test_our_own_people_open_it_with_a_reason_and_the_outsourcers_do_not(
    at_noon: time_machine.Traveller, olga: User, sergey: User, vera: User, signed_in: Browser
) -> None:
    contact, someone = calling(olga)
    path = f"/calls/{contact.pk}/open-card/"
    assert signed_in(olga).post(path, {"reason": "надо"}).status_code == 403
    assert "Открыть без проверки" not in shown(signed_in(olga), contact)
    browser = signed_in(sergey)
    assert browser.post(path, {"reason": "  "}, headers=HTMX).status_code == 422
    assert not CardReading.objects.exists()
    assert "Соколова" in browser.post(path, {"reason": "Перезваниваю по заявке"}, headers=HTMX).content.decode()
    page = signed_in(vera).get("/settings/personal-data/readings/").content.decode()
    assert "Перезваниваю по заявке" in page and someone.account in page
    assert (
        someone.account not in signed_in(vera).get(f"/settings/personal-data/readings/?who={olga.pk}").content.decode()
    )
    assert signed_in(vera).get("/settings/personal-data/readings/?day=2026-99-99&who=x&account=%27").status_code == 200


def test_a_card_of_nobody_is_not_opened(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    contact = talks_to(olga, pbx(), "anonymous")
    reply = signed_in(olga).post(f"/calls/{contact.pk}/verify/", {"said": "1"}, headers=HTMX)
    assert (reply.status_code, "Сначала укажите" in reply.content.decode()) == (422, True)


def test_who_leafs_through_the_town_is_stopped_and_told_of(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    home = house("40", flats=63)
    for someone in home.subscribers[:60]:
        customers.read_card(subscriber=someone, by=olga, why="verified")
    customers.read_card(subscriber=home.subscribers[0], by=olga, why="verified")  # a known one is no new one
    contact = talks_to(olga, pbx(), home.phone(60))
    browser = signed_in(olga)
    for _ in range(2):
        said = {"said": home.subscribers[60].account}
        reply = browser.post(f"/calls/{contact.pk}/verify/", said, headers=HTMX)
        assert (reply.status_code, "60 разных абонентов" in reply.content.decode()) == (429, True)
    assert home.subscribers[60].account not in shown(browser, contact)
    assert CardReading.objects.filter(why="refused").count() == 2
    assert Notice.objects.filter(user=vera).count() == 1, "told once, not with every try"
    assert "60" in signed_in(vera).get("/notices/").content.decode()
    at_noon.shift(timedelta(minutes=61))
    contact = talks_to(olga, pbx(), home.phone(61))
    assert home.subscribers[61].account in say(signed_in(olga), contact, home.subscribers[61].account)


def test_who_walks_the_flats_of_a_house_is_stopped_like_who_opens_cards(
    at_noon: time_machine.Traveller, olga: User, sergey: User, vera: User, signed_in: Browser
) -> None:
    home = house("40", flats=63)
    contact = talks_to(olga, pbx(), "anonymous")
    browser = signed_in(olga)
    browser.post(f"/calls/{contact.pk}/identify/", {"building": home.building.pk})
    for n in range(60):
        page = browser.get(f"/calls/{contact.pk}/?part=contact&flat={n + 1}", headers=HTMX)
        assert page.status_code == 200 and f'value="{home.subscribers[n].pk}"' in page.content.decode()
    browser.get(f"/calls/{contact.pk}/?part=contact&flat=1", headers=HTMX)
    assert set(CardReading.objects.values_list("why", "user")) == {("shown", olga.pk)}
    assert CardReading.objects.count() == 60, "the same one within the hour is no new one"
    for path in (
        f"/calls/{contact.pk}/?part=contact&flat=61",
        f"/calls/{contact.pk}/?flat=61",
        f"/calls/{contact.pk}/?house={home.subscribers[61].account}",
        f"/api/v1/subscribers/{home.subscribers[62].pk}/",
        f"/api/v1/subscribers/?account={home.subscribers[62].account}",
        f"/find/?q={home.subscribers[62].account}",
    ):
        reply = browser.get(path, headers=HTMX if "part" in path else {})
        text = reply.content.decode()
        assert reply.status_code == 429 and "60 разных абонентов" in text, path
        assert "Анна Петровна" not in text, path
    assert browser.get(f"/calls/{contact.pk}/").status_code == 200, "the call itself goes on"
    assert Notice.objects.filter(user=vera).count() == 1
    ours = signed_in(sergey).get(f"/calls/{contact.pk}/?flat=61")
    assert ours.status_code == 200 and "Анна Петровна" in ours.content.decode()


def test_who_calls_by_his_own_number_is_nobody_looked_for(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, line = house(), pbx()
    contact = talks_to(olga, line, home.phone(0))
    shown(signed_in(olga), contact)
    assert not CardReading.objects.exists()
    browser = signed_in(olga)
    browser.post("/calls/by-hand/", {"phone": home.phone(1), "key": "k-1"})
    typed = Contact.objects.latest("pk")
    shown(browser, typed)
    assert CardReading.objects.get().subscriber == home.subscribers[1], (
        "a number that she typed herself shows whose it is"
    )


def test_the_outsourcers_rest_pages_hold_twenty(olga: User, sergey: User, signed_in: Browser) -> None:
    home = house(flats=30)
    path = f"/api/v1/subscribers/?building={home.building.pk}&page_size=200"
    assert len(signed_in(sergey).get(path).json()["results"]) == 30
    assert len(signed_in(olga).get(path).json()["results"]) == 20
    assert CardReading.objects.filter(user=olga, why="shown").count() == 20


def test_a_call_typed_in_by_hand_begins_no_new_count_of_tries(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    contact, someone = calling(olga)
    browser = signed_in(olga)
    for _ in range(3):
        say(browser, contact, "14 0000")
    browser.post("/calls/by-hand/", {"phone": contact.phone, "key": "k-1"})
    again = Contact.objects.latest("pk")
    assert again.subscriber == someone
    assert "Три неверных ответа" in shown(browser, again)
    assert "Три неверных ответа" in say(browser, again, someone.account)
    assert Verification.objects.filter(is_right=True).count() == 0
    at_noon.shift(timedelta(hours=25))
    browser = signed_in(olga)
    browser.post("/calls/by-hand/", {"phone": contact.phone, "key": "k-2"})
    assert someone.account in say(browser, Contact.objects.latest("pk"), someone.account)


def test_who_guesses_too_often_is_told_of_once(
    at_noon: time_machine.Traveller, olga: User, irina: User, vera: User, signed_in: Browser
) -> None:
    home, line = house(flats=8), pbx()
    for n in range(4):
        contact = talks_to(olga, line, home.phone(n))
        for _ in range(3):
            say(signed_in(olga), contact, "14 0000")
        if n == 2:
            say(signed_in(irina), contact, "14 0000")
            assert not Notice.objects.filter(user=vera).exists(), "nine are not too many"
    assert Notice.objects.filter(user=vera).count() == 1
    assert "неверных ответов" in signed_in(vera).get("/notices/").content.decode()


def test_the_log_cannot_be_rewritten(olga: User) -> None:
    someone = house().subscribers[0]
    customers.read_card(subscriber=someone, by=olga, why="verified")
    for sql in ("UPDATE customers_cardreading SET why = 'by_hand'", "DELETE FROM customers_cardreading"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE app")
            cursor.execute(sql)
    assert CardReading.objects.get().why == "verified"


def test_the_outsourcer_learns_no_surname_account_or_number_elsewhere(olga: User, signed_in: Browser) -> None:
    home = house()
    Subscriber.objects.filter(pk=home.subscribers[0].pk).update(name="Соколова Мария Ивановна")
    browser = signed_in(olga)
    for path in (
        "/find/?q=Соколова",
        f"/find/?q={home.subscribers[0].account}",
        f"/find/?q={home.phone(0)}",
        f"/api/v1/subscribers/?building={home.building.pk}",
        f"/api/v1/subscribers/{home.subscribers[0].pk}/",
    ):
        page = browser.get(path).content.decode()
        assert "Соколова М" not in page and "Соколова\\" not in page, path
        assert home.phone(0) not in page and not re.search(r"\+7 ?9\d\d ?\d{3}", page), path
    rows = browser.get(f"/api/v1/subscribers/?building={home.building.pk}").json()["results"]
    assert {(row["account"], row["premise"]) for row in rows} == {("", None)}


@pytest.mark.django_db(transaction=True)
def test_two_who_verify_at_once_note_it_once(olga: User, larisa: User) -> None:
    from firstline import actions

    home = house()
    contact = talks_to(olga, pbx(), home.phone(0))
    contact.refresh_from_db()
    outcomes = together(
        *[partial(actions.verify, contact=contact, said=home.subscribers[0].account, by=who) for who in (olga, larisa)]
    )
    assert errors(outcomes) == []
    assert Verification.objects.filter(is_right=True).count() == 1
    assert contact.history.filter(kind="verified").count() == 1


@pytest.mark.parametrize(
    ("said", "account", "flat", "verdict"),
    [
        ("500075", "500075", "14", "account"),
        (" 500075 ", "500075", "", "account"),
        ("14 0075", "500075", "14", "address"),
        ("14а, 0075", "500075", "14А", "address"),
        ("кв 14 0075", "500075", "14", None),
        ("0075", "500075", "14", None),
        ("14 075", "500075", "14", None),
        ("15 0075", "500075", "14", None),
        ("00075", "1500075", "", None),
        ("500075", "1500075", "", "address"),
        ("", "500075", "", None),
        ("5000750", "500075", "14", None),
    ],
)
def test_what_fits(said: str, account: str, flat: str, verdict: str | None) -> None:
    assert fits(said, account=account, flat=flat) == verdict
