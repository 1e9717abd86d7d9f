"""The board of visits at night, and a visit that failed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from dispatch import actions
from dispatch.models import Visit
from incidents import actions as incidents
from incidents.models import Incident
from staff.models import User
from tests.conftest import NOW
from tests.factories.town import House, house
from tests.incidents.test_spike_to_visit import on_shift

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def opened(home: House, by: User) -> Visit:
    incident = Incident.objects.create(scope_kind="building", building=home.building, started_at=NOW)
    incidents.confirm(incident=incident, by=by)
    return Visit.objects.get(incident=incident)


def test_a_failed_visit_names_its_cause(
    at_noon: time_machine.Traveller, maxim: User, sergey: User, signed_in: Browser
) -> None:
    on_shift(maxim)
    visit = opened(house(), sergey)
    phone = signed_in(maxim)
    for step in ("accept", "set_out", "arrive"):
        phone.post(f"/visits/today/{visit.pk}/{step}/")
    phone.post(f"/visits/today/{visit.pk}/fail/", {"cause": "cable"})  # a cause of success is none of failure
    visit.refresh_from_db()
    assert visit.state == "on_site"
    phone.post(f"/visits/today/{visit.pk}/fail/", {"cause": "no_access", "report": "Подвал закрыт"})
    visit.refresh_from_db()
    assert (visit.state, visit.cause) == ("failed", "no_access")


def test_the_night_is_shown_when_something_stands_in_it(
    at_noon: time_machine.Traveller, maxim: User, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    master, browser = on_shift(maxim), signed_in(dmitry)
    assert browser.get("/visits/").context["is_whole_day"] is False
    visit = opened(house(), sergey)
    actions.reschedule(visit=visit, master=master, start=NOW + timedelta(hours=10, minutes=30), by=dmitry)
    assert browser.get("/visits/").context["is_whole_day"] is True
    for odd in ("?day=x", "?day=99", "?visit=x", "?visit=999999", "?hours=x", "?visit=" + "9" * 30):
        assert browser.get(f"/visits/{odd}").status_code == 200
