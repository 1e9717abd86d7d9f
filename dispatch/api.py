from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common import phones
from common.once import once
from contacts.models import Contact
from dispatch import actions, connecting, permissions
from dispatch.models import ConnectionRequest, HouseVote, Visit, Wants, bounds
from network.models import Building, ConnectionState
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


class ConnectionOut(serializers.ModelSerializer[ConnectionRequest]):
    """`phone` is masked for the outsourced first line; the name is what her people typed themselves."""

    ticket = serializers.SlugRelatedField(slug_field="number", read_only=True)  # type: ignore[var-annotated]
    phone = serializers.SerializerMethodField()

    class Meta:
        model = ConnectionRequest
        fields = [
            "id",
            "state",
            "reason",
            "verdict",
            "why",
            "is_feasible",
            "check_by",
            "building",
            "address",
            "flat",
            "name",
            "phone",
            "wants",
            "tariff",
            "ticket",
            "visit",
            "contact",
            "asked_at",
        ]

    def get_phone(self, request: ConnectionRequest) -> str:
        viewer = caller(self.context["request"])
        return phones.masked(request.phone) if viewer.is_outsourced else request.phone


class ConnectionIn(serializers.Serializer[Any]):
    """A house of the register or a typed address; `start` is one of the windows that `feasibility` offers."""

    contact = serializers.PrimaryKeyRelatedField(queryset=Contact.objects.all(), required=False, allow_null=True)
    building = serializers.PrimaryKeyRelatedField(queryset=Building.objects.all(), required=False, allow_null=True)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    flat = serializers.CharField(max_length=20, required=False, allow_blank=True)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    wants = serializers.ChoiceField(choices=Wants.choices, default=Wants.INTERNET)
    tariff = serializers.CharField(max_length=200, required=False, allow_blank=True)
    start = serializers.DateTimeField(required=False, allow_null=True)


class FeasibilityIn(serializers.Serializer[Any]):
    building = serializers.PrimaryKeyRelatedField(queryset=Building.objects.all(), required=False)
    address = serializers.CharField(max_length=200, required=False, default="")


class FeasibilityOut(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=ConnectionState.choices)
    why = serializers.CharField(help_text="A code: ready, house, no_ports, not_in_register, street_unknown.")
    words = serializers.CharField()
    windows = WindowOut(many=True)


class MadeOut(serializers.Serializer[Any]):
    """`verdict` red: a vote was counted, and `request` is null."""

    verdict = serializers.ChoiceField(choices=ConnectionState.choices)
    request = ConnectionOut(allow_null=True)


class ConnectionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ConnectionRequest]):
    permissions_by_method = {"GET": permissions.CONNECT, "POST": permissions.CONNECT}
    queryset = ConnectionRequest.objects.none()
    serializer_class = ConnectionOut
    filterset_fields = ["state", "verdict", "building"]

    def get_queryset(self) -> Any:
        return ConnectionRequest.objects.visible_to(caller(self.request)).select_related("ticket")

    @extend_schema(request=ConnectionIn, responses={201: MadeOut})
    @once
    def create(self, request: Request) -> Response:
        said = ConnectionIn(data=request.data)
        said.is_valid(raise_exception=True)
        data, user = said.validated_data, caller(request)
        contact = data.get("contact")
        if contact and not Contact.objects.visible_to(user).filter(pk=contact.pk).exists():
            raise serializers.ValidationError({"contact": ["No such contact."]})
        made = actions.ask_connection(by=user, **data)
        if isinstance(made, HouseVote):
            return Response({"verdict": ConnectionState.RED, "request": None}, status=201)
        shown = ConnectionOut(made, context=self.get_serializer_context()).data
        return Response({"verdict": made.verdict, "request": shown}, status=201)

    @extend_schema(parameters=[FeasibilityIn], responses=FeasibilityOut)
    @action(detail=False, pagination_class=None, filterset_fields=None)
    def feasibility(self, request: Request) -> Response:
        """Can somebody be connected there, and which windows could be promised now?"""
        said = FeasibilityIn(data=request.query_params)
        said.is_valid(raise_exception=True)
        building, address = said.validated_data.get("building"), said.validated_data["address"]
        if building is None and len(address.strip()) < 4:
            raise serializers.ValidationError({"building": ["Name a building or an address."]})
        verdict = connecting.judge(building=building, address=address)
        found = connecting.windows() if verdict.state == ConnectionState.GREEN else []
        body = {
            "state": verdict.state,
            "why": verdict.why,
            "words": connecting.words(verdict),
            "windows": [{"start": slot.start, "end": slot.end} for slot in found],
        }
        return Response(FeasibilityOut(body).data)


routes = [("visits", VisitViewSet), ("connections", ConnectionViewSet)]
