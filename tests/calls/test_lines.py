"""An administrator connects a PBX to an empty system, and takes its token away."""

import re

import pytest
import time_machine
from django.test import Client

from calls.api import LINE_CACHE_S
from calls.models import Call, Line
from staff.actions import create_first_admin
from staff.models import ApiKey, User

pytestmark = pytest.mark.django_db
CALL = {"event": "newCall", "callId": "1", "from": "+79215550101", "to": "100", "direction": "in"}


@pytest.fixture
def admin() -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    user = create_first_admin(password="correct horse")
    assert user is not None
    browser.force_login(user)
    return browser


def address(page: str) -> str:
    found = re.search(r"reports to http://testserver(/api/v1/cti/[\w-]+)", page)
    assert found, page
    return found[1]


def rings(path: str) -> int:
    return Client().post(path, CALL, content_type="application/json").status_code


def test_a_line_is_added_speaks_gets_a_new_token_and_falls_silent(
    at_noon: time_machine.Traveller, admin: Client
) -> None:
    added = admin.post("/admin/calls/line/add/", {"name": "Office PBX", "is_active": "on"}, follow=True)
    first = address(added.content.decode())
    assert rings(first) == 200
    assert Call.objects.count() == 1
    assert first.rpartition("/")[2] not in Line.objects.values_list("token_hash", flat=True)

    line = Line.objects.get()
    rolled = admin.post("/admin/calls/line/", {"action": "roll_token", "_selected_action": [line.pk]}, follow=True)
    second = address(rolled.content.decode())
    at_noon.shift(LINE_CACHE_S + 1)  # web processes remember a line for so long
    assert (rings(first), rings(second)) == (401, 200)

    admin.post(f"/admin/calls/line/{line.pk}/change/", {"name": "Office PBX"})
    at_noon.shift(LINE_CACHE_S + 1)
    assert rings(second) == 401
    assert admin.post(f"/admin/calls/line/{line.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_list_says_when_each_line_spoke_last(at_noon: time_machine.Traveller, admin: Client) -> None:
    added = admin.post("/admin/calls/line/add/", {"name": "Office PBX", "is_active": "on"}, follow=True)
    assert "never" in added.content.decode()
    assert admin.get("/readyz").json()["checks"]["phone_silent_s"] is None
    line = address(added.content.decode())
    rings(line)
    at_noon.shift(12)
    assert "12 s ago" in admin.get("/admin/calls/line/").content.decode()
    rings(line)
    at_noon.shift(4)
    assert "4 s ago" in admin.get("/admin/calls/line/").content.decode()
    assert rings(f"{line}x") == 401
    at_noon.shift(3600)
    assert "silent since 04.03.2026 12:00" in admin.get("/admin/calls/line/").content.decode()
    assert admin.get("/readyz").json()["checks"]["phone_silent_s"] == 3604


def test_a_key_is_shown_once_and_revoked(at_noon: time_machine.Traveller, admin: Client) -> None:
    person = User.objects.get()
    added = admin.post("/admin/staff/apikey/add/", {"name": "Monitoring", "user": person.pk}, follow=True)
    found = re.search(r"The key of Monitoring: (\w+)\.", added.content.decode())
    assert found
    asks = Client(headers={"Authorization": f"Token {found[1]}"})
    assert "never" in admin.get("/admin/staff/apikey/").content.decode()
    assert asks.get("/api/v1/incidents/").status_code == 200
    assert "04.03.2026 12:00" in admin.get("/admin/staff/apikey/").content.decode()
    key = ApiKey.objects.get()
    admin.post("/admin/staff/apikey/", {"action": "revoke", "_selected_action": [key.pk]})
    assert asks.get("/api/v1/incidents/").status_code in {401, 403}
