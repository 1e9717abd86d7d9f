"""REST of what boards do with many tickets: saved views, one deed on all, rows in a file."""

from typing import Any

from django.http import HttpResponseBase, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.once import once
from contacts.models import Topic
from staff.authentication import caller
from staff.models import User
from tickets import actions, permissions
from tickets.actions import bulk
from tickets.api.bound import NoSuchTicket
from tickets.api.tickets import DESKS
from tickets.models import Board, Export, Priority, Status, Ticket
from tickets.takeout import as_file


class BoardOut(serializers.ModelSerializer[Board]):
    """A saved view; `query` is the query string of the board it opens, `desk` whom it is shared with."""

    desk = serializers.ChoiceField(choices=DESKS, required=False, allow_blank=True, default="")
    query = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")

    class Meta:
        model = Board
        fields = ["id", "name", "owner", "desk", "query", "position"]
        read_only_fields = ["owner", "position"]


class BoardViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Board]):
    """One's own saved views, and those shared with one's desk."""

    permissions_by_method = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), permissions.READ)
    queryset = Board.objects.none()
    serializer_class = BoardOut

    def get_queryset(self) -> Any:
        return Board.objects.visible_to(caller(self.request)).filter(deleted_at=None)

    @extend_schema(request=BoardOut, responses={201: BoardOut})
    @once
    def create(self, request: Request) -> Response:
        parsed = BoardOut(data=request.data)
        parsed.is_valid(raise_exception=True)
        return Response(BoardOut(actions.save_board(by=caller(request), **parsed.validated_data)).data, status=201)

    @extend_schema(request=BoardOut, responses=BoardOut)
    @once
    def partial_update(self, request: Request, pk: str) -> Response:
        """Another name or query; with whom it is shared stays."""
        board = self.get_object()
        parsed = BoardOut(board, data=request.data, partial=True)
        parsed.is_valid(raise_exception=True)
        said = {name: parsed.validated_data.get(name, getattr(board, name)) for name in ("name", "query")}
        return Response(BoardOut(actions.save_board(by=caller(request), board=board, **said)).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        actions.remove_board(board=self.get_object(), by=caller(request))
        return Response(status=204)

    @extend_schema(request=None, responses=BoardOut)
    @action(detail=True, methods=["post"])
    @once
    def restore(self, request: Request, pk: str) -> Response:
        """Bring back what was removed."""
        self.get_queryset = lambda: Board.objects.visible_to(caller(request))  # type: ignore[method-assign]
        return Response(BoardOut(actions.restore_board(board=self.get_object(), by=caller(request))).data)


class ManyIn(serializers.Serializer[Any]):
    """`deed` and what it asks for; what it does not ask for is not looked at."""

    numbers = serializers.ListField(child=serializers.CharField(max_length=12), min_length=1, max_length=bulk.AT_ONCE)
    deed = serializers.ChoiceField(choices=[(name, name) for name in bulk.DEEDS])
    person = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True), required=False)
    desk = serializers.ChoiceField(choices=DESKS, required=False, default="")
    status = serializers.ChoiceField(choices=Status.choices, required=False, default="")
    until = serializers.DateTimeField(required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    topic = serializers.SlugRelatedField(slug_field="code", queryset=Topic.objects.all(), required=False)
    code = serializers.CharField(max_length=50, required=False, default="")
    into = serializers.CharField(max_length=12, required=False)
    text = serializers.CharField(max_length=10_000, required=False, default="", allow_blank=True)

    NEEDED = {
        "give": "person",
        "hand_over": "desk",
        "move": "status",
        "priority": "priority",
        "topic": "topic",
        "merge": "into",
        "attach": "into",
        "note": "text",
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = self.NEEDED.get(attrs["deed"])
        if needed and not attrs.get(needed):
            raise serializers.ValidationError({needed: [self.error_messages["required"]]})
        return attrs


class OutcomeOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    refusal = serializers.CharField(help_text="Why it was not done; empty when it was.")


class ManyViewSet(viewsets.GenericViewSet[Any]):
    permissions_by_method = {"POST": permissions.WORK}
    queryset = Ticket.objects.none()
    serializer_class = ManyIn

    @extend_schema(request=ManyIn, responses=OutcomeOut(many=True))
    def create(self, request: Request) -> Response:
        """One deed on up to 50 tickets, each in a transaction of its own: what is refused stops nothing else."""
        parsed = ManyIn(data=request.data)
        parsed.is_valid(raise_exception=True)
        said = {"person": None, "until": None, "priority": None, "topic": None, **parsed.validated_data}
        if "into" in said:
            into = Ticket.objects.visible_to(caller(request)).filter(number=said["into"]).first()
            if into is None:
                raise NoSuchTicket("There is no such ticket.", fields={"into": "There is no such ticket."})
            said["into"] = into
        numbers = dict.fromkeys(said.pop("numbers"))
        outcomes = bulk.run(deed=said.pop("deed"), numbers=numbers, by=caller(request), said=said)
        return Response(OutcomeOut(outcomes, many=True).data)


class ExportOut(serializers.ModelSerializer[Export]):
    class Meta:
        model = Export
        fields = ["id", "at", "by", "kind", "query", "rows"]


class ExportViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Export]):
    """Who took rows away; and `csv/`, `xlsx/` to take them, with the query string of a board."""

    permissions_by_method = {"GET": permissions.SEE_EXPORTS}
    queryset = Export.objects.all()
    serializer_class = ExportOut


class RowsViewSet(viewsets.GenericViewSet[Any]):
    permissions_by_method = {"GET": permissions.EXPORT}
    queryset = Ticket.objects.none()
    serializer_class = ExportOut
    kind = "csv"

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def list(self, request: Request) -> HttpResponseBase:
        """The board of this query string as a file, all its pages, at most 100,000 rows. It is written down."""
        return as_file(self.kind, QueryDict(request.META["QUERY_STRING"]), caller(request))


class WorkbookViewSet(RowsViewSet):
    kind = "xlsx"


routes = [
    ("boards", BoardViewSet),
    ("tickets-many", ManyViewSet),
    ("exports", ExportViewSet),
    ("tickets-csv", RowsViewSet),
    ("tickets-xlsx", WorkbookViewSet),
]
