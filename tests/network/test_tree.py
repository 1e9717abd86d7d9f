"""The database itself keeps the tree of nodes in order."""

import pytest
from django.db import IntegrityError, transaction

from network.models import Building, Node, NodeKind, Premise, Street
from tests.factories import town

pytestmark = pytest.mark.django_db


def refused(name: str, **node: object) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Node.objects.create(code="X", title="X", **node)


def test_a_core_has_no_parent_and_the_others_have_one() -> None:
    core = town.node().parent
    refused("only_core_has_no_parent", kind=NodeKind.CORE, parent=core)
    refused("only_core_has_no_parent", kind=NodeKind.AGGREGATION)
    refused("only_core_has_no_parent", kind=NodeKind.SWITCH)
    refused("kind_known", kind="toaster", parent=core)


def test_no_storey_of_the_tree_is_left_out() -> None:
    house = town.house()
    core, switch = house.building.node.parent, house.switches[0]
    refused("network_node_parent_kind", kind=NodeKind.SWITCH, parent=core)
    refused("network_node_parent_kind", kind=NodeKind.AGGREGATION, parent=house.building.node)
    refused("network_node_parent_kind", kind=NodeKind.SWITCH, parent=switch)


def test_a_building_hangs_on_an_aggregation_node_and_a_flat_on_a_switch() -> None:
    house = town.house()
    street = Street.objects.get()
    with pytest.raises(IntegrityError, match="network_building_node_kind"), transaction.atomic():
        Building.objects.create(street=street, house="99", node=house.switches[0])
    with pytest.raises(IntegrityError, match="network_premise_switch_kind"), transaction.atomic():
        Premise.objects.create(building=house.building, number="99", switch=house.building.node)


def test_a_node_in_use_cannot_change_its_kind() -> None:
    node = town.house().building.node
    with pytest.raises(IntegrityError), transaction.atomic():
        Node.objects.filter(pk=node.pk).update(kind=NodeKind.CORE, parent=None)


def test_an_address_is_there_once() -> None:
    house = town.house("21")
    with pytest.raises(IntegrityError, match="network_building_unique"), transaction.atomic():
        Building.objects.create(street=house.building.street, house="21", node=house.building.node)


def test_coordinates_come_in_pairs() -> None:
    building = town.house().building
    with pytest.raises(IntegrityError, match="coordinates"), transaction.atomic():
        Building.objects.filter(pk=building.pk).update(latitude=None)
