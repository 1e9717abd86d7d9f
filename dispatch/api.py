from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers, viewsets

from dispatch import permissions
from dispatch.models import Visit, bounds
from staff.authentication import caller


class WindowOut(serializers.Serializer[Any]):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class VisitOut(serializers.ModelSerializer[Visit]):
    window = serializers.SerializerMethodField()
    ticket = serializers.SlugRelatedField(slug_field="number", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Visit
        fields = [
            "id",
            "kind",
            "state",
            "building",
            "subscriber",
            "ticket",
            "incident",
            "master",
            "window",
            "ordered_at",
            "accepted_at",
            "due_at",
            "ended_at",
            "cause",
            "flag",
        ]

    @extend_schema_field(WindowOut(allow_null=True))
    def get_window(self, visit: Visit) -> dict[str, Any] | None:
        if visit.window is None:
            return None
        start, end = bounds(visit.window)
        return {"start": start.isoformat(), "end": end.isoformat()}


class VisitFilter(filters.FilterSet):
    building = filters.NumberFilter(field_name="building_id")
    master = filters.NumberFilter(field_name="master_id")

    class Meta:
        model = Visit
        fields = ["kind", "state"]


class VisitViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Visit]):
    permissions_by_method = {"GET": permissions.READ}
    queryset = Visit.objects.none()
    serializer_class = VisitOut
    filterset_class = VisitFilter

    def get_queryset(self) -> Any:
        return Visit.objects.visible_to(caller(self.request)).select_related("ticket")


routes = [("visits", VisitViewSet)]
