"""A supervisor decides how soon a master leaves by himself."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from django.test import Client

from incidents.actions.situation import load_settings
from incidents.detection import Settings
from incidents.detection.sensitivity import STEPS, USUAL
from incidents.models import DetectorSettings
from staff.models import User

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
PLAIN = {"plain_rule": "on", "plain_callers": "5", "plain_minutes": "30"}
PAGE = "/overview/detector/"


def test_an_untouched_system_is_as_keen_as_the_figures_say() -> None:
    assert load_settings() == Settings()
    assert (Settings().suspect_limit, Settings().open_limit) == STEPS[USUAL][:2]


def test_a_named_step_sets_both_limits_and_is_shown_again(vera: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    assert browser.post(PAGE, {**PLAIN, "sensitivity": "calm", "open_limit": "7"}).status_code == 302
    row = DetectorSettings.objects.get()
    assert (row.suspect_limit, row.open_limit) == STEPS["calm"][:2]
    assert load_settings().open_limit == STEPS["calm"].open_limit
    assert row.history.get().by_user == vera
    assert browser.get(PAGE).context["form"]["sensitivity"].value() == "calm"


def test_own_limits_need_both_numbers_in_order(vera: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    for wrong in ({"suspect_limit": "1"}, {"suspect_limit": "2", "open_limit": "1"}, {"open_limit": "100"}):
        reply = browser.post(PAGE, {**PLAIN, "sensitivity": "custom", **wrong})
        assert (reply.status_code, DetectorSettings.objects.count()) == (422, 0), wrong
    own = {**PLAIN, "sensitivity": "custom", "suspect_limit": "-0.5", "open_limit": "1.25"}
    assert browser.post(PAGE, own).status_code == 302
    assert load_settings().open_limit == 1.25
    assert browser.get(PAGE).context["form"]["sensitivity"].value() == "custom"


def test_the_plain_rule_can_be_switched_off(vera: User, signed_in: Browser) -> None:
    off = {"sensitivity": USUAL, "plain_callers": "5", "plain_minutes": "30"}
    assert signed_in(vera).post(PAGE, off).status_code == 302
    assert load_settings().plain is None


def test_a_step_nobody_knows_is_refused(vera: User, olga: User, signed_in: Browser) -> None:
    assert signed_in(vera).post(PAGE, {**PLAIN, "sensitivity": "hysterical"}).status_code == 422
    assert signed_in(olga).get(PAGE).status_code == 403


def test_each_step_is_keener_than_the_one_before() -> None:
    steps = list(STEPS.values())
    for calmer, keener in pairwise(steps):
        assert keener.open_limit < calmer.open_limit
        assert keener.suspect_limit <= calmer.suspect_limit
        assert keener.measured.false_a_week >= calmer.measured.false_a_week
        assert keener.measured.found >= calmer.measured.found > 0.5
        assert keener.measured.lost_min <= calmer.measured.lost_min
