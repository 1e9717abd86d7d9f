from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers, viewsets

from common.rest import MomentFilter
from contacts import permissions
from contacts.models import Contact
from staff.authentication import caller


class ContactOut(serializers.ModelSerializer[Contact]):
    topic = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Contact
        fields = ["id", "channel", "at", "subscriber", "building", "topic", "outcome", "handled_by", "closed_at"]


class ContactFilter(filters.FilterSet):
    since = MomentFilter(field_name="at", lookup_expr="gte")
    building = filters.NumberFilter(field_name="building_id")

    class Meta:
        model = Contact
        fields = ["channel"]


class ContactViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Contact]):
    permissions_by_method = {"GET": permissions.READ}
    queryset = Contact.objects.none()
    serializer_class = ContactOut
    filterset_class = ContactFilter

    def get_queryset(self) -> Any:
        return Contact.objects.visible_to(caller(self.request)).filter(merged_into=None).select_related("topic")


routes = [("contacts", ContactViewSet)]
