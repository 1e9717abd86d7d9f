"""The same call, told by several bridges at once."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from calls.models import Call, CallEvent
from contacts.models import Contact
from tests.factories.line import Pbx, pbx
from tests.factories.town import house
from tests.races.together import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def sending(line: Pbx, event: str, call_id: str, caller: str, **more: str) -> Callable[[], int]:
    """A request with a client of its own."""
    body = {"event": event, "callId": call_id, "from": caller, "to": "88124000000", "direction": "in", **more}
    path, text = f"/api/v1/cti/{line.token}", json.dumps(body)
    return lambda: Client().post(path, text, content_type="application/json").status_code


def test_eight_deliveries_of_one_event_are_one_call() -> None:
    home, line = house(), pbx()
    for n in range(ROUNDS):
        assert together(*[sending(line, "newCall", f"same-{n}", home.phone(n))] * 8) == [200] * 8
        assert CallEvent.objects.filter(leg=f"same-{n}").count() == 1
        call = Call.objects.get(call_id=f"same-{n}")
        assert call.contact is not None
    assert Contact.objects.count() == Call.objects.count() == ROUNDS


def test_a_call_told_all_at_once_and_backwards_is_one_call() -> None:
    home, line = house(), pbx()
    for n in range(ROUNDS):
        leg, caller = f"backwards-{n}", home.phone(n)
        told = together(
            sending(line, "hangup", leg, caller, cause="normalClearing"),
            sending(line, "answer", leg, caller, user="101"),
            sending(line, "newCall", leg, caller),
        )
        assert told == [200] * 3
        call = Call.objects.get(call_id=leg)
        assert (call.state, call.cause, call.answered_by) == ("ended", "normalClearing", "101")
        assert (CallEvent.objects.filter(root=leg).count(), Contact.objects.filter(pk=call.contact_id).count()) == (
            3,
            1,
        )
    assert Contact.objects.count() == Call.objects.count() == ROUNDS


def test_a_transferred_leg_and_its_call_at_once_are_one_call() -> None:
    home, line = house(), pbx()
    for n in range(ROUNDS):
        first, second, caller = f"first-{n}", f"second-{n}", home.phone(n)
        told = together(
            sending(line, "newCall", second, caller, origCallId=first),
            sending(line, "newCall", first, caller),
            sending(line, "answer", second, caller, user="101"),
        )
        assert told == [200] * 3
        assert Call.objects.get(call_id=first).legs == [first, second]
        assert not Call.objects.filter(call_id=second).exists()
    assert Contact.objects.filter(merged_into=None).count() == Call.objects.count() == ROUNDS
