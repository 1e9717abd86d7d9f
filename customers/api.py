"""REST for the town: it is served here, by the lowest package that knows all its fields."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers, viewsets

from common import phones
from common.rest import CursorPagination
from customers import actions, permissions, queries
from customers.models import Service, Subscriber
from network import permissions as network_permissions
from network import queries as network_queries
from network.models import Building, Node, Premise
from staff.authentication import caller


class NodeOut(serializers.ModelSerializer[Node]):
    class Meta:
        model = Node
        fields = ["id", "kind", "code", "title", "address", "parent"]


class BuildingOut(serializers.ModelSerializer[Building]):
    title = serializers.CharField()
    street = serializers.CharField(source="street.title")
    premises = serializers.IntegerField(source="premises_count")
    subscribers = serializers.IntegerField(help_text="Active subscribers who live here.")

    class Meta:
        model = Building
        fields = [
            "id",
            "title",
            "street",
            "house",
            "premises",
            "subscribers",
            "node",
            "entrances",
            "floors",
            "latitude",
            "longitude",
        ]


class PremiseOut(serializers.ModelSerializer[Premise]):
    class Meta:
        model = Premise
        fields = ["id", "number", "entrance", "floor", "switch"]


class ServiceOut(serializers.ModelSerializer[Service]):
    class Meta:
        model = Service
        fields = ["kind", "tariff", "active"]


class SubscriberOut(serializers.ModelSerializer[Subscriber]):
    phones = serializers.SerializerMethodField(
        help_text="E.164; the outsourcer's people see only the last four digits."
    )
    building = serializers.IntegerField(source="premise.building_id", default=None, allow_null=True)
    premise = PremiseOut(allow_null=True)
    services = ServiceOut(many=True)

    class Meta:
        model = Subscriber
        fields = [
            "id",
            "account",
            "name",
            "name_short",
            "active",
            "opened_on",
            "phones",
            "email",
            "building",
            "premise",
            "services",
        ]

    def to_representation(self, subscriber: Subscriber) -> dict[str, Any]:
        """The outsourcer's people learn surname, account and flat from the caller, on the call screen."""
        shown = super().to_representation(subscriber)
        if self.context["request"].user.is_outsourced:
            shown |= {"account": "", "name": subscriber.name_masked, "name_short": subscriber.name_masked}
            shown |= {"premise": None, "email": ""}
        return shown

    def get_phones(self, subscriber: Subscriber) -> list[str]:
        show = phones.masked if self.context["request"].user.is_outsourced else str
        return [show(phone.number) for phone in subscriber.phones.all()]


class BuildingFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", max_length=200, label="Street and house, as typed: “оранж 21”.")
    node = filters.NumberFilter(label="Its aggregation node.")

    class Meta:
        model = Building
        fields: list[str] = []

    @extend_schema_field(str)
    def search(self, buildings: Any, name: str, value: str) -> Any:
        return buildings.search(value)


class NodeFilter(filters.FilterSet):
    class Meta:
        model = Node
        fields = ["kind", "parent"]


class SubscriberFilter(filters.FilterSet):
    """By place, phone or account only: nobody may fish for people by name."""

    building = filters.NumberFilter(field_name="premise__building")
    phone = filters.CharFilter(method="has_phone", max_length=40)
    account = filters.CharFilter(max_length=20)

    class Meta:
        model = Subscriber
        fields: list[str] = []

    @extend_schema_field(str)
    def has_phone(self, subscribers: Any, name: str, value: str) -> Any:
        return subscribers.filter(phones__number=phones.normalise(value) or value).distinct()


class BuildingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Building]):
    permissions_by_method = {"GET": network_permissions.READ}
    queryset = Building.objects.none()
    serializer_class = BuildingOut
    filterset_class = BuildingFilter
    pagination_class = CursorPagination

    def get_queryset(self) -> QuerySet[Building]:
        return queries.with_subscribers(network_queries.buildings(self.request.user))  # type: ignore[arg-type]


class NodeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Node]):
    permissions_by_method = {"GET": network_permissions.READ}
    queryset = Node.objects.none()
    serializer_class = NodeOut
    filterset_class = NodeFilter
    pagination_class = CursorPagination

    def get_queryset(self) -> QuerySet[Node]:
        return network_queries.nodes(self.request.user)  # type: ignore[arg-type]


class SubscriberViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Subscriber]):
    permissions_by_method = {"GET": permissions.READ}
    queryset = Subscriber.objects.none()
    serializer_class = SubscriberOut
    filterset_class = SubscriberFilter
    pagination_class = CursorPagination

    def get_queryset(self) -> QuerySet[Subscriber]:
        visible = Subscriber.objects.visible_to(caller(self.request))
        return visible.select_related("premise").prefetch_related("phones", "services")

    def paginate_queryset(self, queryset: QuerySet[Subscriber]) -> list[Subscriber] | None:  # type: ignore[override]
        page = super().paginate_queryset(queryset)
        actions.show_cards(subscribers=page or [], by=caller(self.request))
        return page

    def get_object(self) -> Subscriber:
        one = super().get_object()
        actions.show_cards(subscribers=[one], by=caller(self.request))
        return one


routes: list[tuple[str, Any]] = [
    ("buildings", BuildingViewSet),
    ("nodes", NodeViewSet),
    ("subscribers", SubscriberViewSet),
]
