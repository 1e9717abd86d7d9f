import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Phone, Service
from staff.models import User
from tests.factories import town

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def rows(client: Client, path: str) -> list[dict[str, Any]]:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 200, response.content
    body = json.loads(response.content)
    assert set(body) == {"next", "previous", "results"}
    return body["results"]


def test_a_building_tells_where_it_is_and_how_many_live_there(signed_in: SignIn, vera: User) -> None:
    house = town.house("21", flats=5)
    gone = house.subscribers[0]
    gone.active = False
    gone.save()
    assert rows(signed_in(vera), "buildings/") == [
        {
            "id": house.building.pk,
            "title": "Оранжерейная ул., 21",
            "street": "Оранжерейная ул.",
            "house": "21",
            "premises": 5,
            "subscribers": 4,
            "node": house.building.node_id,
            "entrances": 1,
            "floors": 1,
            "latitude": 59.72,
            "longitude": 30.41,
        }
    ]


def test_buildings_are_found_by_address_and_by_node(signed_in: SignIn, vera: User) -> None:
    here = town.house("21").building
    there = town.house("22", on=town.node("AGG-2")).building
    client = signed_in(vera)
    assert [row["id"] for row in rows(client, "buildings/?q=оранж 22")] == [there.pk]
    assert [row["id"] for row in rows(client, f"buildings/?node={here.node_id}")] == [here.pk]
    assert rows(client, "buildings/?q=") == rows(client, "buildings/")
    assert client.get("/api/v1/buildings/?node=abc").status_code == 400


def test_nodes_tell_the_tree(signed_in: SignIn, maxim: User) -> None:
    house = town.house()
    node, switch = house.building.node, house.switches[0]
    found = {row["id"]: row for row in rows(signed_in(maxim), "nodes/")}
    assert set(found[switch.pk]) == {"id", "kind", "code", "title", "address", "parent"}
    assert (found[switch.pk]["kind"], found[switch.pk]["parent"]) == ("switch", node.pk)
    assert (found[node.pk]["kind"], found[node.pk]["parent"]) == ("aggregation", node.parent_id)
    assert [row["id"] for row in rows(signed_in(maxim), "nodes/?kind=core")] == [node.parent_id]


def test_a_subscriber_tells_his_place_phones_and_services(signed_in: SignIn, sergey: User) -> None:
    house = town.house("21", flats=1)
    subscriber = house.subscribers[0]
    Service.objects.create(subscriber=subscriber, kind="internet", tariff="Домашний 100")
    premise = subscriber.premise
    assert rows(signed_in(sergey), "subscribers/") == [
        {
            "id": subscriber.pk,
            "account": subscriber.account,
            "name": "Иванова0 Анна Петровна",
            "name_short": "Иванова0 А. П.",
            "active": True,
            "opened_on": "2020-01-01",
            "phones": [house.phone(0)],
            "email": "",
            "building": house.building.pk,
            "premise": {
                "id": premise.pk,
                "number": "1",
                "entrance": None,
                "floor": None,
                "switch": house.switches[0].pk,
            },
            "services": [{"kind": "internet", "tariff": "Домашний 100", "active": True}],
        }
    ]


def test_a_subscriber_without_an_address_is_served_too(signed_in: SignIn, sergey: User) -> None:
    subscriber = town.house(flats=1).subscribers[0]
    subscriber.premise = None
    subscriber.save()
    row = rows(signed_in(sergey), "subscribers/")[0]
    assert (row["building"], row["premise"]) == (None, None)


def test_subscribers_are_found_by_place_phone_and_account(signed_in: SignIn, sergey: User) -> None:
    here, there = town.house("21", flats=2), town.house("22", flats=1)
    shared = here.phone(0)
    Phone.objects.create(subscriber=there.subscribers[0], number=shared)
    client = signed_in(sergey)

    def ids(query: str) -> set[int]:
        return {row["id"] for row in rows(client, f"subscribers/?{query}")}

    assert ids(f"building={here.building.pk}") == {one.pk for one in here.subscribers}
    assert ids(f"phone=8{shared[2:]}") == {here.subscribers[0].pk, there.subscribers[0].pk}
    assert ids(f"account={there.subscribers[0].account}") == {there.subscribers[0].pk}
    assert ids("phone=anonymous") == set()


def test_nobody_fishes_for_people_by_name(signed_in: SignIn, olga: User) -> None:
    town.house(flats=3)
    client = signed_in(olga)
    assert len(rows(client, "subscribers/?name=Петров&name__startswith=Петр&phones__number=%2B7")) == 3


def test_the_outsourcer_sees_only_the_end_of_phones(signed_in: SignIn, olga: User, larisa: User) -> None:
    house = town.house(flats=1)
    number = house.phone(0)
    for outsourced in (olga, larisa):
        body = signed_in(outsourced).get("/api/v1/subscribers/").content.decode()
        assert f"+7 *** ***-{number[-4:-2]}-{number[-2:]}" in body
        assert number[2:8] not in json.dumps(json.loads(body)["results"][0]["phones"])


def test_an_e_mail_is_told_to_our_own_people_only(signed_in: SignIn, sergey: User, olga: User, larisa: User) -> None:
    subscriber = town.house(flats=1).subscribers[0]
    subscriber.email = "ivanova@example.org"
    subscriber.save()
    assert rows(signed_in(sergey), "subscribers/")[0]["email"] == "ivanova@example.org"
    for outsourced in (olga, larisa):
        assert "example.org" not in signed_in(outsourced).get("/api/v1/subscribers/").content.decode()


def test_a_master_and_a_stranger_get_no_subscribers(signed_in: SignIn, maxim: User, olga: User) -> None:
    subscriber = town.house(flats=1).subscribers[0]
    for path in ("subscribers/", f"subscribers/{subscriber.pk}/"):
        assert signed_in(maxim).get(f"/api/v1/{path}").status_code == 403
        assert Client().get(f"/api/v1/{path}").status_code in {401, 403}
        assert signed_in(olga).get(f"/api/v1/{path}").status_code == 200
    assert signed_in(olga).post("/api/v1/subscribers/").status_code in {403, 405}
    assert Client().get("/api/v1/buildings/").status_code in {401, 403}


@pytest.mark.parametrize("path", ["buildings/", "buildings/?q=оранж", "nodes/", "subscribers/"])
def test_thirty_rows_cost_the_queries_of_three(signed_in: SignIn, sergey: User, path: str) -> None:
    client = signed_in(sergey)
    costs = []
    for numbers in (range(1, 4), range(4, 31)):
        for number in numbers:
            town.house(str(number), flats=1)
        with CaptureQueriesContext(
            connection,
        ) as spent:
            assert len(rows(client, f"{path}{'&' if '?' in path else '?'}page_size=200")) >= numbers[-1]
        costs.append(len(spent))
    assert costs[0] == costs[1]
