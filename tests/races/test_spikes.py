"""Several workers look at one spike at once."""

from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection

from contacts.models import Contact
from dispatch.models import Visit
from incidents import actions
from incidents.models import DetectorSettings, Incident, IncidentContact
from staff.models import User
from tests.conftest import NOW
from tests.factories.line import Pbx, pbx
from tests.factories.town import house
from tests.incidents.test_spike_to_visit import learned_of_a_big_town, on_shift
from tests.races.together import errors, together

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS = 8


def test_callers_and_evaluations_at_once_open_one_incident_and_send_one_master(
    at_noon: time_machine.Traveller, maxim: User, pavel: User
) -> None:
    home, line = house(flats=60), pbx()
    on_shift(maxim)
    on_shift(pavel)
    learned_of_a_big_town()
    line.ring(home.phone(0))
    line.ring(home.phone(1))

    def ring_and_evaluate(n: int) -> None:
        Pbx(line.line, line.token).ring(home.phone(n))
        actions.evaluate_contacts()

    assert errors(together(*[partial(ring_and_evaluate, n) for n in range(2, CALLERS)])) == []
    assert (Incident.objects.count(), Visit.objects.count()) == (1, 1)
    assert Incident.objects.get().history.filter(kind="opened").count() == 1
    assert IncidentContact.objects.count() == CALLERS
    assert not Contact.objects.not_evaluated().exists()


@pytest.mark.parametrize("statement", ['FROM "incidents_incident"', 'AS "building__node"'])
def test_an_incident_that_ends_while_its_town_is_read_is_not_opened_again(
    statement: str, at_noon: time_machine.Traveller, maxim: User, sergey: User
) -> None:
    home, line = house(flats=60), pbx()
    on_shift(maxim)
    learned_of_a_big_town()
    for n in range(CALLERS):
        line.ring(home.phone(n))
    actions.evaluate_contacts()
    incident = Incident.objects.get()
    line.ring(home.phone(CALLERS))
    restored: list[str] = []

    def restore_after(execute: Any, sql: str, *more: Any) -> Any:
        rows = execute(sql, *more)
        if statement in sql and not restored:
            restored.append(sql)
            assert errors(together(partial(actions.restore, incident=incident, by=sergey))) == []
        return rows

    with connection.execute_wrapper(restore_after):
        actions.evaluate_contacts()
    assert restored
    assert [one.state for one in Incident.objects.all()] == ["restored"]


def test_what_a_person_ends_while_the_detector_judges_stays_ended(
    at_noon: time_machine.Traveller, maxim: User, sergey: User
) -> None:
    home, line = house(flats=60), pbx()
    on_shift(maxim)
    learned_of_a_big_town()
    DetectorSettings.objects.create(pk=1, open_limit=99)
    for n in range(4):
        line.ring(home.phone(n))
    actions.evaluate_contacts()
    incident = Incident.objects.get(state="suspected")
    for n in range(4, CALLERS):
        line.ring(home.phone(n))
    dismissed: list[str] = []

    def dismiss_after(execute: Any, sql: str, *more: Any) -> Any:
        rows = execute(sql, *more)
        if 'AS "building__node"' in sql and not dismissed:
            dismissed.append(sql)
            assert errors(together(partial(actions.dismiss, incident=incident, by=sergey))) == []
        return rows

    with connection.execute_wrapper(dismiss_after):
        actions.evaluate_contacts()
    assert dismissed
    incident.refresh_from_db()
    assert (incident.state, incident.resolution) == ("closed", "dismissed")
    assert not Visit.objects.exists()


def test_two_who_confirm_one_suspicion_send_one_master(
    at_noon: time_machine.Traveller, maxim: User, dmitry: User, sergey: User
) -> None:
    home = house(flats=60)
    on_shift(maxim)
    incident = Incident.objects.create(scope_kind="building", building=home.building, started_at=NOW)
    deeds = [partial(actions.confirm, incident=Incident.objects.get(), by=by) for by in (dmitry, sergey)]
    assert errors(together(*deeds)) == []
    assert Visit.objects.count() == 1
    assert incident.history.filter(kind="opened").count() == 1
