import json

import pytest

from calls.models import Call
from tests.factories.line import pbx
from tests.factories.town import house

pytestmark = pytest.mark.django_db


def event(n: int, **more: object) -> dict[str, object]:
    return {"event": "newCall", "callId": f"b{n}", "from": "89005551122", "to": "1", "direction": "in", **more}


def test_a_batch_counts_new_repeated_and_wrong_events(at_noon: object) -> None:
    line = pbx()
    body = [event(1), event(2), event(1), event(3, direction="?"), "nonsense"]
    reply = line.http.post(f"/api/v1/cti/{line.token}/batch", json.dumps(body), content_type="application/json")
    assert reply.status_code == 200
    assert (reply.json()["accepted"], reply.json()["duplicates"]) == (2, 1)
    assert [r["index"] for r in reply.json()["rejected"]] == [3, 4]
    assert Call.objects.count() == 2


@pytest.mark.parametrize("body", ["{}", "7", json.dumps([{}] * 1001)])
def test_what_is_no_batch_is_refused(body: str) -> None:
    line = pbx()
    reply = line.http.post(f"/api/v1/cti/{line.token}/batch", body, content_type="application/json")
    assert reply.status_code == 422


def test_lookup_names_the_only_subscriber_of_a_phone(at_noon: object) -> None:
    home = house()
    line = pbx()
    reply = line.http.get(f"/api/v1/cti/{line.token}/lookup", {"from": home.phone(1)})
    assert reply.json() == {
        "subscriber_id": home.subscribers[1].pk,
        "name_short": "Иванова1 А. П.",
        "incident": None,
        "route": "first_line",
        "open_ticket": None,
    }


def test_lookup_guesses_nobody_among_several(at_noon: object) -> None:
    home = house()
    for one in home.subscribers[:2]:
        one.phones.create(number="+79001112233")
    line = pbx()
    reply = line.http.get(f"/api/v1/cti/{line.token}/lookup", {"from": "+79001112233"}).json()
    assert (reply["subscriber_id"], reply["name_short"]) == (None, None)


@pytest.mark.parametrize("number", ["", "anonymous", "x" * 30])
def test_lookup_of_no_number_answers_nobody(number: str) -> None:
    line = pbx()
    reply = line.http.get(f"/api/v1/cti/{line.token}/lookup", {"from": number})
    assert (reply.status_code, reply.json()["subscriber_id"]) == (200, None)
