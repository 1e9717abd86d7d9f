"""Reads of the network."""

from django.db.models import QuerySet

from network.models import Building, Node
from staff.models import User


def buildings(viewer: User) -> QuerySet[Building]:
    return Building.objects.visible_to(viewer).select_related("street", "node")


def nodes(viewer: User) -> QuerySet[Node]:
    return Node.objects.visible_to(viewer).order_by("kind", "code")
