"""The town as the network sees it: streets, buildings, premises, and the tree of nodes that feeds them.

    core  >  aggregation node (about 40 buildings)  >  access switch (a part of one building)

The database keeps the tree honest: beside each reference stands a generated column with the kind it must be
and a foreign key over both (migration 0002). A building cannot hang on a switch, nor a switch on a core.
"""

import re

from django.db import models
from django.db.models.functions import Cast, NullIf
from django.utils.translation import gettext_lazy as _

from common.history import Event
from network import spelling
from staff.models import User


class NodeKind(models.TextChoices):
    CORE = "core", _("Core")
    AGGREGATION = "aggregation", _("Aggregation node")
    SWITCH = "switch", _("Access switch")


class NodeQuerySet(models.QuerySet["Node"]):
    def visible_to(self, user: User) -> "NodeQuerySet":
        """Everybody who works here knows the network."""
        return self if user.is_active else self.none()

    def aggregation(self) -> "NodeQuerySet":
        return self.filter(kind=NodeKind.AGGREGATION)

    def switches(self) -> "NodeQuerySet":
        return self.filter(kind=NodeKind.SWITCH)


class Node(models.Model):
    """Equipment that people lose their service with. `code` is its name in the provider's own lists."""

    kind = models.CharField(max_length=12, choices=NodeKind.choices)
    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    # Ports of an access switch; None where nobody has counted them.
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = NodeQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "code")
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=NodeKind.values), name="network_node_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind=NodeKind.CORE, parent=None)
                | (~models.Q(kind=NodeKind.CORE) & models.Q(parent__isnull=False)),
                name="network_node_only_core_has_no_parent",
            ),
            models.CheckConstraint(
                condition=~models.Q(code="") & ~models.Q(title=""), name="network_node_has_code_and_title"
            ),
            models.CheckConstraint(
                condition=models.Q(capacity=None) | models.Q(kind=NodeKind.SWITCH), name="network_only_switch_has_ports"
            ),
        )

    def __str__(self) -> str:
        return self.title


class StreetKind(models.TextChoices):
    """As the post abbreviates them. An address is data: it reads the same in every interface language."""

    STREET = "street", spelling.ABBREVIATIONS["street"]
    BOULEVARD = "boulevard", spelling.ABBREVIATIONS["boulevard"]
    HIGHWAY = "highway", spelling.ABBREVIATIONS["highway"]
    AVENUE = "avenue", spelling.ABBREVIATIONS["avenue"]
    LANE = "lane", spelling.ABBREVIATIONS["lane"]
    PASSAGE = "passage", spelling.ABBREVIATIONS["passage"]
    SQUARE = "square", spelling.ABBREVIATIONS["square"]
    ALLEY = "alley", spelling.ABBREVIATIONS["alley"]
    EMBANKMENT = "embankment", spelling.ABBREVIATIONS["embankment"]
    DEAD_END = "dead_end", spelling.ABBREVIATIONS["dead_end"]
    ROAD = "road", spelling.ABBREVIATIONS["road"]
    LINE = "line", spelling.ABBREVIATIONS["line"]


