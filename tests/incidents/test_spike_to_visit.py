"""The spine: neighbours call, an incident opens, exactly one master leaves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client

from common.history import System
from contactcenter.sweep import sweep
from contacts import actions as contacts
from contacts.models import Contact, Topic
from dispatch.models import Master, Shift, Visit
from incidents import actions
from incidents.models import DetectorSettings, Incident, IncidentContact
from staff.models import User
from tests.conftest import NOW
from tests.factories.line import Pbx, pbx
from tests.factories.town import House, house

pytestmark = pytest.mark.django_db


def on_shift(user: User, skills: tuple[str, ...] = ("copper", "fibre", "switch")) -> Master:
    master = Master.objects.create(user=user, skills=list(skills), base_latitude=59.72, base_longitude=30.41)
    Shift.objects.create(master=master, hours=DateTimeTZRange(NOW - timedelta(hours=3), NOW + timedelta(hours=9)))
    return master


def learned_of_a_big_town() -> None:
    """These few houses stand in a town of 60,000 with its usual 180 contacts a day."""
    row = actions.learn_rates()
    row.data["subscribers"] = 60_000
    row.save()


def neighbours_call(
    line: Pbx, home: House, count: int, clock: time_machine.Traveller, topic: str | None = None
) -> None:
    learned_of_a_big_town()
    for n in range(count):
        line.ring(home.phone(n))
        if topic:
            contact = Contact.objects.latest("pk")
            contacts.set_topic(contact=contact, topic=Topic.objects.get(code=topic), by=System.SETUP)
        clock.shift(timedelta(minutes=2))
    sweep()


def test_neighbours_without_internet_send_one_master(at_noon: time_machine.Traveller, maxim: User) -> None:
    home, master = house(flats=60), on_shift(maxim)
    neighbours_call(pbx(), home, 5, at_noon, "no_internet")
    incident = Incident.objects.get()
    assert (incident.state, incident.building) == ("open", home.building)
    visit = Visit.objects.get()
    assert (visit.kind, visit.state, visit.incident, visit.master) == ("immediate", "scheduled", incident, master)
    assert visit.building == home.building
    assert IncidentContact.objects.filter(incident=incident).count() == 5
    assert [e.kind for e in incident.history.all()][:2] == ["suspected", "opened"]


def test_the_next_caller_joins_and_the_line_tells_him(at_noon: time_machine.Traveller, maxim: User) -> None:
    home, line = house(flats=60), pbx()
    on_shift(maxim)
    neighbours_call(line, home, 5, at_noon, "no_internet")
    reply = line.send("newCall", "late", home.phone(9)).json()
    assert (reply["action"], reply["incident"]["id"]) == ("announce", Incident.objects.get().pk)
    sweep()
    assert IncidentContact.objects.count() == 6
    assert (Incident.objects.count(), Visit.objects.count()) == (1, 1)


def test_one_annoyed_caller_is_no_incident(at_noon: time_machine.Traveller) -> None:
    home, line = house(flats=60), pbx()
    for _ in range(12):
        line.ring(home.phone(0))
        at_noon.shift(timedelta(minutes=5))
    sweep()
    assert not Incident.objects.exists()


def test_questions_about_tariffs_are_no_incident(at_noon: time_machine.Traveller) -> None:
    neighbours_call(pbx(), house(flats=60), 8, at_noon, "tariff")
    assert not Incident.objects.exists()


def test_announced_works_keep_the_detector_quiet(at_noon: time_machine.Traveller, sergey: User) -> None:
    home = house(flats=60)
    actions.announce_works(
        buildings=[home.building], starts_at=NOW, ends_at=NOW + timedelta(hours=2), text="Замена", by=sergey
    )
    neighbours_call(pbx(), home, 8, at_noon, "no_internet")
    assert not Incident.objects.exists()


def test_nobody_free_waits_in_red_until_somebody_is(at_noon: time_machine.Traveller, maxim: User) -> None:
    neighbours_call(pbx(), house(flats=60), 5, at_noon, "no_internet")
    visit = Visit.objects.get()
    assert (visit.state, visit.flag, visit.master) == ("requested", "nobody_free", None)
    on_shift(maxim)
    sweep()
    visit.refresh_from_db()
    assert (visit.state, visit.flag) == ("scheduled", "")


def test_a_node_outage_absorbs_the_buildings_and_calls_their_masters_off(
    at_noon: time_machine.Traveller, maxim: User, pavel: User
) -> None:
    homes = [house(str(n), flats=60) for n in range(1, 9)]
    on_shift(maxim)
    on_shift(pavel)
    line = pbx()
    neighbours_call(line, homes[0], 5, at_noon, "no_internet")
    first = Incident.objects.get()
    for home in homes[1:]:
        neighbours_call(line, home, 1, at_noon, "no_internet")
    wider = Incident.objects.get(state="open")
    first.refresh_from_db()
    assert (wider.scope_kind, first.resolution, first.parent) == ("node", "merged", wider)
    assert IncidentContact.objects.filter(incident=wider).count() == 12
    assert Visit.objects.get(incident=first).state == "cancelled"
    assert Visit.objects.get(incident=wider).state == "scheduled"


def test_a_wider_suspicion_calls_nobody_back_until_somebody_is_sure(
    at_noon: time_machine.Traveller, maxim: User, pavel: User, sergey: User
) -> None:
    homes = [house(str(n), flats=60) for n in range(1, 9)]
    on_shift(maxim)
    on_shift(pavel)
    DetectorSettings.objects.create(pk=1, open_limit=99)  # the odds alone open nothing today
    line = pbx()
    neighbours_call(line, homes[0], 5, at_noon, "no_internet")
    dark = Incident.objects.get(state="open")
    for home in homes[1:]:
        neighbours_call(line, home, 1, at_noon, "no_internet")
    wider = Incident.objects.get(state="suspected")
    assert (wider.scope_kind, Visit.objects.get().state) == ("node", "scheduled")
    actions.confirm(incident=wider, by=sergey)
    dark.refresh_from_db()
    assert (dark.resolution, dark.parent) == ("merged", wider)
    assert [visit.state for visit in Visit.objects.order_by("pk")] == ["cancelled", "scheduled"]
    assert IncidentContact.objects.filter(incident=wider).count() == 12


def test_an_incident_that_ends_while_its_master_drives_is_the_dispatchers_to_decide(
    at_noon: time_machine.Traveller, maxim: User, sergey: User, dmitry: User, signed_in: Callable[[User], Client]
) -> None:
    on_shift(maxim)
    neighbours_call(pbx(), house(flats=60), 5, at_noon, "no_internet")
    visit = Visit.objects.get()
    for step in ("accept", "set_out"):
        signed_in(maxim).post(f"/visits/today/{visit.pk}/{step}/")
    actions.restore(incident=Incident.objects.get(), by=sergey)
    visit.refresh_from_db()
    assert (visit.state, visit.flag) == ("en_route", "over")
    assert "Авария устранена" in signed_in(dmitry).get("/visits/").content.decode()


def test_a_dismissed_suspicion_does_not_come_back_by_itself(
    at_noon: time_machine.Traveller, maxim: User, sergey: User
) -> None:
    home, line = house(flats=60), pbx()
    neighbours_call(line, home, 5, at_noon, "no_internet")
    actions.dismiss(incident=Incident.objects.get(), by=sergey)
    Contact.objects.update(evaluated_at=None)
    sweep()
    assert Incident.objects.count() == 1


def test_the_dispatcher_reads_why(at_noon: time_machine.Traveller) -> None:
    neighbours_call(pbx(), house(flats=60), 5, at_noon, "no_internet")
    incident = Incident.objects.get()
    assert (incident.reporters, incident.subscribers) == (5, 60)
    assert incident.expected < 0.1


def test_rest_shows_the_incident_and_its_visit(
    at_noon: time_machine.Traveller, maxim: User, vera: User, signed_in: Callable[[User], Client]
) -> None:
    home = house(flats=60)
    on_shift(maxim)
    neighbours_call(pbx(), home, 5, at_noon, "no_internet")
    api = signed_in(vera)
    incident = api.get("/api/v1/incidents/", {"building": home.building.pk}).json()["results"][0]
    assert incident["scope"] == {"kind": "building", "id": home.building.pk, "title": home.building.title}
    assert incident["contacts"] == 5
    visit = api.get("/api/v1/visits/", {"kind": "immediate"}).json()["results"][0]
    assert (visit["incident"], visit["state"]) == (incident["id"], "scheduled")
    attached = api.get(f"/api/v1/incidents/{incident['id']}/contacts/").json()["results"]
    assert len(attached) == 5
