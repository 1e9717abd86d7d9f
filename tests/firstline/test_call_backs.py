"""People who are to be called: nobody is forgotten, nobody is called twice, the number stays hidden."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from contactcenter.sweep import sweep
from contacts.models import Contact
from firstline import actions
from firstline.models import CallBack
from staff.models import User
from tests.factories.line import Pbx, pbx
from tests.factories.town import house
from tests.races.together import errors, together

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
ALL = "/calls/call-backs/"


def gives_up(line: Pbx, number: str, at: time_machine.Traveller, seconds: int = 25) -> Contact:
    """Rings, waits, hangs up; the sweep comes by."""
    ring = line.ring(number)
    at.shift(timedelta(seconds=seconds))
    line.hang_up(ring, number, cause="cancel")
    sweep()
    return Contact.objects.latest("pk")


def test_whoever_gives_up_is_called_back_within_a_quarter_of_an_hour(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    assert "Перезванивать некому" in browser.get(ALL).content.decode()
    contact = gives_up(line, home.phone(0), at_noon)
    assert (contact.outcome, contact.history.get(kind="closed").by_system) == ("call_back", "sweep")
    one = CallBack.objects.get()
    assert (one.subscriber, one.building, one.missed) == (home.subscribers[0], home.building, 1)
    gives_up(line, home.phone(0), at_noon)
    one.refresh_from_db()
    assert (CallBack.objects.count(), one.missed) == (1, 2)
    page = browser.get(ALL).content.decode()
    assert "Не дозвонился" in page and "2 раза" in page
    assert home.phone(0) not in page and home.phone(0)[-10:] not in page
    assert "Перезвонить" in browser.get("/calls/").content.decode()
    page = browser.post(f"{ALL}{one.pk}/take/", headers=HTMX).content.decode()
    assert one.dial in page and "Ольга" in page
    page = browser.post(f"{ALL}{one.pk}/finish/", {"result": "reached"}, headers=HTMX).content.decode()
    assert "Завершены сегодня" in page and "Дозвонились" in page
    assert browser.post(f"{ALL}{one.pk}/take/", headers=HTMX).status_code == 422


def test_the_exchange_learns_the_number_behind_the_code_and_the_operator_does_not(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, line = house(), pbx()
    gives_up(line, home.phone(0), at_noon)
    one = CallBack.objects.get()
    at_noon.shift(timedelta(minutes=1))
    out = partial(line.send, caller="101", to=one.dial, direction="out")
    assert out("newCall", "out-1").json() == {"action": "dial", "caller_id": "", "number": home.phone(0)}
    assert line.send("newCall", "out-2", "101", to="*7000000x", direction="out").json() == {}
    out("answer", "out-1", user="olga")
    sweep()
    one.refresh_from_db()
    assert one.result == "reached"
    assert out("newCall", "out-3").json() == {}, "the code is used up"


def test_who_called_again_and_was_answered_is_not_called(at_noon: time_machine.Traveller, olga: User) -> None:
    home, line = house(), pbx()
    gives_up(line, home.phone(0), at_noon)
    at_noon.shift(timedelta(minutes=2))
    ring = line.ring(home.phone(0))
    line.answer(ring, home.phone(0))
    sweep()
    one = CallBack.objects.get()
    assert (one.result, one.ended_by) == ("came_back", Contact.objects.latest("pk"))
    assert one.history.get(kind="done").by_system == "sweep"


def test_the_same_person_from_another_phone_counts(at_noon: time_machine.Traveller, olga: User) -> None:
    from contacts import actions as contacts

    home, line = house(), pbx()
    gives_up(line, home.phone(0), at_noon)
    at_noon.shift(timedelta(minutes=1))
    ring = line.ring("+79115550001")
    line.answer(ring, "+79115550001")
    contacts.identify(contact=Contact.objects.latest("pk"), subscriber=home.subscribers[0], by=olga)
    sweep()
    assert CallBack.objects.get().result == "came_back"


@pytest.mark.parametrize("number", ["anonymous", "101"])
def test_a_hidden_number_cannot_be_called_and_leaves_no_task(number: str, at_noon: time_machine.Traveller) -> None:
    contact = gives_up(pbx(), number, at_noon)
    assert (contact.outcome, CallBack.objects.count()) == ("dropped", 0)


def test_who_hung_up_at_once_had_misdialled(at_noon: time_machine.Traveller) -> None:
    contact = gives_up(pbx(), house().phone(0), at_noon, seconds=3)
    assert (contact.outcome, CallBack.objects.count()) == ("dropped", 0)
    assert contact.history.get(kind="closed").by_system == "sweep"


def test_a_promise_given_on_the_line_is_kept(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    ring = line.ring(home.phone(0))
    line.answer(ring, home.phone(0))
    contact = Contact.objects.latest("pk")
    said = {"outcome": "call_back", "note": "Про тариф", "call_back_at": "2026-03-04T01:00", "topic": "tariff"}
    assert browser.post(f"/calls/{contact.pk}/close/", said, headers=HTMX).status_code == 422, "it is over"
    contact.refresh_from_db()
    assert contact.closed_at is None
    at = (at_noon_local() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    browser.post(f"/calls/{contact.pk}/close/", {**said, "call_back_at": at})
    one = CallBack.objects.get()
    assert (one.why, one.note, one.due_at - one.opened_at) == ("asked", "Про тариф", timedelta(hours=3))


def at_noon_local() -> datetime:
    from django.utils import timezone

    from common import clock

    return timezone.localtime(clock.now())


def test_nobody_answers_three_times_and_it_is_over(
    at_noon: time_machine.Traveller, olga: User, larisa: User, signed_in: Browser
) -> None:
    gives_up(pbx(), house().phone(0), at_noon)
    one, browser = CallBack.objects.get(), signed_in(olga)
    browser.post(f"{ALL}{one.pk}/take/")
    browser.post(f"{ALL}{one.pk}/nobody/")
    one.refresh_from_db()
    assert (one.tries, one.owner, one.done_at) == (1, None, None)
    assert "не дозвонились 1 раз" in browser.get(ALL).content.decode()
    browser.post(f"{ALL}{one.pk}/take/")
    assert signed_in(larisa).post(f"{ALL}{one.pk}/release/").status_code == 302
    for wrong in ("вчера", "0001-01-01T00:00", "9999-12-31T23:59", "2026-13-45T99:99", ""):
        assert browser.post(f"{ALL}{one.pk}/put-off/", {"due_at": wrong}, headers=HTMX).status_code == 422, wrong
    browser.post(f"{ALL}{one.pk}/put-off/", {"due_at": f"{at_noon_local() + timedelta(hours=1):%Y-%m-%dT%H:%M}"})
    for _ in range(2):
        browser.post(f"{ALL}{one.pk}/nobody/")
    one.refresh_from_db()
    assert (one.result, one.tries) == ("not_reached", 3)


def test_the_database_keeps_one_open_promise_a_number(at_noon: time_machine.Traveller) -> None:
    contact = gives_up(pbx(), house().phone(0), at_noon)
    one = CallBack.objects.get()
    facts = {"contact": contact, "why": "missed", "due_at": one.due_at}
    for wrong in (
        {"phone": one.phone, "code": "999999"},
        {"phone": "+79115550002", "code": one.code},
        {"phone": "anonymous", "code": "999999"},
        {"phone": "+79115550002", "code": "999999", "result": "reached"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CallBack.objects.create(**facts, **wrong)


def test_masters_and_accountants_have_no_such_page(maxim: User, anna: User, signed_in: Browser) -> None:
    for who in (maxim, anna):
        assert signed_in(who).get(ALL).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_promise_once_and_two_hands_take_once(olga: User, larisa: User) -> None:
    home, line = house(), pbx()
    rings = [line.ring(home.phone(n)) for n in range(6)]
    with time_machine.travel(at_noon_local() + timedelta(seconds=30)):
        for n, ring in enumerate(rings):
            line.hang_up(ring, home.phone(n), cause="cancel")
        assert errors(together(*[actions.catch_missed for _ in range(3)])) == []
        assert CallBack.objects.count() == 6
        one = CallBack.objects.all()[0]
        outcomes = together(*[partial(actions.take_call_back, call_back=one, by=who) for who in (olga, larisa)])
        assert [type(error) for error in errors(outcomes)] == [actions.AlreadyTaken]


def test_who_was_reached_gets_a_topic_and_an_outcome_by_the_ordinary_wrap_up(
    at_noon: time_machine.Traveller, olga: User, irina: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    missed = gives_up(line, home.phone(0), at_noon)
    one, path = CallBack.objects.get(), f"{ALL}{CallBack.objects.get().pk}/"
    assert f'href="/calls/{missed.pk}/"' in browser.get(ALL).content.decode()
    browser.post(f"{path}take/")
    assert signed_in(irina).post(f"{path}reached/", headers=HTMX).status_code == 422, "Olga is calling"
    replies = [browser.post(f"{path}reached/")["Location"] for _ in range(2)]  # an impatient hand
    talk = Contact.objects.exclude(pk=missed.pk).get()
    assert replies == [f"/calls/{talk.pk}/"] * 2
    assert (talk.subscriber, talk.phone, talk.handled_by) == (home.subscribers[0], home.phone(0), olga)
    browser.post(f"/calls/{talk.pk}/topic/", {"topic": "payment_terminal"})
    browser.post(f"/calls/{talk.pk}/close/", {"outcome": "dropped"})
    one.refresh_from_db()
    assert one.done_at is None, "the line dropped: he is still to be called"
    later = browser.post(f"{path}reached/")["Location"]
    assert later != replies[0]
    browser.post(f"{later}close/", {"topic": "payment_terminal", "outcome": "answered"})
    one.refresh_from_db()
    missed.refresh_from_db()
    assert (one.result, one.done_by, f"/calls/{one.ended_by_id}/") == ("reached", olga, later)
    assert missed.outcome == "call_back"


def test_what_the_exchange_has_settled_can_still_be_written_up(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(olga)
    gives_up(line, home.phone(0), at_noon)
    one = CallBack.objects.get()
    browser.post(f"{ALL}{one.pk}/take/")
    at_noon.shift(timedelta(minutes=1))
    line.send("newCall", "out-9", "101", to=one.dial, direction="out")
    line.send("answer", "out-9", "101", to=one.dial, direction="out", user="olga")
    sweep()
    assert "Записать разговор" in browser.get(ALL).content.decode()
    talk = browser.post(f"{ALL}{one.pk}/reached/")["Location"]
    browser.post(f"{talk}close/", {"outcome": "solved"})
    one.refresh_from_db()
    assert (one.result, f"/calls/{one.ended_by_id}/") == ("reached", talk)
    assert "Записать разговор" not in browser.get(ALL).content.decode()
