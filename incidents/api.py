from typing import Any

from django.db.models import Count, F, Q
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.models import Contact
from incidents import permissions, queries
from incidents.models import Incident, ScopeKind
from network.models import Building
from staff.authentication import caller


class ScopeOut(serializers.Serializer[Incident]):
    kind = serializers.ChoiceField(choices=ScopeKind.choices, source="scope_kind")
    id = serializers.IntegerField(source="scope_id", allow_null=True)
    title = serializers.CharField(source="scope_title")


class IncidentOut(serializers.ModelSerializer[Incident]):
    scope = ScopeOut(source="*")
    contacts = serializers.IntegerField(source="contacts_count", help_text="How many contacts are attached.")
    explanation = serializers.CharField()

    class Meta:
        model = Incident
        fields = [
            "id",
            "state",
            "scope",
            "started_at",
            "opened_at",
            "restored_at",
            "resolution",
            "parent",
            "reporters",
            "contacts",
            "explanation",
            "public_text",
            "eta",
            "next_update_at",
        ]


class AttachedOut(serializers.ModelSerializer[Contact]):
    topic = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Contact
        fields = ["id", "channel", "at", "subscriber", "building", "topic", "outcome"]


class IncidentFilter(filters.FilterSet):
    building = filters.NumberFilter(method="at_building")

    class Meta:
        model = Incident
        fields = ["state"]

    @extend_schema_field(int)
    def at_building(self, incidents: Any, name: str, value: Any) -> Any:
        building = Building.objects.select_related("node").filter(pk=value).first()
        if building is None:
            return incidents.none()
        return incidents.filter(
            Q(building=building)
            | Q(scope_kind=ScopeKind.CITY)
            | Q(node__in=queries.chain_of(building, None))
            | Q(node__in=building.premises.values("switch"))
        )


class IncidentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Incident]):
    permissions_by_method = {"GET": permissions.READ}
    queryset = Incident.objects.none()
    serializer_class = IncidentOut
    filterset_class = IncidentFilter

    def get_queryset(self) -> Any:
        return (
            Incident.objects.visible_to(caller(self.request))
            .select_related("building__street", "node")
            .annotate(contacts_count=Count("attached"))
        )

    @extend_schema(responses=AttachedOut(many=True))
    @action(detail=True, filterset_class=None)
    def contacts(self, request: Request, pk: str) -> Response:
        """The contacts attached to the incident."""
        incident = self.get_object()
        attached: Any = queries.contacts_of(incident).select_related("topic").order_by(F("id").desc())
        page: Any = self.paginate_queryset(attached)  # the stubs expect this view's own model
        return self.get_paginated_response(AttachedOut(page, many=True).data)


routes = [("incidents", IncidentViewSet)]
