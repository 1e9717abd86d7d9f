"""REST of rules, for supervisors: written, switched, tried, and what they did."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.once import once
from staff.authentication import caller
from tickets import actions, permissions
from tickets.models import Rule, RuleRun, RuleTrigger
from tickets.rule_replay import replay


class RuleOut(serializers.ModelSerializer[Rule]):
    class Meta:
        model = Rule
        fields = ["id", "title", "trigger", "spec", "is_on", "stops", "position", "every_min", "daily_at", "repeat_h"]
        fields += ["next_at", "broken", "version"]


class RuleIn(serializers.Serializer[Any]):
    """`spec`: `{"all": [{"fact", "is", "value"}], "any": [...], "do": [{"do", "value", "text"}]}`."""

    title = serializers.CharField(max_length=120)
    trigger = serializers.ChoiceField(choices=RuleTrigger.choices)
    spec = serializers.JSONField()
    stops = serializers.BooleanField(default=False)
    every_min = serializers.IntegerField(min_value=5, max_value=10_080, allow_null=True, default=None)
    daily_at = serializers.TimeField(allow_null=True, default=None)
    repeat_h = serializers.IntegerField(min_value=1, max_value=10_000, allow_null=True, default=None)
    version = serializers.IntegerField(min_value=1, allow_null=True, default=None, write_only=True)


class SwitchIn(serializers.Serializer[Any]):
    on = serializers.BooleanField()


class TryIn(serializers.Serializer[Any]):
    before = serializers.IntegerField(min_value=1, allow_null=True, default=None)


class HeldOut(serializers.Serializer[Any]):
    ticket = serializers.CharField(source="ticket.number")
    at = serializers.DateTimeField()


class ReplayOut(serializers.Serializer[Any]):
    """`before`: what to send to look further back; null at the end."""

    seen = serializers.IntegerField()
    held = serializers.IntegerField()
    before = serializers.IntegerField(allow_null=True)
    sample = HeldOut(many=True)


class RuleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Rule]):
    permissions_by_method = {
        "GET": permissions.CONFIGURE,
        "POST": permissions.CONFIGURE,
        "PUT": permissions.CONFIGURE,
        "DELETE": permissions.CONFIGURE,
    }
    queryset = Rule.objects.filter(removed_at=None)
    serializer_class = RuleOut

    def _fields(self, request: Request) -> dict[str, Any]:
        parsed = RuleIn(data=request.data)
        parsed.is_valid(raise_exception=True)
        return dict(parsed.validated_data)

    @extend_schema(request=RuleIn, responses={201: RuleOut})
    @once
    def create(self, request: Request) -> Response:
        """A new rule is off."""
        fields = self._fields(request)
        fields.pop("version")
        return Response(RuleOut(actions.save_rule(rule=None, by=caller(request), **fields)).data, status=201)

    @extend_schema(request=RuleIn, responses=RuleOut)
    @once
    def update(self, request: Request, pk: str) -> Response:
        saved = actions.save_rule(rule=self.get_object(), by=caller(request), **self._fields(request))
        return Response(RuleOut(saved).data)

    @extend_schema(responses={204: None})
    @once
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove it; its log stays."""
        actions.remove_rule(rule=self.get_object(), by=caller(request))
        return Response(status=204)

    @extend_schema(request=SwitchIn, responses=RuleOut)
    @action(detail=True, methods=["post"])
    @once
    def switch(self, request: Request, pk: str) -> Response:
        parsed = SwitchIn(data=request.data)
        parsed.is_valid(raise_exception=True)
        rule = actions.switch_rule(rule=self.get_object(), on=parsed.validated_data["on"], by=caller(request))
        return Response(RuleOut(rule).data)

    @extend_schema(request=TryIn, responses=ReplayOut)
    @action(detail=True, methods=["post"], url_path="try")
    def dry_run(self, request: Request, pk: str) -> Response:
        """Where it would have held in the last 30 days. Writes nothing."""
        parsed = TryIn(data=request.data)
        parsed.is_valid(raise_exception=True)
        rule = self.get_object()
        found = replay(actions.checked_rule(rule.spec), rule.trigger, before=parsed.validated_data["before"])
        return Response(ReplayOut(found).data)


class RunOut(serializers.ModelSerializer[RuleRun]):
    ticket = serializers.CharField(source="ticket.number")

    class Meta:
        model = RuleRun
        fields = ["id", "rule", "ticket", "at", "outcome", "steps", "why"]


class RunViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[RuleRun]):
    """What rules did, newest first; kept for 90 days."""

    permissions_by_method = {"GET": permissions.CONFIGURE}
    queryset = RuleRun.objects.select_related("ticket")
    serializer_class = RunOut


routes = [("rules", RuleViewSet), ("rule-runs", RunViewSet)]
