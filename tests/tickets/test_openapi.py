"""REST does what the pages do, and the schema says so: walked by a story, and by a machine that reads the schema."""

from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from staff.actions import issue_api_key
from staff.models import User
from tests.factories.town import house
from tests.tickets.test_api import NEW, Caller
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def opened(api: Caller) -> str:
    return str(api.send("post", "", NEW).json()["number"])


def test_a_tickets_day_over_rest(sergey: User, person: Any, vera: User) -> None:
    nikita = person("nikita", "support", "Никита", "Орлов")
    api, his, boss = Caller(sergey), Caller(nikita), Caller(vera)
    number = opened(api)
    assert api.send("post", f"{number}/take/", {}).json()["assignee"] == sergey.pk
    assert his.send("post", f"{number}/take/", {}).json()["code"] == "already_taken"
    assert his.send("post", f"{number}/take-over/", {}).status_code == 400, "a reason is needed"
    assert his.send("post", f"{number}/take-over/", {"reason": "заболел"}).json()["assignee"] == nikita.pk
    assert his.send("post", f"{number}/give/", {"assignee": sergey.pk}).json()["assignee"] == sergey.pk
    assert his.send("post", f"{number}/give/", {"assignee": vera.pk}).status_code == 422
    assert api.send("post", f"{number}/release/", {}).json()["assignee"] is None
    api.send("patch", f"{number}/", {"status": "resolved", "resolution": "Готово"})
    assert api.send("post", f"{number}/reopen/", {"reason": "снова"}).json()["status"] == "new"
    api.send("patch", f"{number}/", {"status": "resolved"})
    again = api.send("post", f"{number}/again/", {"reason": "и опять"}, key="again-1")
    assert (again.status_code, again.json()["continues"]) == (201, number)
    assert api.send("post", f"{number}/again/", {"reason": "и опять"}, key="again-1").json() == again.json()
    assert Ticket.objects.count() == 2
    rows = boss.client.get(f"/api/v1/tickets/{number}/history/", {"page_size": 3}).json()
    assert [row["kind"] for row in rows["results"]] == ["resolved", "reopened", "resolved"]
    assert {"field": "Состояние", "old": "Решена", "new": "Новая"} in rows["results"][1]["changes"]
    assert rows["results"][0]["via"].startswith("rest:")
    assert rows["results"][0]["address"] == "127.0.0.1"
    assert rows["next"]
    assert api.client.get(f"/api/v1/tickets/{number}/history/").json()["results"][0]["address"] is None


def test_each_deed_is_described_with_its_refusals(vera: User) -> None:
    key = issue_api_key(user=vera, name="test")
    schema = Client(headers={"Authorization": f"Token {key}"}).get("/api/v1/schema/?format=json").json()
    deeds = {
        f"{method} {path}": deed
        for path, methods in schema["paths"].items()
        if path.startswith("/api/v1/tickets/")
        for method, deed in methods.items()
    }
    assert len(deeds) >= 12
    for name, deed in deeds.items():
        assert {"401", "403"} <= deed["responses"].keys(), name
        if not name.startswith("get "):
            assert {"400", "409", "422"} <= deed["responses"].keys(), name
            assert "Idempotency-Key" in [one["name"] for one in deed["parameters"]], name


MODES = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


def send(case: Any, headers: dict[str, str]) -> Any:
    """Through Django's own client, in the test's transaction."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver", headers=headers)).prepare()
    told = {name: str(value) for name, value in asked.headers.items() if name.lower() != "content-length"}
    body, kind = asked.body or b"", told.pop("Content-Type", "application/json")
    return Client(headers=told).generic(str(asked.method), asked.path_url, body, content_type=kind)


def test_what_a_machine_makes_of_the_schema_breaks_nothing(sergey: User) -> None:
    """Right and wrong input, made from the schema: no answer of ours is a failure, or one the schema does not name."""
    headers = {"Authorization": f"Token {issue_api_key(user=sergey, name='test')}"}
    api = Caller(sergey)
    api.send("post", "", {**NEW, "subscriber": house().subscribers[0].pk})
    schema = schemathesis.openapi.from_dict(api.client.get("/api/v1/schema/?format=json").json())
    asked = [
        made_from(result.ok(), headers)
        for result in schema.include(path_regex="^/api/v1/tickets/").get_all_operations()
    ]
    assert len(asked) >= 12
    assert sum(asked) >= 100


def made_from(operation: Any, headers: dict[str, str]) -> int:
    """Ask one operation ten times; how often it was asked."""
    described, asked = {*operation.definition.raw["responses"], "405", "406", "415"}, 0

    @given(data=st.data())
    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(data: Any) -> None:
        nonlocal asked
        case = data.draw(operation.as_strategy(generation_mode=data.draw(MODES)))
        reply = send(case, headers)
        asked += 1
        said = f"{case.method} {case.formatted_path} {case.query} {case.body}: {reply.status_code}"
        assert reply.status_code < 500, said
        assert str(reply.status_code) in described, said

    ask()
    return asked


@pytest.mark.parametrize("path", ["tickets", "contacts", "calls", "messages"])
@pytest.mark.parametrize(
    ("moment", "status"),
    [("2026-03-04T12:00:00-18:46", 200), ("0001-01-01T00:00:00+14:00", 400), ("9999-12-31T23:00:00-14:00", 400)],
)
def test_a_moment_of_any_offset_is_read_or_refused(vera: User, path: str, moment: str, status: int) -> None:
    assert Caller(vera).client.get(f"/api/v1/{path}/", {"since": moment}).status_code == status
