"""REST: messages to read; webhooks, their log and replay for the supervisor and the administrator."""

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.once import once
from common.rest import MomentFilter
from messaging import actions, permissions
from messaging.models import Attachment, Message, Webhook, WebhookDelivery
from staff.authentication import caller


class AttachmentOut(serializers.ModelSerializer[Attachment]):
    class Meta:
        model = Attachment
        fields = ["id", "name", "content_type", "size", "sha256", "width", "height"]


class MessageOut(serializers.ModelSerializer[Message]):
    channel = serializers.CharField(source="conversation.channel", read_only=True)
    subscriber = serializers.IntegerField(source="conversation.subscriber_id", read_only=True, allow_null=True)
    attachments = AttachmentOut(many=True, read_only=True)

    class Meta:
        model = Message
        fields = [
            "id",
            "conversation",
            "channel",
            "subscriber",
            "direction",
            "text",
            "author",
            "at",
            "state",
            "error",
            "sent_at",
            "attachments",
        ]


class MessageFilter(filters.FilterSet):
    since = MomentFilter(field_name="at", lookup_expr="gte")
    conversation = filters.NumberFilter(field_name="conversation_id")
    subscriber = filters.NumberFilter(field_name="conversation__subscriber_id")
    channel = filters.CharFilter(field_name="conversation__channel")

    class Meta:
        model = Message
        fields = ["direction", "state"]


class MessageViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Message]):
    permissions_by_method = {"GET": permissions.READ}
    queryset = Message.objects.none()
    serializer_class = MessageOut
    filterset_class = MessageFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> Any:
        shown = Message.objects.visible_to(caller(self.request))
        return shown.select_related("conversation").prefetch_related("attachments")


class WebhookOut(serializers.ModelSerializer[Webhook]):
    class Meta:
        model = Webhook
        fields = ["id", "title", "url", "facts", "is_active", "failures", "quiet_until", "created_by", "created_at"]


class WebhookMade(WebhookOut):
    """With the secret, which no other answer holds."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookOut.Meta):
        fields = [*WebhookOut.Meta.fields, "secret"]


class WebhookIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=500)
    facts = serializers.ListField(child=serializers.CharField(max_length=60), allow_empty=False, max_length=200)


class WebhookPatch(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=80, required=False)
    url = serializers.CharField(max_length=500, required=False)
    facts = serializers.ListField(
        child=serializers.CharField(max_length=60), allow_empty=False, max_length=200, required=False
    )
    is_active = serializers.BooleanField(required=False)


class DeliveryOut(serializers.ModelSerializer[WebhookDelivery]):
    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "fact",
            "fact_id",
            "payload",
            "state",
            "attempts",
            "next_try_at",
            "at",
            "sent_at",
            "code",
            "answer",
            "error",
            "took_ms",
            "replay_of",
        ]


class WebhookViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Webhook]):
    permissions_by_method = {
        "GET": permissions.WEBHOOKS,
        "POST": permissions.WEBHOOKS,
        "PATCH": permissions.WEBHOOKS,
    }
    queryset = Webhook.objects.all()
    serializer_class = WebhookOut
    lookup_value_regex = "[0-9]{1,18}"

    def _parsed(self, kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        parsed = kind(data=request.data)
        parsed.is_valid(raise_exception=True)
        return dict(parsed.validated_data)

    # Not `once`: that would store the answer, and with it the secret.
    @extend_schema(request=WebhookIn, responses={201: WebhookMade})
    def create(self, request: Request) -> Response:
        made = actions.create_webhook(by=caller(request), **self._parsed(WebhookIn, request))
        return Response(WebhookMade(made).data, status=201)

    @extend_schema(request=WebhookPatch, responses=WebhookOut)
    @once
    def partial_update(self, request: Request, pk: str) -> Response:
        data = self._parsed(WebhookPatch, request)
        return Response(WebhookOut(actions.change_webhook(webhook=self.get_object(), by=caller(request), **data)).data)

    @extend_schema(request=None, responses=WebhookMade)
    @action(detail=True, methods=["post"])
    def secret(self, request: Request, pk: str) -> Response:
        """Replace the secret; the answer holds the new one."""
        return Response(WebhookMade(actions.replace_secret(webhook=self.get_object(), by=caller(request))).data)

    @extend_schema(request=None, responses={201: DeliveryOut})
    @action(detail=True, methods=["post"])
    @once
    def test(self, request: Request, pk: str) -> Response:
        """Send a test."""
        return Response(DeliveryOut(actions.send_test(webhook=self.get_object(), by=caller(request))).data, status=201)

    @extend_schema(responses=DeliveryOut(many=True))
    @action(detail=True, methods=["get"])
    def deliveries(self, request: Request, pk: str) -> Response:
        """The log, newest first."""
        page: Any = self.paginate_queryset(self.get_object().deliveries.all())  # type: ignore[arg-type]
        return self.get_paginated_response(DeliveryOut(page, many=True).data)

    @extend_schema(request=None, responses={201: DeliveryOut})
    @action(detail=True, methods=["post"], url_path="deliveries/(?P<delivery_id>[0-9]{1,18})/replay")
    @once
    def replay(self, request: Request, pk: str, delivery_id: str) -> Response:
        """Tell the same fact again."""
        found = get_object_or_404(self.get_object().deliveries, pk=int(delivery_id))
        return Response(DeliveryOut(actions.replay(delivery=found, by=caller(request))).data, status=201)


routes = [("messages", MessageViewSet), ("webhooks", WebhookViewSet)]
