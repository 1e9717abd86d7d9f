"""A call as the PBX reports it, from the ring to the stored call and contact."""

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.models import BlockedCaller, Call, CallEvent
from contacts.models import Contact
from staff.models import User
from tests.factories.line import pbx
from tests.factories.town import house

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def at(seconds: float) -> str:
    return (T0 + timedelta(seconds=seconds)).isoformat()


def test_a_call_becomes_a_contact_with_subscriber_and_address(at_noon: object, olga: User) -> None:
    home = house()
    line = pbx()
    call_id = line.ring(home.phone(2), queue="line1")
    call = Call.objects.get()
    assert (call.call_id, call.state, call.queue) == (call_id, "ringing", "line1")
    contact = Contact.objects.get()
    assert call.contact == contact
    assert contact.subscriber == home.subscribers[2]
    assert contact.building == home.building
    assert contact.switch == home.switches[0]
    assert [e.kind for e in contact.history.all()] == ["received"]


def test_answer_and_hangup_give_wait_talk_and_operator(at_noon: object, olga: User) -> None:
    line = pbx()
    call_id = line.ring("89005551122", ts=at(0))
    line.answer(call_id, "89005551122", user="101", ts=at(12))
    line.hang_up(call_id, "89005551122", ts=at(72))
    call = Call.objects.get()
    assert (call.state, call.wait_s, call.talk_s, call.operator) == ("ended", 12.0, 60.0, olga)
    assert call.caller == "+79005551122"


def test_a_caller_who_gives_up_is_a_lost_call(at_noon: object) -> None:
    line = pbx()
    call_id = line.ring("89005551122", ts=at(0))
    line.hang_up(call_id, "89005551122", cause="cancel", ts=at(25))
    call = Call.objects.get()
    assert (call.state, call.wait_s, call.cause) == ("lost", 25.0, "cancel")


STORY = [
    dict(event="newCall", callId="A", queue="line1", ts=at(0)),
    dict(event="answer", callId="A", user="olga", ts=at(9)),
    dict(event="hangup", callId="A", cause="forwarded", ts=at(60)),
    dict(event="newCall", callId="B", origCallId="A", user=["sergey"], ts=at(55)),
    dict(event="answer", callId="B", user="sergey", ts=at(62)),
    dict(event="hangup", callId="B", cause="normalClearing", ts=at(180)),
]


def _facts(call: Call) -> tuple[object, ...]:
    return (
        call.call_id,
        call.caller,
        call.queue,
        call.legs,
        call.ended_legs,
        call.rung,
        call.offered_at,
        call.answered_at,
        call.ended_at,
        call.cause,
        call.operator_id,
        call.state,
        call.wait,
    )


@pytest.mark.parametrize("order", [*itertools.islice(itertools.permutations(range(6)), 0, 720, 37)])
def test_any_order_and_any_repeats_give_the_same_call(
    order: tuple[int, ...], at_noon: object, olga: User, sergey: User
) -> None:
    home = house()
    line = pbx()
    for n in [*order, *order[:3]]:
        body = {"from": home.phone(0), "to": "100", "direction": "in", **STORY[n]}
        if body["callId"] == "B":
            body["from"] = "101"  # a transferred leg comes from the operator's own telephone
        assert line.post(json.dumps(body)).status_code == 200
    call = Call.objects.get()
    assert _facts(call) == (
        "A",
        home.phone(0),
        "line1",
        ["A", "B"],
        ["A", "B"],
        ["sergey"],
        T0,
        T0 + timedelta(seconds=9),
        T0 + timedelta(seconds=180),
        "normalClearing",
        sergey.pk,
        "ended",
        timedelta(seconds=9),
    )
    assert CallEvent.objects.count() == 6
    alive = Contact.objects.filter(merged_into=None)
    assert [c.subscriber for c in alive] == [home.subscribers[0]]


def test_shared_phone_guesses_nobody_but_knows_the_house(at_noon: object) -> None:
    home = house()
    for one in home.subscribers[:2]:
        one.phones.create(number="+78124005566")
    pbx().ring("4005566")  # seven digits: a local number
    contact = Contact.objects.get()
    assert contact.subscriber is None
    assert contact.building == home.building


@pytest.mark.parametrize("caller", ["anonymous", "", "unknown"])
def test_hidden_number_is_a_contact_without_anybody(caller: str, at_noon: object) -> None:
    house()
    pbx().ring(caller)
    contact = Contact.objects.get()
    assert (contact.phone, contact.subscriber, contact.building) == ("", None, None)


def test_outgoing_call_makes_no_contact_and_is_dialled_with_our_number(at_noon: object) -> None:
    line = pbx(caller_id="+78124000000")
    reply = line.send("newCall", "out-1", "101", to="89005551122", direction="out")
    assert reply.json() == {"action": "dial", "caller_id": "+78124000000", "number": "+79005551122"}
    assert not Contact.objects.exists()


