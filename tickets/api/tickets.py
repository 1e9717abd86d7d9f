from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.once import once
from common.rest import MomentFilter
from contacts.models import Channel, Contact, Topic
from customers.models import Subscriber
from network.models import Building
from staff.authentication import caller
from staff.models import User
from tickets import actions, permissions, search, words
from tickets.api.deeds import Deeds, GiveIn, NeededReasonIn, ReasonIn, TicketEventOut
from tickets.api.promises import ClockOut
from tickets.models import TICKET_DESKS, Priority, Status, Ticket, TicketTemplate

DESKS = [(desk.value, desk.label) for desk in TICKET_DESKS]

MOST_FOUND = 1_000


class TicketOut(serializers.ModelSerializer[Ticket]):
    topic = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]

    resolution_code = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]
    continues = serializers.SlugRelatedField(slug_field="number", read_only=True)  # type: ignore[var-annotated]
    parent = serializers.SlugRelatedField(slug_field="number", read_only=True)  # type: ignore[assignment,var-annotated]
    merged_into = serializers.SlugRelatedField(slug_field="number", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Ticket
        fields = [
            "number",
            "desk",
            "topic",
            "status",
            "priority",
            "subscriber",
            "building",
            "assignee",
            "channel",
            "contact",
            "subject",
            "opened_at",
            "first_response_at",
            "due_at",
            "act_by",
            "changed_at",
            "wait_until",
            "resolved_at",
            "resolution_code",
            "resolution",
            "reopened_at",
            "continues",
            "parent",
            "merged_into",
            "incident",
        ]


def filled_by_template(data: Any) -> Any:
    """What was sent, and beneath it what the template that it names says. A wrong one is refused by its field."""
    pk = str(data.get("template", "")) if isinstance(data, dict) else ""
    found = TicketTemplate.objects.filter(is_active=True, pk=pk) if pk.isdecimal() and len(pk) < 19 else None
    template = found.select_related("topic").first() if found is not None else None
    if template is None:
        return data
    said = {"desk": template.desk, "priority": template.priority}
    said |= {"subject": words.fill(template.subject, words.Values(desk=template.get_desk_display()))}
    said |= {"text": words.fill(template.text, words.Values(desk=template.get_desk_display()))}
    return {**said, **({"topic": template.topic.code} if template.topic else {}), **data}


class TicketIn(serializers.Serializer[Any]):
    desk = serializers.ChoiceField(choices=DESKS)
    subject = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=20_000, required=False, default="")
    topic = serializers.SlugRelatedField(slug_field="code", queryset=Topic.objects.active(), required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, default=Priority.P3)
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.PHONE)
    subscriber = serializers.PrimaryKeyRelatedField(queryset=Subscriber.objects.none(), required=False)
    building = serializers.PrimaryKeyRelatedField(queryset=Building.objects.all(), required=False)
    contact = serializers.PrimaryKeyRelatedField(queryset=Contact.objects.none(), required=False)
    template = serializers.PrimaryKeyRelatedField(
        queryset=TicketTemplate.objects.filter(is_active=True),
        required=False,
        help_text="Fills what is not given: desk, subject, text, topic, priority, steps and values of fields.",
    )

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(filled_by_template(data))

    def get_fields(self) -> dict[str, Any]:
        """Ids that the caller may not see do not exist for him."""
        fields = super().get_fields()
        user = self.context["request"].user
        if isinstance(user, User):
            fields["subscriber"].queryset = Subscriber.objects.visible_to(user)  # type: ignore[attr-defined]
            fields["contact"].queryset = Contact.objects.visible_to(user)  # type: ignore[attr-defined]
        return fields


class TicketPatch(serializers.Serializer[Any]):
    subject = serializers.CharField(max_length=200, required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    topic = serializers.SlugRelatedField(slug_field="code", queryset=Topic.objects.active(), required=False)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    desk = serializers.ChoiceField(choices=DESKS, required=False)
    reason = serializers.CharField(max_length=500, required=False, help_text="Why it changes its desk.")
    wait_until = serializers.DateTimeField(required=False)
    resolution = serializers.CharField(max_length=20_000, required=False)
    resolution_code = serializers.CharField(max_length=50, required=False)


class CommentIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=20_000)


