"""Everything in one pass, as after a minute without workers: the outcome is that of many passes."""

from datetime import timedelta

import pytest
import time_machine

from contactcenter.sweep import sweep
from contacts.models import Contact
from dispatch.models import Visit
from incidents.actions import evaluate_contacts
from incidents.models import DetectorSettings, Incident
from staff.models import User
from tests.factories.line import pbx
from tests.factories.town import house
from tests.incidents.test_spike_to_visit import learned_of_a_big_town, on_shift

pytestmark = pytest.mark.django_db


def test_a_building_that_opens_and_is_absorbed_in_one_pass(
    at_noon: time_machine.Traveller, maxim: User, pavel: User
) -> None:
    homes, line = [house(str(n), flats=60) for n in range(1, 9)], pbx()
    on_shift(maxim)
    on_shift(pavel)
    learned_of_a_big_town()
    DetectorSettings.objects.create(pk=1, open_limit=5.0)  # suspicion first: then the fifth caller opens the building
    for home, count in [(homes[0], 5), *((other, 1) for other in homes[1:])]:
        for n in range(count):
            line.ring(home.phone(n))
            at_noon.shift(timedelta(minutes=2))
    evaluate_contacts()
    assert not Contact.objects.not_evaluated().exists()
    narrow, wide = Incident.objects.order_by("pk")
    assert (narrow.scope_kind, narrow.resolution, narrow.parent) == ("building", "merged", wide)
    assert (wide.scope_kind, wide.state) == ("node", "open")
    assert narrow.history.filter(kind="closed").count() == 1
    assert [visit.state for visit in Visit.objects.order_by("pk")] == ["cancelled", "scheduled"]
    sweep()
    assert Incident.objects.count() == 2
