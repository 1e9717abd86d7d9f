"""REST for what people do with a ticket by hand: take, give, return, postpone; and its history."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common import changes
from common.once import once
from common.rest import CursorPagination
from staff.access import may
from staff.authentication import caller
from staff.models import User
from tickets import actions, permissions, queries
from tickets.models import Ticket, TicketEvent


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class NeededReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class GiveIn(ReasonIn):
    assignee = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))


class ChangeOut(serializers.Serializer[Any]):
    field = serializers.CharField(source="label")
    old = serializers.CharField(allow_null=True)
    new = serializers.CharField()


class TicketEventOut(serializers.ModelSerializer[TicketEvent]):
    """`changes` in words of the caller's language; `data` and `changed` as they are stored."""

    by = serializers.CharField(source="actor", help_text="A person's name, or the system's.")
    what = serializers.CharField(source="label")
    changes = ChangeOut(many=True)
    text = serializers.CharField()
    from_where = serializers.CharField(source="way")
    address = serializers.SerializerMethodField(help_text="A person's network address; null but for supervisors.")

    class Meta:
        model = TicketEvent
        fields = ["id", "at", "kind", "what", "by", "by_user", "changes", "text", "via", "from_where", "address"]

    def get_address(self, event: TicketEvent) -> str | None:
        return event.address if may(self.context["request"].user, permissions.SEE_ADDRESSES) else None


class HistoryPages(CursorPagination):
    ordering = ("-at", "-id")  # type: ignore[assignment]


class Deeds:
    """A part of `TicketViewSet`: each deed is the same action as the page's button."""

    get_object: Callable[[], Ticket]
    get_serializer_context: Callable[[], dict[str, Any]]
    _shown: Callable[..., Response]
    _parsed: Callable[[type[serializers.Serializer[Any]], Request], dict[str, Any]]

    def _deed(self, request: Request, deed: Callable[..., Ticket], kind: Any = None) -> Response:
        said = self._parsed(kind, request) if kind else {}
        if "assignee" in said:
            said["to"] = said.pop("assignee")
        return self._shown(deed(ticket=self.get_object(), by=caller(request), **said))

    @action(detail=True, methods=["post"])
    @once
    def take(self, request: Request, number: str) -> Response:
        """Make it mine. Of two at once exactly one succeeds."""
        return self._deed(request, actions.take)

    @action(detail=True, methods=["post"], url_path="take-over")
    @once
    def take_over(self, request: Request, number: str) -> Response:
        """Make a colleague's ticket mine; he reads the reason."""
        return self._deed(request, actions.take_over, NeededReasonIn)

    @action(detail=True, methods=["post"])
    @once
    def give(self, request: Request, number: str) -> Response:
        """Make it a colleague's work: somebody who works at the ticket's desk."""
        return self._deed(request, actions.give, GiveIn)

    @action(detail=True, methods=["post"])
    @once
    def release(self, request: Request, number: str) -> Response:
        """Give it back to the desk's queue."""
        return self._deed(request, actions.release, ReasonIn)

    @action(detail=True, methods=["post"])
    @once
    def reopen(self, request: Request, number: str) -> Response:
        """Back to the desk's queue, if the desk's rule still allows it."""
        return self._deed(request, actions.reopen, ReasonIn)

    @action(detail=True, methods=["post"])
    @once
    def again(self, request: Request, number: str) -> Response:
        """Open a new ticket that continues this one; answers with the new one."""
        said = self._parsed(ReasonIn, request)
        return self._shown(actions.open_again(ticket=self.get_object(), by=caller(request), **said), status=201)

    @action(detail=True, methods=["get"], filter_backends=[])
    def history(self, request: Request, number: str) -> Response:
        """Who, when, from where, what changed; newest first. Nothing in it can be changed."""
        pages = HistoryPages()
        rows = pages.paginate_queryset(queries.full_history(self.get_object()), request, view=self)  # type: ignore[arg-type]
        told: Any = changes.told(rows or [])
        shown = TicketEventOut(told, many=True, context=self.get_serializer_context())
        return pages.get_paginated_response(shown.data)
