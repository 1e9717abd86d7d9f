"""REST of promises: what is promised, by which calendars; the supervisor changes them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from common.once import once
from contacts.models import Topic
from staff.authentication import caller
from tickets import actions, permissions
from tickets.forms_promises import PAUSES
from tickets.models import TICKET_DESKS, CalendarDay, Priority, SlaPolicy, TicketClock, WorkCalendar

_DESKS = [(desk.value, desk.label) for desk in TICKET_DESKS]
_PAUSES = [(one.value, one.label) for one in PAUSES]
MOST = 5_000_000  # minutes; nine years


class ClockOut(serializers.ModelSerializer[TicketClock]):
    class Meta:
        model = TicketClock
        fields = ["kind", "run", "started_at", "target_s", "due_at", "met_at", "is_paused", "is_late", "left_s"]


class PromiseOut(serializers.ModelSerializer[SlaPolicy]):
    topic = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]
    calendar = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = SlaPolicy
        fields = ["id", "desk", "topic", "priority", "calendar", "first_min", "next_min", "resolution_min", "pauses"]


class PromiseIn(serializers.Serializer[Any]):
    desk = serializers.ChoiceField(choices=_DESKS)
    topic = serializers.SlugRelatedField(slug_field="code", queryset=Topic.objects.all(), allow_null=True, default=None)
    priority = serializers.ChoiceField(choices=Priority.choices, allow_null=True, default=None)
    calendar = serializers.SlugRelatedField(slug_field="code", queryset=WorkCalendar.objects.all())
    first_min = serializers.IntegerField(min_value=1, max_value=MOST, allow_null=True, default=None)
    next_min = serializers.IntegerField(min_value=1, max_value=MOST, allow_null=True, default=None)
    resolution_min = serializers.IntegerField(min_value=1, max_value=MOST, allow_null=True, default=None)
    pauses = serializers.ListField(child=serializers.ChoiceField(choices=_PAUSES), default=list, max_length=3)


class PromiseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[SlaPolicy]):
    permissions_by_method = {
        "GET": permissions.READ,
        "POST": permissions.CONFIGURE,
        "PUT": permissions.CONFIGURE,
        "DELETE": permissions.CONFIGURE,
    }
    queryset = SlaPolicy.objects.filter(is_active=True).select_related("topic", "calendar")
    serializer_class = PromiseOut

    def _fields(self, request: Request) -> dict[str, Any]:
        parsed = PromiseIn(data=request.data)
        parsed.is_valid(raise_exception=True)
        return dict(parsed.validated_data)

    @extend_schema(request=PromiseIn, responses={201: PromiseOut})
    @once
    def create(self, request: Request) -> Response:
        policy = actions.save_promise(policy=None, by=caller(request), **self._fields(request))
        return Response(PromiseOut(policy).data, status=201)

    @extend_schema(request=PromiseIn, responses=PromiseOut)
    @once
    def update(self, request: Request, pk: str) -> Response:
        policy = actions.save_promise(policy=self.get_object(), by=caller(request), **self._fields(request))
        return Response(PromiseOut(policy).data)

    @extend_schema(responses={204: None})
    @once
    def destroy(self, request: Request, pk: str) -> Response:
        """Retire it: from now on the next less exact promise holds."""
        actions.retire_promise(policy=self.get_object(), by=caller(request))
        return Response(status=204)


class DayOut(serializers.ModelSerializer[CalendarDay]):
    class Meta:
        model = CalendarDay
        fields = ["date", "hours", "title"]


class CalendarOut(serializers.ModelSerializer[WorkCalendar]):
    days = DayOut(many=True, read_only=True)

    class Meta:
        model = WorkCalendar
        fields = ["id", "code", "title", "zone", "week", "days"]


class CalendarViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[WorkCalendar]):
    """Hours in minutes of the local day, Monday first; `days` differ from their weekday."""

    permissions_by_method = {"GET": permissions.READ}
    queryset = WorkCalendar.objects.prefetch_related("days")
    serializer_class = CalendarOut


routes = [("promises", PromiseViewSet), ("calendars", CalendarViewSet)]
