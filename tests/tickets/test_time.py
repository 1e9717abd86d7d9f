"""How long a ticket was worked on: what its page noticed, and what people wrote down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from staff.models import User
from tests.tickets.talk import home, opened
from tests.tickets.test_api import Caller
from tickets import actions, queries
from tickets.models import Handling, Ticket, TimeEntry

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def looks(browser: Client, ticket: Ticket, at: time_machine.Traveller, seconds: int, **said: object) -> None:
    """His page says that it is there, and again after so many seconds."""
    at.shift(timedelta(seconds=seconds))
    browser.post(f"/tickets/{ticket.number}/presence/", said)


def seconds(ticket: Ticket, user: User) -> int:
    return sum(Handling.objects.filter(ticket=ticket, user=user).values_list("seconds", flat=True))


def test_time_counts_while_one_works_and_not_while_one_is_away(
    at_noon: time_machine.Traveller, sergey: User, vera: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    looks(browser, ticket, at_noon, 0, active=1)
    assert seconds(ticket, sergey) == 0
    looks(browser, ticket, at_noon, 20, active=1)
    looks(browser, ticket, at_noon, 5, active=1, typing="reply")
    looks(browser, ticket, at_noon, 0, active=1)  # a second window of his says so too
    assert seconds(ticket, sergey) == 25
    looks(browser, ticket, at_noon, 20)  # the page is there, its person is not
    assert seconds(ticket, sergey) == 25
    looks(browser, ticket, at_noon, 600, active=1)  # the machine slept
    assert seconds(ticket, sergey) == 25
    looks(browser, ticket, at_noon, 20, active=1)
    browser.post(f"/tickets/{ticket.number}/leave/")
    looks(browser, ticket, at_noon, 20, active=1)
    assert seconds(ticket, sergey) == 45
    looks(signed_in(vera), ticket, at_noon, 0, active=1)
    assert seconds(ticket, vera) == 0


def test_each_day_has_its_own_row(at_noon: time_machine.Traveller, sergey: User, signed_in: Browser) -> None:
    ticket = opened(sergey, home())
    for wait in (0, 24 * 3600):
        at_noon.shift(timedelta(seconds=wait))
        browser = signed_in(sergey)
        looks(browser, ticket, at_noon, 0, active=1)
        looks(browser, ticket, at_noon, 20, active=1)
        looks(browser, ticket, at_noon, 20, active=1)
    assert [one.seconds for one in Handling.objects.order_by("day")] == [40, 40]


def test_minutes_are_written_down_and_taken_back_by_their_writer(sergey: User, vera: User, signed_in: Browser) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"/tickets/{ticket.number}/time/"
    assert "ещё не работали" in browser.get(path).content.decode()
    page = browser.post(f"{path}add/", {"minutes": "90", "note": "Звонил на завод, карта 4111 1111 1111 1111"})
    words = page.content.decode()
    assert "1:30" in words and "4111 1111" not in words
    entry = TimeEntry.objects.get()
    for wrong in ("0", "-5", "1441", "пять", "", "9" * 30):
        refused = browser.post(f"{path}add/", {"minutes": wrong, "note": "Слова"})
        assert (refused.status_code, "Слова" in refused.content.decode()) == (422, True), wrong
    assert signed_in(vera).post(f"{path}{entry.pk}/take-back/", headers={"HX-Request": "true"}).status_code == 422
    browser.post(f"{path}{entry.pk}/take-back/")
    again = browser.post(f"{path}{entry.pk}/take-back/", headers={"HX-Request": "true"})
    assert again.status_code == 422
    spent = queries.time_spent(ticket)
    assert (spent.shown, spent.people[0].minutes) == ("0:00", 0)
    assert TimeEntry.objects.count() == 2, "both stay to be read"
    history = browser.get(f"/tickets/{ticket.number}/history/").content.decode()
    assert "записано время" in history and "запись времени отменена" in history


def test_the_database_refuses_time_that_cannot_be(sergey: User) -> None:
    ticket = opened(sergey, home())
    made = actions.add_time(ticket=ticket, minutes=5, by=sergey)
    for facts in ({"minutes": 0}, {"minutes": -5}, {"minutes": 1441}, {"minutes": 5, "takes_back": made}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TimeEntry.objects.create(ticket=ticket, user=sergey, **facts)


def test_time_over_rest(sergey: User, vera: User) -> None:
    ticket, api = opened(sergey, home()), Caller(sergey)
    made = api.send("post", f"{ticket.number}/time/", {"minutes": 15, "note": "Письмо"}).json()
    assert api.send("post", f"{ticket.number}/time/", {"minutes": 0}).status_code == 400
    told = api.client.get(f"/api/v1/tickets/{ticket.number}/time/").json()
    assert [(one["user"], one["minutes"]) for one in told["people"]] == [(sergey.pk, 15)]
    assert Caller(vera).client.delete(f"/api/v1/tickets/{ticket.number}/time/{made['id']}/").status_code == 422
    assert api.client.delete(f"/api/v1/tickets/{ticket.number}/time/{made['id']}/").status_code == 204
    assert api.client.get(f"/api/v1/tickets/{ticket.number}/time/").json()["people"][0]["minutes"] == 0
