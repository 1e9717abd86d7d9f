"""Planned works: announced, told to callers, called off; what makes no sense is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from contacts.models import Contact
from incidents.models import Incident, PlannedWorks
from staff.models import User
from tests.factories.line import pbx
from tests.factories.town import House, house, node
from tests.incidents.test_spike_to_visit import neighbours_call

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
TODAY = {"starts_at": "2026-03-04T11:00", "ends_at": "2026-03-04T15:00", "text": "Меняем коммутатор"}


def tells(browser: Client, home: House) -> bool:
    """Does the call screen say why it is quiet there?"""
    pbx().ring(home.phone(0))
    page = browser.get(f"/calls/{Contact.objects.latest('pk').pk}/").content.decode()
    return TODAY["text"] in page


def test_works_on_a_house_are_told_there_and_nowhere_else_until_they_are_called_off(
    at_noon: time_machine.Traveller, sergey: User, olga: User, signed_in: Browser
) -> None:
    home, other = house("21"), house("23")
    browser, operator = signed_in(sergey), signed_in(olga)
    reply = browser.post("/incidents/works/announce/", {**TODAY, "houses": "Оранжерейная 21\n"})
    assert reply.headers["Location"] == "/incidents/works/"
    works = PlannedWorks.objects.get()
    assert (works.scope_kind, list(works.buildings.all()), works.announced_by) == ("building", [home.building], sergey)
    assert works.starts_at == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
    assert TODAY["text"] in operator.get("/incidents/works/").content.decode()
    assert (tells(operator, home), tells(operator, other)) == (True, False)
    for _ in range(2):
        browser.post(f"/incidents/works/{works.pk}/cancel/")
    works.refresh_from_db()
    assert works.cancelled_at is not None
    assert [(event.kind, event.by_user) for event in works.history.all()] == [
        ("announced", sergey),
        ("cancelled", sergey),
    ]
    assert not tells(operator, home)


def test_works_on_a_node_keep_every_house_below_it_quiet_and_end_by_themselves(
    at_noon: time_machine.Traveller, sergey: User, olga: User, signed_in: Browser
) -> None:
    below = node("AGG-7")
    home, elsewhere = house("21", flats=60, on=below), house("23", on=node("AGG-8"))
    signed_in(sergey).post("/incidents/works/announce/", {**TODAY, "node": below.pk})
    works = PlannedWorks.objects.get()
    assert (works.scope_kind, works.node) == ("node", below)
    operator = signed_in(olga)
    assert (tells(operator, home), tells(operator, elsewhere)) == (True, False)
    neighbours_call(pbx(), home, 8, at_noon, "no_internet")
    assert not Incident.objects.exists()
    at_noon.shift(timedelta(hours=5))
    assert not tells(operator, home)


def test_once_called_off_the_detector_listens_again(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    home, browser = house(flats=60), signed_in(sergey)
    browser.post("/incidents/works/announce/", {**TODAY, "houses": "Оранжерейная 21"})
    browser.post(f"/incidents/works/{PlannedWorks.objects.get().pk}/cancel/")
    neighbours_call(pbx(), home, 8, at_noon, "no_internet")
    assert Incident.objects.get().building == home.building


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"houses": "Небывалая 1"},
        {"houses": "Оранжерейная 2"},
        {"houses": "Оранжерейная 21", "ends_at": "2026-03-04T10:00"},
        {"houses": "Оранжерейная 21", "starts_at": "2026-03-03T10:00", "ends_at": "2026-03-03T12:00"},
        {"houses": "Оранжерейная 21", "starts_at": "завтра"},
        {"houses": "Оранжерейная 21", "text": ""},
        {"node": "999999"},
    ],
    ids=["nowhere", "no-such-house", "several-fit", "ends-first", "over", "no-time", "no-words", "no-such-node"],
)
def test_works_that_make_no_sense_are_refused(
    wrong: dict[str, str], at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    house("21")
    house("23")
    reply = signed_in(sergey).post("/incidents/works/announce/", {**TODAY, **wrong})
    assert reply.status_code == 422
    form = reply.context["form"]
    assert form.errors
    assert form["text"].value() == wrong.get("text", TODAY["text"])  # nothing that was typed is lost
    assert not PlannedWorks.objects.exists()


def test_who_only_looks_announces_and_calls_off_nothing(
    at_noon: time_machine.Traveller, sergey: User, olga: User, dmitry: User, signed_in: Browser
) -> None:
    house("21")
    form = {**TODAY, "houses": "Оранжерейная 21"}
    signed_in(sergey).post("/incidents/works/announce/", form)
    works = PlannedWorks.objects.get()
    for user in (olga, dmitry):
        assert signed_in(user).post("/incidents/works/announce/", form).status_code == 403
        assert signed_in(user).post(f"/incidents/works/{works.pk}/cancel/").status_code == 403
    works.refresh_from_db()
    assert (PlannedWorks.objects.count(), works.cancelled_at) == (1, None)
