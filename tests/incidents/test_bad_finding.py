"""One finding that cannot be stored keeps nobody else waiting."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from contactcenter.sweep import sweep
from contacts.models import Contact
from incidents.actions import evaluate_contacts
from incidents.models import Incident
from staff.models import User
from tests.database import as_owner
from tests.factories.line import pbx
from tests.factories.town import House, house
from tests.incidents.test_spike_to_visit import learned_of_a_big_town, on_shift

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cursed() -> Iterator[House]:
    """A house whose incidents the database refuses."""
    home = house("13", flats=60)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            f"""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.building_id = {home.building.pk} THEN RAISE EXCEPTION 'cursed'; END IF;
            RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON incidents_incident FOR EACH ROW EXECUTE FUNCTION refuse()"""
        )
    yield home
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS refuse() CASCADE")


def found() -> set[int | None]:
    return set(Incident.objects.filter(scope_kind="building").values_list("building", flat=True))


def test_the_others_get_their_master_and_the_failed_one_is_tried_again(
    at_noon: time_machine.Traveller, cursed: House, maxim: User, pavel: User, caplog: pytest.LogCaptureFixture
) -> None:
    line, other = pbx(), house("14", flats=60)
    on_shift(maxim)
    on_shift(pavel)
    learned_of_a_big_town()
    for n in range(5):
        for home in (cursed, other):
            line.ring(home.phone(n))
        at_noon.shift(timedelta(minutes=2))
    with caplog.at_level(logging.ERROR):
        evaluate_contacts()
    assert found() == {other.building.pk}
    assert f"building {cursed.building.pk}" in caplog.text
    assert cursed.phone(0) not in caplog.text
    left = Contact.objects.not_evaluated()
    assert left
    assert {contact.building for contact in left} == {cursed.building}

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION refuse() CASCADE")
    sweep()
    assert found() == {cursed.building.pk, other.building.pk}
    assert not Contact.objects.not_evaluated().exists()
