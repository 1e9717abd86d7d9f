"""The dispatcher says who works when; who is on shift can be sent."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from dispatch.models import Master, Shift, Visit
from incidents import actions as incidents
from incidents.models import Incident
from staff.models import User
from tests.conftest import NOW
from tests.factories.town import house

pytestmark = pytest.mark.django_db
HOURS = {"day": "2026-03-04", "start": "08:00", "end": "20:00", "days": "1"}
Browser = Callable[[User], Client]


def test_a_new_master_gets_his_week_and_is_sent_where_a_house_is_dark(
    at_noon: time_machine.Traveller, dmitry: User, maxim: User, signed_in: Browser
) -> None:
    browser = signed_in(dmitry)
    page = browser.get("/visits/shifts/", headers={"Accept-Language": "ru"}).content.decode()
    assert "Максим Жуков" in page
    reply = browser.post("/visits/shifts/set/", {**HOURS, "master": maxim.pk, "days": "5"})
    assert reply.status_code == 302
    assert Shift.objects.count() == 5
    master = Master.objects.get(user=maxim)
    assert master.history.filter(kind="shift_set", by_user=dmitry).count() == 5
    incident = Incident.objects.create(scope_kind="building", building=house().building, started_at=NOW)
    incidents.confirm(incident=incident, by=dmitry)
    assert Visit.objects.get().master == master


def test_a_night_shift_ends_the_next_morning(dmitry: User, maxim: User, signed_in: Browser) -> None:
    signed_in(dmitry).post("/visits/shifts/set/", {**HOURS, "master": maxim.pk, "start": "20:00", "end": "08:00"})
    hours = Shift.objects.get().hours
    assert (hours.upper - hours.lower).total_seconds() == 12 * 3600


def test_nobody_works_twice_at_once_and_several_days_are_all_or_none(
    dmitry: User, maxim: User, signed_in: Browser
) -> None:
    browser = signed_in(dmitry)
    browser.post("/visits/shifts/set/", {**HOURS, "master": maxim.pk, "day": "2026-03-06"})
    again = browser.post("/visits/shifts/set/", {**HOURS, "master": maxim.pk, "days": "4"}, follow=True)
    assert "уже работает" in again.content.decode() or "already works" in again.content.decode()
    assert Shift.objects.count() == 1


def test_a_shift_with_a_visit_in_it_stays(
    at_noon: time_machine.Traveller, dmitry: User, maxim: User, signed_in: Browser
) -> None:
    browser = signed_in(dmitry)
    browser.post("/visits/shifts/set/", {**HOURS, "master": maxim.pk})
    shift = Shift.objects.get()
    incident = Incident.objects.create(scope_kind="building", building=house().building, started_at=NOW)
    incidents.confirm(incident=incident, by=dmitry)
    browser.post(f"/visits/shifts/{shift.pk}/remove/")
    assert Shift.objects.exists()
    incidents.dismiss(incident=incident, by=dmitry)
    browser.post(f"/visits/shifts/{shift.pk}/remove/")
    assert not Shift.objects.exists()


def test_who_lacks_the_skill_is_not_sent(
    at_noon: time_machine.Traveller, dmitry: User, maxim: User, signed_in: Browser
) -> None:
    browser = signed_in(dmitry)
    browser.post("/visits/shifts/set/", {**HOURS, "master": maxim.pk})
    browser.post(f"/visits/masters/{maxim.pk}/skills/", {"skill": ["tv", "nonsense"]})
    assert Master.objects.get().skills == ["tv"]
    incident = Incident.objects.create(scope_kind="building", building=house().building, started_at=NOW)
    incidents.confirm(incident=incident, by=dmitry)
    assert (Visit.objects.get().master, Visit.objects.get().flag) == (None, "nobody_free")


@pytest.mark.parametrize(
    "wrong", [{"days": "0"}, {"day": "yesterday"}, {"start": ""}, {"master": "10"}, {"end": "25:00"}]
)
def test_what_makes_no_shift_is_said_beside_its_field(
    wrong: dict[str, str], dmitry: User, maxim: User, signed_in: Browser
) -> None:
    reply = signed_in(dmitry).post("/visits/shifts/set/", {**HOURS, "master": maxim.pk, **wrong})
    assert reply.status_code == 422
    assert next(iter(wrong)) in reply.context["form"].errors
    assert not Shift.objects.exists()


def test_support_reads_the_week_and_changes_nothing(sergey: User, maxim: User, signed_in: Browser) -> None:
    browser = signed_in(sergey)
    assert browser.get("/visits/shifts/").status_code == 200
    assert browser.post("/visits/shifts/set/", {**HOURS, "master": maxim.pk}).status_code == 403