def test_blocked_caller_hears_busy(at_noon: object, vera: User) -> None:
    BlockedCaller.objects.create(number="+79005551122", reason="угрозы", by=vera)
    assert pbx().send("newCall", "x", "89005551122").json() == {"action": "reject", "reason": "busy"}


def test_one_event_costs_at_most_six_statements(at_noon: object, olga: User) -> None:
    caller, other = house().phone(0), "+79005551122"
    line = pbx()
    line.ring(other)  # the line's token is remembered from here on
    for event in (line.ring, line.answer, line.hang_up):
        with CaptureQueriesContext(connection) as caught:
            event(caller, "counted") if event == line.ring else event("counted", caller)  # type: ignore[operator]
        assert len([q for q in caught.captured_queries if "SAVEPOINT" not in q["sql"]]) <= 6


def test_a_time_far_from_ours_is_kept_but_not_used(at_noon: object) -> None:
    line = pbx()
    line.ring("89005551122", ts="2020-01-01T00:00:00+00:00")
    event = CallEvent.objects.get()
    assert event.reported_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert (event.at, Contact.objects.get().at) == (T0, T0)


def test_a_line_that_may_replay_is_believed(at_noon: object) -> None:
    pbx(may_replay=True).ring("89005551122", ts="2020-01-01T00:00:00+00:00")
    assert Contact.objects.get().at == datetime(2020, 1, 1, tzinfo=UTC)


def test_secrets_and_cards_are_masked_in_what_is_kept(at_noon: object) -> None:
    pbx().ring("89005551122", api_key="s3cret", note="карта 4111 1111 1111 1111, CVV 937")
    payload = CallEvent.objects.get().payload
    assert payload["api_key"] == "***"
    assert payload["note"] == "карта **** **** **** 1111, CVV ***"


def test_form_data_is_taken_too(at_noon: object) -> None:
    line = pbx()
    body = "event=newCall&call_id=f1&from=89005551122&to=100&direction=in&user%5B%5D=olga&user%5B%5D=ivan"
    assert line.post(body, "application/x-www-form-urlencoded").status_code == 200
    assert Call.objects.get().rung == ["ivan", "olga"]


def test_wrong_token_is_refused() -> None:
    reply = Client().post("/api/v1/cti/nonsense", "{}", content_type="application/json")
    assert (reply.status_code, reply.json()["error"]) == (401, "unknown token")


def test_a_line_with_a_secret_wants_the_signature(at_noon: object) -> None:
    import hashlib
    import hmac

    line = pbx(secret="shh")
    body = json.dumps({"event": "newCall", "callId": "1", "from": "1", "to": "2", "direction": "in"})
    assert line.post(body).status_code == 401
    sign = "sha256=" + hmac.new(b"shh", body.encode(), hashlib.sha256).hexdigest()
    assert line.post(body, HTTP_X_SIGNATURE=sign).status_code == 200
    assert line.post(body + " ", HTTP_X_SIGNATURE=sign).status_code == 401


GOOD = {"event": "newCall", "callId": "1", "from": "89005551122", "to": "100", "direction": "in"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"event": "explode"}, "event"),
        ({"event": None}, "event"),
        ({"event": 7}, "event"),
        ({"callId": ""}, "callId"),
        ({"callId": ["x"]}, "callId"),
        ({"callId": "x" * 121}, "callId"),
        ({"direction": "sideways"}, "direction"),
        ({"from": {"a": 1}}, "from"),
        ({"from": "9" * 41}, "from"),
        ({"to": True}, "to"),
        ({"ts": "yesterday"}, "ts"),
        ({"ts": "2026-03-04T09:00:00"}, "ts"),
        ({"ts": 1e300}, "ts"),
        ({"user": [{"x": 1}]}, "user"),
        ({"recordingUrl": "file:///etc/passwd"}, "recordingUrl"),
        ({"event": "hangup", "cause": "bored"}, "cause"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], field: str, at_noon: object) -> None:
    reply = pbx().post(json.dumps({**GOOD, **change}))
    assert (reply.status_code, reply.json()["field"]) == (422, field)
    assert not CallEvent.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b"null", 422),
        (b'{"event": NaN}', 400),
        (b'{"event": "newCall", "callId": "a\\u0000b"}', 400),
        (b'{"event": "newCall", "callId": "\\ud800"}', 400),
        (b'{"k\\u0000": 1}', 400),
        (b"[" * 100_000 + b"]" * 100_000, 400),
        (b'{"a":' * 50 + b"1" + b"}" * 50, 400),
    ],
)
def test_bodies_that_are_no_events_are_refused_without_a_500(body: bytes, status: int) -> None:
    assert pbx().post(body).status_code == status
    assert not CallEvent.objects.exists()


def test_nul_in_the_path_is_refused() -> None:
    assert Client().post("/api/v1/cti/%00", "{}", content_type="application/json").status_code == 400
