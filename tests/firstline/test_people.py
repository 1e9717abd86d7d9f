"""The lead sees her people, what they do now and what they did today: and nobody else's."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from contacts.models import Contact
from staff.actions import set_presence
from staff.models import User
from tests.factories.line import Pbx, pbx
from tests.factories.town import house

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
PAGE = "/calls/people/"


def talked(olga: User, line: Pbx, number: str) -> Contact:
    call = line.ring(number)
    line.answer(call, number, user=olga.extension)
    line.hang_up(call, number)
    return Contact.objects.latest("pk")


def test_the_lead_sees_who_is_there_and_what_is_left_undone(
    at_noon: time_machine.Traveller, olga: User, larisa: User, sergey: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    set_presence(user=olga, state="break", reason="lunch", by=olga)
    first = talked(olga, line, home.phone(0))
    at_noon.shift(timedelta(seconds=8))
    browser.post(f"/calls/{first.pk}/close/", {"outcome": "answered", "topic": "tariff"})
    talked(olga, line, home.phone(1))
    page = signed_in(larisa).get(PAGE).content.decode()
    row = page[page.index(olga.title, page.index("<tbody>")) :].split("</tr>")[0]
    cells = [cell.split(">", 1)[1].split("<")[0] for cell in row.split("<td")[3:]]
    assert cells == ["2", "1", "8 с"], "contacts, without an outcome, seconds after a call"
    assert "Обед" in row
    assert sergey.title not in page, "our own people are not the outsourcer's business"
    assert home.phone(0) not in page


def test_nobody_else_has_the_page(olga: User, sergey: User, anna: User, vera: User, signed_in: Browser) -> None:
    assert [signed_in(who).get(PAGE).status_code for who in (olga, sergey, anna, vera)] == [403, 403, 403, 200]


def test_a_lead_who_begins_alone_reads_a_page_and_not_an_error(larisa: User, signed_in: Browser) -> None:
    page = signed_in(larisa).get(PAGE).content.decode()
    assert larisa.title in page and "Нет на месте" in page
