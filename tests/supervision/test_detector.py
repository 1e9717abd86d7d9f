"""Vera sets how sensitive the detector is: it is kept with her name and takes effect at once."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from incidents.detection.sensitivity import STEPS, USUAL
from incidents.models import DetectorSettings, Incident
from staff.models import User
from tests.factories.line import pbx
from tests.factories.town import house
from tests.incidents.test_spike_to_visit import neighbours_call

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
PAGE = "/overview/detector/"
PLAIN = {"plain_rule": "on", "plain_callers": "5", "plain_minutes": "30"}


def limits() -> tuple[float, float]:
    settings = DetectorSettings.objects.get()
    return settings.suspect_limit, settings.open_limit


@pytest.mark.parametrize("step", [step for step in STEPS if step != USUAL])
def test_a_step_is_chosen_by_name_and_written_down(step: str, vera: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    assert browser.get(PAGE).context["form"]["sensitivity"].value() == USUAL
    assert browser.post(PAGE, {"sensitivity": step, **PLAIN}).headers["Location"] == PAGE
    assert limits() == (STEPS[step].suspect_limit, STEPS[step].open_limit)
    event = DetectorSettings.objects.get().history.get()
    assert event.by_user == vera
    assert event.data["open_limit"] == [STEPS[USUAL].open_limit, STEPS[step].open_limit]
    assert browser.get(PAGE).context["form"]["sensitivity"].value() == step
    browser.post(PAGE, {"sensitivity": step, **PLAIN})
    assert DetectorSettings.objects.get().history.count() == 1  # the same again is no change


def test_own_limits_are_taken_as_they_are(vera: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    browser.post(PAGE, {"sensitivity": "custom", "suspect_limit": "1.25", "open_limit": "7.5", **PLAIN})
    assert limits() == (1.25, 7.5)
    assert browser.get(PAGE).context["form"]["sensitivity"].value() == "custom"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sensitivity": "panic"}, "sensitivity"),
        ({"sensitivity": "custom", "suspect_limit": "5", "open_limit": "4"}, "suspect_limit"),
        ({"sensitivity": "custom", "suspect_limit": "5"}, "open_limit"),
        ({"sensitivity": "custom", "suspect_limit": "nan", "open_limit": "4"}, "suspect_limit"),
        ({"sensitivity": "custom", "suspect_limit": "1", "open_limit": "1e9"}, "open_limit"),
        ({"sensitivity": USUAL, "plain_callers": "1"}, "plain_callers"),
        ({"sensitivity": USUAL, "plain_minutes": "0"}, "plain_minutes"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    wrong: dict[str, str], field: str, vera: User, signed_in: Browser
) -> None:
    reply = signed_in(vera).post(PAGE, {**PLAIN, **wrong})
    assert reply.status_code == 422
    assert field in reply.context["form"].errors
    assert not DetectorSettings.objects.exists()


def test_the_next_call_meets_the_new_setting(at_noon: time_machine.Traveller, vera: User, signed_in: Browser) -> None:
    line, browser = pbx(), signed_in(vera)
    deaf = {"sensitivity": "custom", "suspect_limit": "12", "open_limit": "12", **PLAIN}  # the odds open nothing
    browser.post(PAGE, deaf)
    neighbours_call(line, house("21", flats=60), 3, at_noon, "no_internet")
    assert not Incident.objects.exists()
    browser.post(PAGE, {**deaf, "plain_callers": "3"})
    watched = house("23", flats=60)
    neighbours_call(line, watched, 3, at_noon, "no_internet")
    assert Incident.objects.get(state="open").building == watched.building


def test_the_detector_is_the_supervisors_alone(sergey: User, dmitry: User, signed_in: Browser) -> None:
    for user in (sergey, dmitry):
        assert signed_in(user).post(PAGE, {"sensitivity": "keen", **PLAIN}).status_code == 403
    assert not DetectorSettings.objects.exists()
