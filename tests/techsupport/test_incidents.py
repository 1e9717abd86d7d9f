"""Technical support verifies, tells and ends: over the pages, with what follows elsewhere."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from dispatch.models import Visit
from incidents.models import Incident, PlannedWorks
from staff.models import User
from tests.conftest import NOW
from tests.factories.line import pbx
from tests.factories.town import house
from tests.incidents.test_spike_to_visit import on_shift

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def suspicion() -> Incident:
    return Incident.objects.create(scope_kind="building", building=house().building, started_at=NOW)


def test_a_suspicion_confirmed_sends_a_master_and_a_second_press_changes_nothing(
    at_noon: time_machine.Traveller, maxim: User, sergey: User, signed_in: Browser
) -> None:
    incident, browser = suspicion(), signed_in(sergey)
    on_shift(maxim)
    for _ in range(2):
        assert browser.post(f"/incidents/{incident.pk}/confirm/").status_code == 302
    incident.refresh_from_db()
    assert incident.state == "open"
    assert Visit.objects.get().state == "scheduled"
    assert incident.history.filter(kind="opened", by_user=sergey).count() == 1


def test_a_dismissed_one_calls_the_master_back(
    at_noon: time_machine.Traveller, maxim: User, sergey: User, signed_in: Browser
) -> None:
    incident, browser = suspicion(), signed_in(sergey)
    on_shift(maxim)
    browser.post(f"/incidents/{incident.pk}/confirm/")
    browser.post(f"/incidents/{incident.pk}/dismiss/")
    incident.refresh_from_db()
    assert (incident.state, incident.resolution, Visit.objects.get().state) == ("closed", "dismissed", "cancelled")


def test_what_is_told_reaches_the_line_and_the_operator_until_the_service_is_back(
    at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(sergey)
    incident = Incident.objects.create(scope_kind="building", building=home.building, started_at=NOW)
    browser.post(f"/incidents/{incident.pk}/confirm/")
    told = {"public_text": "Меняем кабель", "eta": "2026-03-04T15:30", "next_update_at": "2026-03-04T13:00"}
    assert browser.post(f"/incidents/{incident.pk}/tell/", told).status_code == 302
    reply = json.loads(line.send("newCall", "call-a", home.phone(0)).content)
    assert (reply["action"], reply["incident"]["text"]) == ("announce", "Меняем кабель")
    page = signed_in(olga).get("/calls/", headers={"Accept-Language": "ru"}).content.decode()
    assert "Меняем кабель" in page
    assert "15:30" in page

    browser.post(f"/incidents/{incident.pk}/restore/")
    incident.refresh_from_db()
    assert (incident.state, incident.resolution) == ("restored", "restored")
    assert json.loads(line.send("newCall", "call-b", home.phone(1)).content) == {}
    browser.post(f"/incidents/{incident.pk}/close/")
    incident.refresh_from_db()
    assert incident.state == "closed"


def test_a_wrong_time_is_said_beside_its_field_and_the_text_is_kept(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    incident, browser = suspicion(), signed_in(sergey)
    reply = browser.post(f"/incidents/{incident.pk}/tell/", {"public_text": "Меняем кабель", "eta": "soon"})
    assert reply.status_code == 422
    assert "Меняем кабель" in reply.content.decode()
    assert "eta" in reply.context["form"].errors


def test_who_only_sees_incidents_changes_none(olga: User, dmitry: User, maxim: User, signed_in: Browser) -> None:
    incident = suspicion()
    for person in (olga, dmitry, maxim):
        for deed in ("confirm", "dismiss", "restore", "close", "tell"):
            assert signed_in(person).post(f"/incidents/{incident.pk}/{deed}/").status_code == 403, (person, deed)
    incident.refresh_from_db()
    assert incident.state == "suspected"


def test_works_are_announced_by_address_seen_by_the_operator_and_called_off(
    at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser
) -> None:
    home, browser = house("21"), signed_in(sergey)
    form = {"houses": "Оранжерейная 21", "text": "Замена коммутатора", "node": ""}
    hours = {"starts_at": "2026-03-04T11:00", "ends_at": "2026-03-04T14:00"}
    assert browser.post("/incidents/works/announce/", {**form, **hours, "houses": "Нигде 1"}).status_code == 422
    assert browser.post("/incidents/works/announce/", {**form, **hours}).status_code == 302
    works = PlannedWorks.objects.get()
    assert list(works.buildings.all()) == [home.building]
    pbx().ring(home.phone(0))
    asks = signed_in(olga)
    assert "Замена коммутатора" in asks.get("/calls/").content.decode()
    browser.post(f"/incidents/works/{works.pk}/cancel/")
    works.refresh_from_db()
    assert works.cancelled_at is not None
    assert "Замена коммутатора" not in asks.get("/calls/").content.decode()
    assert works.starts_at - NOW < timedelta(0)
