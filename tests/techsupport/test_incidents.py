"""Sergey cares for an incident: is it one, what do callers hear, when is it over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from contactcenter.sweep import sweep
from dispatch import actions as dispatch
from dispatch.models import Visit
from incidents.models import Incident, IncidentContact
from staff.models import User
from tests.conftest import NOW
from tests.factories.line import Pbx, pbx
from tests.factories.town import House, house
from tests.incidents.test_spike_to_visit import on_shift
from tests.refusals import refused

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def suspicion(home: House) -> Incident:
    return Incident.objects.create(scope_kind="building", building=home.building, started_at=NOW)


def heard(line: Pbx, home: House, n: int = 0) -> dict[str, str] | None:
    """What the voice menu tells somebody of this house."""
    reply = line.http.get(f"/api/v1/cti/{line.token}/lookup", {"from": home.phone(n)})
    told: dict[str, str] | None = reply.json()["incident"]
    return told


def test_a_confirmed_suspicion_sends_a_master_and_is_told_to_everybody(
    at_noon: time_machine.Traveller, sergey: User, olga: User, maxim: User, signed_in: Browser
) -> None:
    home, line, master = house(), pbx(), on_shift(maxim)
    incident, operator = suspicion(home), signed_in(olga)
    path = f"/incidents/{incident.pk}/"
    assert (heard(line, home), operator.get(path).status_code) == (None, 404)
    assert signed_in(sergey).post(f"{path}confirm/").headers["Location"] == path
    incident.refresh_from_db()
    assert (incident.state, incident.opened_at) == ("open", NOW)
    assert incident.next_update_at == NOW + timedelta(hours=1)
    visit = Visit.objects.get()
    assert (visit.incident, visit.kind, visit.master) == (incident, "immediate", master)
    told = heard(line, home)
    assert told is not None
    assert home.building.title in told["text"]
    assert home.building.title in operator.get(path).content.decode()
    assert incident.history.get(kind="opened").by_user == sergey
    signed_in(sergey).post(f"{path}confirm/")  # twice is once
    assert (Visit.objects.count(), incident.history.filter(kind="opened").count()) == (1, 1)


def test_a_dismissed_incident_calls_the_master_back_and_is_told_no_more(
    at_noon: time_machine.Traveller, sergey: User, maxim: User, signed_in: Browser
) -> None:
    home, line = house(), pbx()
    on_shift(maxim)
    incident, browser = suspicion(home), signed_in(sergey)
    browser.post(f"/incidents/{incident.pk}/confirm/")
    browser.post(f"/incidents/{incident.pk}/dismiss/")
    incident.refresh_from_db()
    assert (incident.state, incident.resolution, incident.closed_at) == ("closed", "dismissed", NOW)
    visit = Visit.objects.get()
    assert (visit.state, visit.history.get(kind="cancelled").data["why"]) == ("cancelled", "dismissed")
    assert heard(line, home) is None
    for deed in ("confirm", "restore"):
        assert refused(browser, f"/incidents/{incident.pk}/{deed}/")
    incident.refresh_from_db()
    assert incident.state == "closed"


def test_what_people_hear_changes_everywhere_at_once(
    at_noon: time_machine.Traveller, sergey: User, olga: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(sergey)
    incident = suspicion(home)
    browser.post(f"/incidents/{incident.pk}/confirm/")
    words = {
        "public_text": "Перерезан кабель, бригада на месте",
        "eta": "2026-03-04T14:30",
        "next_update_at": "2026-03-04T13:00",
    }
    assert browser.post(f"/incidents/{incident.pk}/tell/", words).status_code == 302
    incident.refresh_from_db()
    assert incident.eta == datetime(2026, 3, 4, 11, 30, tzinfo=UTC)  # typed in Pushkin's time
    assert incident.next_update_at == datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    told = heard(line, home)
    assert told is not None
    assert told["text"] == words["public_text"]
    assert datetime.fromisoformat(told["eta"]) == incident.eta
    assert line.send("newCall", "1", home.phone(1)).json()["incident"]["text"] == words["public_text"]
    assert words["public_text"] in signed_in(olga).get(f"/incidents/{incident.pk}/").content.decode()
    changed = incident.history.get(kind="updated")
    assert (changed.by_user, changed.data["public_text"][1]) == (sergey, words["public_text"])
    browser.post(f"/incidents/{incident.pk}/tell/", words)
    assert incident.history.filter(kind="updated").count() == 1  # the same again is no news


@pytest.mark.parametrize(
    "wrong", [{"eta": "2026-03-04T11:59"}, {"next_update_at": "2026-03-03T13:00"}, {"eta": "soon"}]
)
def test_a_wrong_time_is_said_beside_its_field_and_the_text_is_kept(
    wrong: dict[str, str], at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    browser, incident = signed_in(sergey), suspicion(house())
    browser.post(f"/incidents/{incident.pk}/confirm/")
    incident.refresh_from_db()
    before = (incident.public_text, incident.eta, incident.next_update_at)
    reply = browser.post(f"/incidents/{incident.pk}/tell/", {"public_text": "Скоро починим", **wrong})
    assert (reply.status_code, set(reply.context["form"].errors)) == (422, set(wrong))
    assert "Скоро починим" in reply.content.decode()
    incident.refresh_from_db()
    assert (incident.public_text, incident.eta, incident.next_update_at) == before
    assert not incident.history.filter(kind="updated").exists()


def test_a_text_written_before_it_is_certain_is_told_when_it_is(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(sergey)
    incident = suspicion(home)
    browser.post(f"/incidents/{incident.pk}/tell/", {"public_text": "Проверяем"})
    assert heard(line, home) is None
    browser.post(f"/incidents/{incident.pk}/confirm/")
    told = heard(line, home)
    assert told is not None
    assert told["text"] == "Проверяем"


def test_a_restored_service_ends_it_and_whoever_has_not_left_stays(
    at_noon: time_machine.Traveller, sergey: User, maxim: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(sergey)
    on_shift(maxim)
    incident = suspicion(home)
    path = f"/incidents/{incident.pk}/"
    assert refused(browser, f"{path}restore/")  # what nobody is sure of cannot be mended
    browser.post(f"{path}confirm/")
    at_noon.shift(timedelta(minutes=40))
    for _ in range(2):
        assert browser.post(f"{path}restore/").status_code == 302
    incident.refresh_from_db()
    assert (incident.state, incident.resolution) == ("restored", "restored")
    assert incident.restored_at == NOW + timedelta(minutes=40)
    assert incident.history.filter(kind="restored").count() == 1
    assert (Visit.objects.get().state, heard(line, home)) == ("cancelled", None)
    browser.post(f"{path}close/")
    incident.refresh_from_db()
    assert (incident.state, incident.resolution) == ("closed", "restored")


def test_a_master_on_his_way_finishes_what_he_went_for(
    at_noon: time_machine.Traveller, sergey: User, maxim: User, signed_in: Browser
) -> None:
    on_shift(maxim)
    browser, incident = signed_in(sergey), suspicion(house())
    browser.post(f"/incidents/{incident.pk}/confirm/")
    visit = dispatch.set_out(visit=Visit.objects.get(), by=maxim)
    browser.post(f"/incidents/{incident.pk}/restore/")
    visit.refresh_from_db()
    assert visit.state == "en_route"


def test_a_restored_incident_that_stays_quiet_puts_itself_away(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    browser, incident = signed_in(sergey), suspicion(house())
    for deed in ("confirm", "restore"):
        browser.post(f"/incidents/{incident.pk}/{deed}/")
    at_noon.shift(timedelta(hours=23))
    sweep()
    incident.refresh_from_db()
    assert incident.state == "restored"
    at_noon.shift(timedelta(hours=2))
    sweep()
    incident.refresh_from_db()
    assert (incident.state, incident.resolution) == ("closed", "restored")


def test_callers_of_a_confirmed_incident_are_listed_on_its_page(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    home, line, browser = house(), pbx(), signed_in(sergey)
    incident = suspicion(home)
    browser.post(f"/incidents/{incident.pk}/confirm/")
    for n in range(3):
        line.ring(home.phone(n))
    sweep()
    assert IncidentContact.objects.filter(incident=incident).count() == 3
    reply = browser.get(f"/incidents/{incident.pk}/")
    assert reply.context["contacts_total"] == 3
    assert home.subscribers[2].name_short in reply.content.decode()


def test_who_only_looks_changes_nothing(
    at_noon: time_machine.Traveller, olga: User, dmitry: User, signed_in: Browser
) -> None:
    incident = suspicion(house())
    for user in (olga, dmitry):
        for deed in ("confirm", "dismiss", "restore", "close", "tell"):
            reply = signed_in(user).post(f"/incidents/{incident.pk}/{deed}/", {"public_text": "x"})
            assert reply.status_code == 403, (user, deed)
    incident.refresh_from_db()
    assert (incident.state, incident.public_text) == ("suspected", "")
