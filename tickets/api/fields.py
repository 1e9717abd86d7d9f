"""REST of custom fields, checklists and ticket templates."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from common.once import once
from staff.authentication import caller
from tickets import actions, permissions
from tickets.api.of_ticket import NUMBER, OfTicket
from tickets.field_boxes import boxes
from tickets.models import ChecklistItem, FieldDefinition, TicketTemplate


class FieldDefinitionOut(serializers.ModelSerializer[FieldDefinition]):
    topics = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = FieldDefinition
        fields = [
            *(
                "id",
                "key",
                "label_ru",
                "label_en",
                "help_ru",
                "help_en",
                "kind",
                "options",
                "look_up",
                "lowest",
                "highest",
            ),
            *(
                "desk",
                "topics",
                "on_arrival",
                "before_resolving",
                "before_handing_over",
                "before_visit",
                "position",
                "is_active",
            ),
        ]


class FieldDefinitionViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[FieldDefinition]
):
    permissions_by_method = {"GET": permissions.READ}
    queryset = FieldDefinition.objects.prefetch_related("topics")
    serializer_class = FieldDefinitionOut
    lookup_field = "key"


class FieldValueOut(serializers.Serializer[Any]):
    key = serializers.CharField(source="definition.key")
    kind = serializers.CharField(source="definition.kind")
    title = serializers.CharField(source="definition.title")
    value = serializers.CharField(source="stored", help_text="As it is stored; empty for nothing.")
    shown = serializers.CharField(help_text="In words.")


class FieldValuesIn(serializers.Serializer[Any]):
    values = serializers.DictField(
        child=serializers.CharField(max_length=500, allow_blank=True, allow_null=True),
        help_text="By key; an empty one or null takes the value away; of a choice its key, of a thing its id.",
    )


class FieldsViewSet(OfTicket):
    permissions_by_method = {"GET": permissions.READ, "POST": permissions.WORK}
    serializer_class: Any = FieldValueOut
    pagination_class = None

    @extend_schema(responses=FieldValueOut(many=True))
    def list(self, request: Request, number: str) -> Response:
        """The fields of the ticket's desk and topic with their values."""
        return Response(FieldValueOut(boxes(self.ticket(), caller(request)), many=True).data)

    @extend_schema(request=FieldValuesIn, responses=FieldValueOut(many=True))
    @once
    def create(self, request: Request, number: str) -> Response:
        """Write values; what is not named stays as it is."""
        said = self.parsed(FieldValuesIn, request)["values"]
        values = {key: "" if value is None else value for key, value in said.items()}
        ticket = actions.set_fields(ticket=self.ticket(), values=values, by=caller(request))
        return Response(FieldValueOut(boxes(ticket, caller(request)), many=True).data)


class StepOut(serializers.ModelSerializer[ChecklistItem]):
    class Meta:
        model = ChecklistItem
        fields = ["id", "text", "position", "is_required", "added_by", "added_at", "done_by", "done_at"]


class StepIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=200)


class DoneIn(serializers.Serializer[Any]):
    done = serializers.BooleanField()


class ChecklistViewSet(OfTicket):
    permissions_by_method = {
        "GET": permissions.READ,
        "POST": permissions.WORK,
        "PATCH": permissions.WORK,
        "DELETE": permissions.WORK,
    }
    serializer_class: Any = StepOut
    pagination_class = None

    def _step(self, pk: str) -> ChecklistItem:
        return get_object_or_404(ChecklistItem, ticket=self.ticket(), pk=pk if pk.isdecimal() and len(pk) < 19 else 0)

    @extend_schema(responses=StepOut(many=True))
    def list(self, request: Request, number: str) -> Response:
        return Response(StepOut(self.ticket().checklist.all(), many=True).data)

    @extend_schema(request=StepIn, responses={201: StepOut})
    @once
    def create(self, request: Request, number: str) -> Response:
        said = self.parsed(StepIn, request)
        made = actions.add_step_to(ticket=self.ticket(), text=said["text"], by=caller(request))
        return Response(StepOut(made).data, status=201)

    @extend_schema(request=DoneIn, responses=StepOut)
    @once
    def partial_update(self, request: Request, number: str, pk: str) -> Response:
        """Tick it off, or take the tick away."""
        step = self._step(pk)
        actions.check_step(item=step, done=self.parsed(DoneIn, request)["done"], by=caller(request))
        step.refresh_from_db()
        return Response(StepOut(step).data)

    @extend_schema(responses={204: None})
    @once
    def destroy(self, request: Request, number: str, pk: str) -> Response:
        actions.remove_step_of(item=self._step(pk), by=caller(request))
        return Response(status=204)


class TicketTemplateOut(serializers.ModelSerializer[TicketTemplate]):
    topic = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]
    checklist = serializers.SlugRelatedField(slug_field="title", read_only=True)  # type: ignore[var-annotated]
    values = serializers.DictField(source="fields", child=serializers.CharField())

    class Meta:
        model = TicketTemplate
        fields = ["id", "title", "desk", "topic", "priority", "subject", "text", "checklist", "values", "position"]


class TicketTemplateViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[TicketTemplate]):
    permissions_by_method = {"GET": permissions.READ}
    queryset = TicketTemplate.objects.filter(is_active=True).select_related("topic", "checklist")
    serializer_class = TicketTemplateOut


routes = [
    ("field-definitions", FieldDefinitionViewSet),
    ("ticket-templates", TicketTemplateViewSet),
    (f"{NUMBER}/fields", FieldsViewSet),
    (f"{NUMBER}/checklist", ChecklistViewSet),
]
