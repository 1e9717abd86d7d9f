"""A call that nobody wrapped up is a defect in sight of its operator, her lead and the supervisor, until it ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from contactcenter.sweep import sweep
from contacts.models import Contact
from firstline.models import CallBack
from staff.models import User
from tests.conftest import NOW
from tests.factories.line import Pbx, pbx
from tests.factories.town import house
from tests.firstline.test_calls import talks_to
from tests.firstline.test_people import PAGE, talked
from tests.refusals import refused

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
LIST = "/calls/unfinished/"


def cells(page: str, who: User) -> list[str]:
    """Contacts today, without an outcome, seconds after a call: her row on the lead's page."""
    row = page[page.index(who.title, page.index("<tbody>")) :].split("</tr>")[0]
    return [cell.split(">", 1)[1].split("<")[0] for cell in row.split("<td")[3:]]


def test_yesterdays_call_without_an_outcome_is_still_in_sight(
    at_noon: time_machine.Traveller, olga: User, larisa: User, vera: User, signed_in: Browser
) -> None:
    home, line = house(), pbx()
    contact = talked(olga, line, home.phone(0))
    at_noon.shift(timedelta(hours=30))
    assert list(signed_in(olga).get("/calls/").context["unfinished"]) == [contact]
    assert cells(signed_in(larisa).get(PAGE).content.decode(), olga)[:2] == ["0", "1"]
    overview = signed_in(vera).get("/overview/")
    assert overview.context["overview"].without_outcome == 1
    assert f'href="{LIST}"' in overview.content.decode()
    for who in (larisa, vera):
        assert f'href="/calls/{contact.pk}/"' in signed_in(who).get(LIST).content.decode()
    signed_in(olga).post(f"/calls/{contact.pk}/close/", {"outcome": "answered", "topic": "tariff"})
    assert signed_in(vera).get("/overview/").context["overview"].without_outcome == 0
    assert "У каждого звонка есть итог" in signed_in(vera).get(LIST).content.decode()


def test_a_call_on_the_line_is_no_defect_until_its_end_is_overdue(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    talks_to(olga, pbx(), house().phone(0))
    browser = signed_in(vera)
    assert browser.get("/overview/").context["overview"].without_outcome == 0
    at_noon.shift(timedelta(hours=4))  # the exchange has forgotten to say that it ended
    assert browser.get("/overview/").context["overview"].without_outcome == 1


def test_only_who_leads_has_the_list(olga: User, sergey: User, anna: User, signed_in: Browser) -> None:
    assert [signed_in(who).get(LIST).status_code for who in (olga, sergey, anna)] == [403, 403, 403]


@pytest.mark.parametrize("outcome", ["answered", "solved", "handed_over", "call_back"])
def test_nothing_ends_without_a_topic(
    outcome: str, at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    contact = talks_to(olga, pbx(), house().phone(0))
    assert "Выберите тему" in refused(signed_in(olga), f"/calls/{contact.pk}/close/", {"outcome": outcome})
    contact.refresh_from_db()
    assert (contact.outcome, CallBack.objects.count()) == ("", 0)


@pytest.mark.parametrize("outcome", ["dropped", "not_ours"])
def test_a_broken_line_and_a_wrong_number_need_none(
    outcome: str, at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    contact = talks_to(olga, pbx(), house().phone(0))
    assert signed_in(olga).post(f"/calls/{contact.pk}/close/", {"outcome": outcome}).status_code == 302


def test_a_ticket_needs_a_topic_too_and_the_database_knows(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    contact = talks_to(olga, pbx(), house().phone(0))
    said = {"desk": "support", "subject": "Нет сети", "warm": "1"}
    assert "Выберите тему" in refused(signed_in(olga), f"/calls/{contact.pk}/ticket/", said)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(outcome="ticket", closed_at=NOW)


def lost(line: Pbx, number: str, at: time_machine.Traveller, seconds: int) -> Contact:
    ring = line.ring(number)
    at.shift(timedelta(seconds=seconds))
    line.hang_up(ring, number, cause="cancel")
    return Contact.objects.latest("pk")


def test_who_gave_up_and_was_answered_before_the_sweep_is_promised_nothing(
    at_noon: time_machine.Traveller, olga: User
) -> None:
    home, line = house(), pbx()
    contact = lost(line, home.phone(0), at_noon, seconds=25)
    at_noon.shift(timedelta(seconds=1))
    talks_to(olga, line, home.phone(0))
    sweep()
    contact.refresh_from_db()
    assert (contact.outcome, CallBack.objects.count()) == ("dropped", 0)


def test_a_loss_that_is_reported_a_day_late_ends_without_a_promise(at_noon: time_machine.Traveller) -> None:
    contact = lost(pbx(), house().phone(0), at_noon, seconds=25)
    at_noon.shift(timedelta(hours=25))
    sweep()
    contact.refresh_from_db()
    assert (contact.outcome, CallBack.objects.count()) == ("dropped", 0)


def test_a_lunch_after_a_call_is_no_work_after_a_call(
    at_noon: time_machine.Traveller, olga: User, larisa: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    for n, seconds in enumerate((20, 3600)):
        contact = talked(olga, line, home.phone(n))
        at_noon.shift(timedelta(seconds=seconds))
        browser.post(f"/calls/{contact.pk}/close/", {"outcome": "answered", "topic": "tariff"})
    assert cells(signed_in(larisa).get(PAGE).content.decode(), olga) == ["2", "0", "70 с"], "of 20 s and at most 120 s"
    contact.refresh_from_db()
    assert contact.closed_at == NOW + timedelta(seconds=3620), "the raw fact is kept"
