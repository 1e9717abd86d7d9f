"""The lead reads what her people answered, and nothing of other desks and channels."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import clock
from contacts import actions as contacts
from contacts.models import Contact, Topic
from customers.models import Subscriber
from firstline import actions as firstline
from staff.actions import issue_api_key
from staff.models import User
from tests.factories.line import Pbx, pbx
from tests.factories.town import house
from tests.firstline.test_calls import shown

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
PAGE = "/calls/people/contacts/"


def answered(who: User, line: Pbx, number: str, clock_: time_machine.Traveller) -> Contact:
    """Waited 5 seconds, talked 40."""
    call = line.ring(number)
    clock_.shift(timedelta(seconds=5))
    line.answer(call, number, user=who.extension)
    clock_.shift(timedelta(seconds=40))
    line.hang_up(call, number)
    return Contact.objects.latest("pk")


def rows(browser: Client, query: str = "") -> list[list[str]]:
    page = browser.get(f"{PAGE}?{query}").content.decode()
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in body.split("</tr>") if "<td" in row]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def test_she_reads_who_answered_what_and_how_long_it_took(
    at_noon: time_machine.Traveller, olga: User, irina: User, larisa: User, sergey: User, signed_in: Browser
) -> None:
    home, line = house(), pbx()
    topic = Topic.objects.get(code="payment_terminal")
    first = answered(olga, line, home.phone(0), at_noon)
    at_noon.shift(timedelta(seconds=8))
    firstline.wrap_up(contact=first, outcome="answered", note="", topic=topic, by=olga)
    answered(irina, line, home.phone(1), at_noon)
    answered(sergey, line, home.phone(2), at_noon)
    browser = signed_in(larisa)
    found = rows(browser)
    assert [row[1:] for row in found] == [
        [irina.title, home.subscribers[1].name_masked, "—", "Без итога", "5 с", "40 с", "—"],
        [olga.title, home.subscribers[0].name_masked, topic.title, "Ответили", "5 с", "40 с", "8 с"],
    ]
    assert [row[1] for row in rows(browser, f"who={olga.pk}")] == [olga.title]
    assert [row[1] for row in rows(browser, "outcome=none")] == [irina.title]
    assert [row[1] for row in rows(browser, "outcome=answered&topic=payment_terminal&day=2026-03-04")] == [olga.title]
    assert "подходит" in str(rows(browser, "day=2026-03-03"))
    assert len(rows(browser, "who=x&day=2026-99-99&topic=%27&outcome=zz&page=zz")) == 2
    people = browser.get("/calls/people/").content.decode()
    assert f'href="{PAGE}?who={olga.pk}"' in people
    assert [signed_in(who).get(PAGE).status_code for who in (olga, sergey)] == [403, 403]


def test_twenty_stand_on_a_page_and_cost_what_three_do(
    at_noon: time_machine.Traveller, olga: User, larisa: User, signed_in: Browser
) -> None:
    home, line, browser = house(flats=30), pbx(), signed_in(larisa)
    costs = []
    for numbers in (range(3), range(3, 30)):
        for n in numbers:
            answered(olga, line, home.phone(n), at_noon)
        with CaptureQueriesContext(connection) as asked:
            assert len(rows(browser)) == min(20, numbers[-1] + 1)
        costs.append(len(asked))
    assert costs[0] + 1 >= costs[1], "a count is asked for where there are more pages"
    assert len(rows(browser, "page=2")) == 10


def test_contacts_of_other_desks_and_channels_are_not_the_outsourcers(
    at_noon: time_machine.Traveller, olga: User, larisa: User, sergey: User, signed_in: Browser
) -> None:
    home, line = house(), pbx()
    hers = answered(olga, line, home.phone(0), at_noon)
    theirs = answered(sergey, line, home.phone(1), at_noon)
    contacts.set_topic(contact=theirs, topic=Topic.objects.get(code="no_internet"), by=sergey)
    contacts.close(contact=theirs, outcome="solved", by=sergey)
    line.ring(home.phone(2))
    waiting = Contact.objects.latest("pk")
    written = Contact.objects.create(channel="vk", key="vk:1", at=clock.now(), subscriber=home.subscribers[3])
    for who in (olga, larisa):
        browser = signed_in(who)
        api = Client(headers={"Authorization": f"Token {issue_api_key(user=who, name='test')}"})
        listed = {row["id"] for row in api.get("/api/v1/contacts/").json()["results"]}
        assert listed == {hers.pk, waiting.pk}
        for one, status in ((hers, 200), (waiting, 200), (theirs, 404), (written, 404)):
            paths = (f"/calls/{one.pk}/", f"/scripts/contacts/{one.pk}/", f"/knowledge/contacts/{one.pk}/")
            assert {browser.get(path).status_code for path in paths} == {status}
            assert api.get(f"/api/v1/contacts/{one.pk}/").status_code == status
    assert signed_in(sergey).get(f"/calls/{theirs.pk}/").status_code == 200


def test_an_open_card_tells_of_every_desks_contacts_when_about_what_and_how_it_ended(
    at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser
) -> None:
    home, line = house(), pbx()
    someone: Subscriber = home.subscribers[0]
    theirs = answered(sergey, line, home.phone(0), at_noon)
    contacts.set_topic(contact=theirs, topic=Topic.objects.get(code="no_internet"), by=sergey)
    contacts.close(contact=theirs, outcome="solved", note="Пароль от роутера 12345", by=sergey)
    at_noon.shift(timedelta(hours=4))
    now, browser = answered(olga, line, home.phone(0), at_noon), signed_in(olga)
    aside = shown(browser, now).split("<aside")[1]
    assert "Первое обращение" in aside
    firstline.verify(contact=now, said=someone.account, by=olga)
    page = shown(browser, now)
    assert "Первое обращение" not in page.split("<aside")[1]
    assert "Решено" in page.split("<aside")[1] and "Пароль от роутера" not in page