class Street(models.Model):
    """A street; the same name may be a lane's and a street's."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=StreetKind.choices, default=StreetKind.STREET)

    class Meta:
        ordering = ("name", "kind")
        constraints = (
            models.UniqueConstraint(fields=["name", "kind"], name="network_street_unique"),
            models.CheckConstraint(condition=models.Q(kind__in=StreetKind.values), name="network_street_kind_known"),
            models.CheckConstraint(condition=~models.Q(name=""), name="network_street_has_name"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """ "Оранжерейная ул.", "ул. Глинки"."""
        return spelling.street_title(self.name, self.kind)


class ConnectionState(models.TextChoices):
    """Can somebody of this house be connected?"""

    GREEN = "green", _("Can be connected now")
    AMBER = "amber", _("An engineer has to check")
    RED = "red", _("Not our network")


class BuildingQuerySet(models.QuerySet["Building"]):
    def visible_to(self, user: User) -> "BuildingQuerySet":
        """Addresses are no secret to those who work here."""
        return self if user.is_active else self.none()

    def by_address(self) -> "BuildingQuerySet":
        """Streets by name, houses as a person counts them: 2, 10, 10к2."""
        number = Cast(NullIf(_leading_digits(), models.Value("")), models.BigIntegerField())
        return self.order_by("street__name", "street__kind", number, "house", "id")

    def search(self, text: str) -> "BuildingQuerySet":
        """Buildings that fit what was typed, such as "оранж 21" or "глинки 5к2", in order; none for no words.

        Every word must begin a word of the street's name; when no street fits, one wrong letter in four is
        forgiven (two in eight). A house number finds itself with its letters and blocks: 21 finds 21, 21А and
        21к2, not 210. Costs one statement for the streets besides the list itself.
        """
        words, house = spelling.split_address(text)
        if not words:
            return self.none()
        names = dict(Street.objects.values_list("pk", "name"))
        found = self.filter(street__in=spelling.fitting(words, names))
        if house:
            after_digit = r"(\D|$)" if house[-1].isdigit() else ""
            found = found.filter(house__iregex=f"^{re.escape(house)}{after_digit}")
        return found.by_address()


def _leading_digits() -> models.Func:
    return models.Func(
        models.F("house"),
        models.Value(r"^\d{1,9}"),
        function="regexp_substr",
        output_field=models.CharField(),
    )


class Building(models.Model):
    """A house with an address. `house` is its number with letter and block: "21", "21А", "21к2"."""

    street = models.ForeignKey(Street, on_delete=models.PROTECT, related_name="buildings", db_index=False)
    house = models.CharField(max_length=20)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="buildings")
    entrances = models.PositiveSmallIntegerField(default=1)
    floors = models.PositiveSmallIntegerField(default=1)
    premises_count = models.PositiveIntegerField(default=0, help_text=_("Flats, offices and shops in the building."))
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    # Can a flat of it be connected, why not, and since when we say so (None: it was never looked at).
    connection = models.CharField(max_length=5, choices=ConnectionState.choices, default=ConnectionState.GREEN)
    connection_reason = models.CharField(max_length=200, blank=True)
    connection_at = models.DateTimeField(null=True, blank=True)

    objects = BuildingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["street", "house"], name="network_building_unique"),
            models.CheckConstraint(condition=~models.Q(house=""), name="network_building_has_house"),
            models.CheckConstraint(
                condition=models.Q(connection__in=ConnectionState.values), name="network_building_connection_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(connection=ConnectionState.AMBER) | ~models.Q(connection_reason=""),
                name="network_building_amber_has_reason",
            ),
            models.CheckConstraint(
                # A CHECK passes what is NULL, so that both are there has to be said.
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="network_building_coordinates",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """ "Оранжерейная ул., 21". Costs a query unless the street is loaded."""
        return f"{self.street.title}, {self.house}"

    def live_topics(self) -> list[str]:
        return ["visits:all"]


class BuildingEvent(Event):
    thing = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="history")


class Entrance(models.Model):
    """How to get in."""

    building = models.ForeignKey(Building, on_delete=models.CASCADE, related_name="doors", db_index=False)
    number = models.PositiveSmallIntegerField()
    intercom_code = models.CharField(max_length=40, blank=True)
    access_notes = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("building", "number")
        constraints = (models.UniqueConstraint(fields=["building", "number"], name="network_entrance_unique"),)

    def __str__(self) -> str:
        return str(self.number)


class Premise(models.Model):
    """A flat, an office, or (with an empty number) a whole private house; fed by one access switch."""

    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="premises", db_index=False)
    number = models.CharField(max_length=20, blank=True)
    entrance = models.PositiveSmallIntegerField(null=True, blank=True)
    floor = models.SmallIntegerField(null=True, blank=True)
    switch = models.ForeignKey(Node, null=True, blank=True, on_delete=models.PROTECT, related_name="premises")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["building", "number"], name="network_premise_unique"),)

    def __str__(self) -> str:
        return self.title

    @property
    def short_title(self) -> str:
        """ "кв. 14"; what is not a flat's number says itself what it is; empty for a whole house."""
        return f"кв. {self.number}" if self.number[:1].isdigit() else self.number

    @property
    def title(self) -> str:
        """ "Оранжерейная ул., 21, кв. 14". Costs queries unless building and street are loaded."""
        return f"{self.building.title}, {self.short_title}" if self.number else self.building.title
