"""What the card says of a caller beside his name: what other desks promised, who will call him, what number it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from common import phones
from contacts.models import Contact
from customers.models import Phone
from firstline.models import CallBack
from incidents import actions as incidents
from staff.models import User
from tests.conftest import NOW
from tests.factories.line import pbx
from tests.factories.town import house
from tests.firstline.test_calls import shown, talks_to
from tests.refusals import refused
from tickets import actions as tickets

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
GERMAN, MOBILE = "+4915112345678", "+79215550166"


def test_what_another_desk_promised_is_a_line_without_its_content(
    at_noon: time_machine.Traveller, olga: User, sergey: User, anna: User, signed_in: Browser
) -> None:
    home = house()
    facts = {"channel": "phone", "subscriber": home.subscribers[0], "subject": "Секретная тема"}
    remote = tickets.open_ticket(desk="support", by=sergey, text="Секретный текст", **facts)
    tickets.take(ticket=remote, by=sergey)
    money = tickets.open_ticket(desk="finance", by=anna, text="Секретная сумма", **facts)
    done = tickets.open_ticket(desk="dispatch", by=sergey, **facts)
    tickets.resolve(ticket=done, by=sergey)
    stranger = tickets.open_ticket(desk="support", by=sergey, **{**facts, "subscriber": home.subscribers[1]})
    page = shown(signed_in(olga), talks_to(olga, pbx(), home.phone(0)))
    for promised, desk, status in ((remote, "Техподдержка", "В работе"), (money, "Финансовый отдел", "Новая")):
        line = page[page.index(f"№ {promised.number} · {desk}") :].split("</li>")[0]
        assert status in line and "обещано до" in line
    assert "Секретн" not in page
    assert done.number not in page and stranger.number not in page
    assert f"/tickets/{remote.number}/" not in page, "there is nothing she could open"
    assert page.count(remote.number) == 1


def test_her_own_ticket_stands_once(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    home = house()
    own = tickets.open_ticket(
        desk="support", by=olga, channel="phone", subscriber=home.subscribers[0], subject="Нет сети"
    )
    page = shown(signed_in(olga), talks_to(olga, pbx(), home.phone(0)))
    assert f'href="/tickets/{own.number}/"' in page and f"№ {own.number} · " not in page


def test_who_was_promised_a_call_and_by_whom(
    at_noon: time_machine.Traveller, olga: User, irina: User, signed_in: Browser
) -> None:
    home, line = house(), pbx()
    first = talks_to(irina, line, home.phone(0))
    signed_in(irina).post(f"/calls/{first.pk}/close/", {"outcome": "call_back", "topic": "tariff"})
    page = shown(signed_in(olga), talks_to(olga, line, home.phone(0)))
    assert "Обещали перезвонить" in page and "обещает Ирина Соколова" in page
    assert "Обещали перезвонить" not in shown(signed_in(olga), talks_to(olga, line, home.phone(1)))


@pytest.mark.parametrize("caller", ["caller", "anonymous"])
def test_a_call_is_promised_to_another_number_that_stays_hidden(
    caller: str, at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    contact = talks_to(olga, line, home.phone(0) if caller == "caller" else caller)
    path, said = f"/calls/{contact.pk}/close/", {"outcome": "call_back", "topic": "tariff"}
    assert "Это не номер телефона" in refused(browser, path, {**said, "call_back_phone": "у соседки"})
    if caller == "anonymous":
        assert "спросите, на какой перезвонить" in refused(browser, path, said)
    assert browser.post(path, {**said, "call_back_phone": "8 (921) 555-01-66"}).status_code == 302
    promise = CallBack.objects.get()
    assert (promise.phone, promise.contact) == (MOBILE, contact)
    browser.post(f"/calls/call-backs/{promise.pk}/take/")
    page = browser.get("/calls/call-backs/").content.decode()
    assert promise.dial in page
    assert MOBILE[2:] not in "".join(filter(str.isdigit, page))
    reply = line.send("newCall", "out-1", caller="101", to=promise.dial, direction="out")
    assert reply.json()["number"] == MOBILE


def test_a_foreign_number_is_kept_whole_and_its_country_is_said(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, browser = house(), signed_in(olga)
    contact = talks_to(olga, pbx(), GERMAN)
    assert contact.phone == GERMAN
    assert "иностранный номер, DE" in shown(browser, contact)
    browser.post(f"/calls/{contact.pk}/identify/", {"subscriber": home.subscribers[0].pk})
    page = shown(browser, contact)
    assert "иностранный номер, DE" in page
    assert GERMAN[1:] not in "".join(filter(str.isdigit, page))


def test_what_is_no_number_is_flagged_after_the_caller_is_known_too(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, browser = house(), signed_in(olga)
    browser.post("/calls/by-hand/", {"phone": "доб. 12", "key": "k-1"})
    contact = Contact.objects.get()
    assert contact.phone == "доб. 12"
    browser.post(f"/calls/{contact.pk}/identify/", {"subscriber": home.subscribers[0].pk})
    assert "необычный номер" in shown(browser, contact)


@pytest.mark.parametrize(
    ("number", "said"),
    [(MOBILE, ""), ("+78124700000", ""), ("", ""), (GERMAN, "DE"), ("+77011234567", "KZ"), ("55", "?"), ("+7", "?")],
)
def test_what_is_strange_about_a_number(number: str, said: str) -> None:
    assert phones.oddity(number) == said


def test_a_call_that_was_lost_is_a_screen_like_any_other(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    Phone.objects.filter(subscriber=home.subscribers[0]).update(number=MOBILE)
    ring = line.ring(MOBILE)
    at_noon.shift(timedelta(seconds=40))
    line.hang_up(ring, MOBILE, cause="cancel")
    contact = Contact.objects.get()
    page = shown(browser, contact)
    assert "Потерян" in page and home.subscribers[0].name_masked in page and home.building.title in page
    browser.post(f"/calls/{contact.pk}/topic/", {"topic": "no_internet"})
    assert browser.post(f"/calls/{contact.pk}/close/", {"outcome": "call_back"}).status_code == 302
    assert CallBack.objects.get().phone == MOBILE


def test_planned_works_are_read_out_while_they_go_on(
    at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser
) -> None:
    home, there, line, browser = house(), house("23"), pbx(), signed_in(olga)
    ends = NOW + timedelta(hours=2)
    said = {"starts_at": NOW, "ends_at": ends, "text": "Меняем кабель, до двух не работает"}
    incidents.announce_works(buildings=[home.building], by=sergey, **said)
    contact = talks_to(olga, line, home.phone(0))
    page = shown(browser, contact)
    assert "Плановые работы до" in page and "Меняем кабель" in page
    assert "Плановые работы до" not in shown(browser, talks_to(olga, line, there.phone(0)))
    at_noon.move_to(ends + timedelta(hours=1))
    assert "Плановые работы до" not in shown(browser, contact)
