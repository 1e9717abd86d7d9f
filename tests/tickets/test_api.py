"""Tickets over REST: an integration opens, edits and comments; what it repeats happens once."""

import json
from functools import partial
from typing import Any

import pytest
from django.test import Client

from common.models import StoredAnswer
from staff.actions import issue_api_key
from staff.models import User
from tests.factories.town import house
from tests.races.together import errors, together
from tickets.models import Ticket


class Caller:
    """An integration with a key of its own."""

    def __init__(self, user: User) -> None:
        self.client = Client(headers={"Authorization": f"Token {issue_api_key(user=user, name='test')}"})

    def send(self, method: str, path: str, body: Any, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        send = getattr(self.client, method)
        return send(f"/api/v1/tickets/{path}", json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def api(sergey: User) -> Caller:
    return Caller(sergey)


NEW = {"desk": "support", "subject": "Нет интернета", "text": "После грозы"}


@pytest.mark.django_db
def test_a_request_that_is_sent_again_is_answered_as_before_and_done_once(api: Caller) -> None:
    first, again = (api.send("post", "", NEW, key="a-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Ticket.objects.count() == 1
    assert api.send("post", "", NEW).json()["number"] != first.json()["number"]


@pytest.mark.django_db
def test_a_key_belongs_to_one_request_of_one_person(api: Caller, vera: User) -> None:
    api.send("post", "", NEW, key="a-1")
    other = api.send("post", "", {**NEW, "subject": "Другое"}, key="a-1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert Caller(vera).send("post", "", NEW, key="a-1").status_code == 201
    assert Ticket.objects.count() == 2
    assert api.send("post", "", NEW, key="k" * 201).status_code == 400


@pytest.mark.django_db
def test_what_failed_may_be_tried_again_with_the_same_key(api: Caller) -> None:
    assert api.send("post", "", {**NEW, "subject": ""}, key="a-1").status_code == 400
    assert not StoredAnswer.objects.exists()
    assert api.send("post", "", NEW, key="a-1").status_code == 201


@pytest.mark.django_db
def test_a_patch_happens_as_a_whole_or_not_at_all(api: Caller) -> None:
    number = api.send("post", "", NEW).json()["number"]
    api.send("patch", f"{number}/", {"status": "resolved", "resolution": "Готово"})
    refused = api.send("patch", f"{number}/", {"priority": 1, "desk": "finance"})
    assert refused.status_code == 409
    ticket = Ticket.objects.get(number=number)
    assert (ticket.priority, ticket.desk) == (3, "support")


@pytest.mark.django_db(transaction=True)
def test_copies_at_the_same_moment_open_one_ticket(sergey: User) -> None:
    caller = Caller(sergey)
    replies = together(*[partial(caller.send, "post", "", NEW, key="a-1") for _ in range(4)])
    assert errors(replies) == []
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["number"] for reply in replies}) == 1
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_a_stranger_opens_nothing_and_ids_he_may_not_see_do_not_exist(api: Caller, maxim: User) -> None:
    someone = house().subscribers[0]
    assert Client().post("/api/v1/tickets/", NEW, content_type="application/json").status_code in {401, 403}
    assert Caller(maxim).send("post", "", NEW).status_code == 403
    assert api.send("post", "", {**NEW, "subscriber": someone.pk}).json()["subscriber"] == someone.pk
    assert api.send("post", "", {**NEW, "subscriber": 10**12}).json()["fields"].keys() == {"subscriber"}


@pytest.mark.django_db
def test_bad_input_is_named_and_breaks_nothing(api: Caller) -> None:
    for body in (
        None,
        [],
        {"desk": "nobody"},
        {**NEW, "subject": "\x00"},
        {**NEW, "text": 5e999},
        {**NEW, "priority": []},
    ):
        reply = api.send("post", "", body)
        assert 400 <= reply.status_code < 500, body
        assert reply.json()["code"]
    assert not Ticket.objects.exists()
