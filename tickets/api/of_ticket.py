from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers, viewsets
from rest_framework.request import Request

from staff.authentication import caller
from tickets.models import Ticket

NUMBER = r"tickets/(?P<number>[^/.]+)"


class OfTicket(viewsets.GenericViewSet[Any]):
    """What hangs on one ticket that the caller may see."""

    queryset = Ticket.objects.none()

    def ticket(self) -> Ticket:
        return self.seen(self.kwargs["number"])

    def seen(self, number: str) -> Ticket:
        """A ticket that the caller may see, by its number; else there is none."""
        return get_object_or_404(Ticket.objects.visible_to(caller(self.request)).with_people(), number=number)

    def parsed(self, kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        parsed = kind(data=request.data)
        parsed.is_valid(raise_exception=True)
        return dict(parsed.validated_data)