class TicketFilter(filters.FilterSet):
    since = MomentFilter(field_name="opened_at", lookup_expr="gte")
    building = filters.NumberFilter(field_name="building_id")
    subscriber = filters.NumberFilter(field_name="subscriber_id")
    q = filters.CharFilter(method="search", help_text="Words, number, account, phone or address; at most 1,000 found.")

    class Meta:
        model = Ticket
        fields = ["desk", "status", "priority"]

    def search(self, found: "QuerySet[Ticket]", _name: str, text: str) -> "QuerySet[Ticket]":
        user = caller(self.request)
        text = search.check(user, text)
        most = search.MOST_OUTSOURCED if user.is_outsourced else MOST_FOUND
        return found.filter(pk__in=search.ids(found, text, limit=most)) if text else found


@extend_schema_view(
    take=extend_schema(request=None, responses=TicketOut),
    take_over=extend_schema(request=NeededReasonIn, responses=TicketOut),
    give=extend_schema(request=GiveIn, responses=TicketOut),
    release=extend_schema(request=ReasonIn, responses=TicketOut),
    reopen=extend_schema(request=ReasonIn, responses=TicketOut),
    again=extend_schema(request=ReasonIn, responses={201: TicketOut}),
    history=extend_schema(responses=TicketEventOut(many=True)),
)
class TicketViewSet(Deeds, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Ticket]):
    permissions_by_method = {"GET": permissions.READ, "POST": permissions.OPEN, "PATCH": permissions.WORK}
    queryset = Ticket.objects.none()
    serializer_class = TicketOut
    filterset_class = TicketFilter
    lookup_field = "number"

    def get_queryset(self) -> Any:
        return Ticket.objects.visible_to(caller(self.request)).select_related(
            "topic", "resolution_code", "continues", "parent", "merged_into"
        )

    def _shown(self, ticket: Ticket, status: int = 200) -> Response:
        return Response(TicketOut(ticket, context=self.get_serializer_context()).data, status=status)

    def _parsed(self, kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        parsed = kind(data=request.data, context=self.get_serializer_context())
        parsed.is_valid(raise_exception=True)
        return dict(parsed.validated_data)

    @extend_schema(request=TicketIn, responses={201: TicketOut})
    @once
    def create(self, request: Request) -> Response:
        return self._shown(actions.open_by_hand(by=caller(request), **self._parsed(TicketIn, request)), status=201)

    @extend_schema(request=TicketPatch, responses=TicketOut)
    @once
    def partial_update(self, request: Request, number: str) -> Response:
        """Edit, move, hand over or resolve, through the same actions as the pages."""
        ticket, data = self.get_object(), self._parsed(TicketPatch, request)
        plain = {name: data[name] for name in ("subject", "priority", "topic") if name in data}
        if plain:
            ticket = actions.edit(ticket=ticket, by=caller(request), **plain)
        if data.get("desk", ticket.desk) != ticket.desk:
            ticket = actions.hand_over(
                ticket=ticket, to=data["desk"], by=caller(request), reason=data.get("reason", "")
            )
        status = data.get("status", ticket.status)
        if status == Status.RESOLVED:
            ticket = actions.resolve(
                ticket=ticket, by=caller(request), text=data.get("resolution", ""), code=data.get("resolution_code", "")
            )
        elif ticket.is_resolved and status != ticket.status:
            ticket = actions.reopen(ticket=ticket, by=caller(request), reason=data.get("resolution", ""))
        elif status != ticket.status or "wait_until" in data:
            until = data.get("wait_until")
            ticket = actions.set_status(ticket=ticket, status=status, until=until, by=caller(request))
        return self._shown(ticket)

    @extend_schema(responses=ClockOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def clocks(self, request: Request, number: str) -> Response:
        """Every run of the ticket's promises."""
        return Response(ClockOut(self.get_object().clocks.order_by("kind", "run"), many=True).data)

    @extend_schema(request=CommentIn, responses={201: CommentIn})
    @action(detail=True, methods=["post"])
    @once
    def comments(self, request: Request, number: str) -> Response:
        data = self._parsed(CommentIn, request)
        actions.comment(ticket=self.get_object(), text=data["text"], by=caller(request))
        return Response(data, status=201)


routes = [("tickets", TicketViewSet)]
