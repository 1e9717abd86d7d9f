"""REST of what binds tickets: merge and undo, split, links, a common ticket with its answer; and time of work."""

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import DomainError
from common.once import once
from contacts.models import Topic
from staff.authentication import caller
from staff.models import Desk
from tickets import actions, permissions, queries
from tickets.api.of_ticket import NUMBER, OfTicket
from tickets.api.tickets import TicketOut
from tickets.models import TICKET_DESKS, CommonAnswer, CommonAnswerLine, Link, LinkKind, Ticket, TimeEntry


class NoSuchTicket(DomainError):
    code = "no_such_ticket"
    status = 422


class MergeIn(serializers.Serializer[Any]):
    into = serializers.CharField(max_length=12, help_text="Number of the ticket that takes this one in.")
    sure = serializers.BooleanField(default=False, help_text="Merge although they are two subscribers' tickets.")


class SplitIn(serializers.Serializer[Any]):
    subject = serializers.CharField(max_length=200)
    desk = serializers.ChoiceField(choices=[(one.value, one.label) for one in map(Desk, TICKET_DESKS)])
    topic = serializers.SlugRelatedField(slug_field="code", queryset=Topic.objects.active(), required=False)
    text = serializers.CharField(max_length=10_000, required=False, default="", allow_blank=True)


class LinkOut(serializers.ModelSerializer[Link]):
    """`one` is `kind` to `other`: both are numbers."""

    one = serializers.SlugRelatedField(slug_field="number", read_only=True)  # type: ignore[var-annotated]
    other = serializers.SlugRelatedField(slug_field="number", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Link
        fields = ["id", "one", "other", "kind", "reason", "at", "by"]


class LinkIn(serializers.Serializer[Any]):
    to = serializers.CharField(max_length=12)
    kind = serializers.ChoiceField(choices=LinkKind.choices)
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class ChildIn(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=12, help_text="Number of the ticket that shall belong to this one.")


class LineOut(serializers.ModelSerializer[CommonAnswerLine]):
    ticket = serializers.SlugRelatedField(slug_field="number", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = CommonAnswerLine
        fields = ["ticket", "done_at", "outcome", "refusal"]


class AnswerOut(serializers.ModelSerializer[CommonAnswer]):
    lines = LineOut(many=True)

    class Meta:
        model = CommonAnswer
        fields = ["id", "text", "code", "at", "by", "ended_at", "refusal", "lines"]


class AnswerIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=10_000, help_text="May hold {name}, {address} and the other variables.")
    resolution_code = serializers.CharField(max_length=50, required=False, default="", allow_blank=True)


class SpentOut(serializers.Serializer[Any]):
    user = serializers.IntegerField(source="user_id")
    name = serializers.CharField(source="who")
    seconds = serializers.IntegerField(help_text="With the ticket open and at work, as the pages noticed.")
    minutes = serializers.IntegerField(help_text="Written down by hand.")


class TimeEntryOut(serializers.ModelSerializer[TimeEntry]):
    class Meta:
        model = TimeEntry
        fields = ["id", "user", "minutes", "note", "at", "takes_back"]


class TimeOut(serializers.Serializer[Any]):
    people = SpentOut(many=True)
    entries = TimeEntryOut(many=True)


class TimeIn(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=1, max_value=1440)
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class _Bound(OfTicket):
    serializer_class: Any = TicketOut

    def far(self, number: str, field: str) -> Ticket:
        """The ticket that the body names. Raises NoSuchTicket beside its field."""
        found: Ticket | None = Ticket.objects.visible_to(caller(self.request)).filter(number=number).first()
        if found is None:
            text = _("There is no such ticket.")
            raise NoSuchTicket(text, fields={field: text})
        return found


class MergeViewSet(_Bound):
    permissions_by_method = {"POST": permissions.WORK}

    @extend_schema(request=MergeIn, responses=TicketOut)
    @once
    def create(self, request: Request, number: str) -> Response:
        """Let another ticket take this one in; answers with that one. 409 `other_subscriber` asks for `sure`."""
        ticket, said = self.ticket(), self.parsed(MergeIn, request)
        into = self.far(said["into"], "into")
        return Response(TicketOut(actions.merge(ticket=ticket, into=into, by=caller(request), sure=said["sure"])).data)


class UndoMergeViewSet(_Bound):
    permissions_by_method = {"POST": permissions.WORK}

    @extend_schema(request=None, responses=TicketOut)
    @once
    def create(self, request: Request, number: str) -> Response:
        """Put a merged ticket back as it was, within an hour."""
        return Response(TicketOut(actions.undo_merge(ticket=self.ticket(), by=caller(request))).data)


class SplitViewSet(_Bound):
    permissions_by_method = {"POST": permissions.WORK}

    @extend_schema(request=SplitIn, responses={201: TicketOut})
    @once
    def create(self, request: Request, number: str) -> Response:
        """Open a ticket of its own for a second matter; answers with the new one."""
        new = actions.split(ticket=self.ticket(), by=caller(request), **self.parsed(SplitIn, request))
        return Response(TicketOut(new).data, status=201)


class LinksViewSet(mixins.ListModelMixin, _Bound):
    permissions_by_method = {"GET": permissions.READ, "POST": permissions.WORK, "DELETE": permissions.WORK}
    serializer_class = LinkOut

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Link.objects.none()
        seen = Ticket.objects.visible_to(caller(self.request))
        here = self.ticket()
        links = Link.objects.filter(Q(one=here, other__in=seen) | Q(other=here, one__in=seen))
        return links.select_related("one", "other")

    @extend_schema(request=LinkIn, responses={201: LinkOut})
    @once
    def create(self, request: Request, number: str) -> Response:
        """Say what this ticket is to another one."""
        ticket, said = self.ticket(), self.parsed(LinkIn, request)
        to = self.far(said.pop("to"), "to")
        return Response(LinkOut(actions.link(ticket=ticket, to=to, by=caller(request), **said)).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, number: str, pk: str) -> Response:
        actions.unlink(link=get_object_or_404(self.get_queryset(), pk=pk), by=caller(request))
        return Response(status=204)


class ChildrenViewSet(mixins.ListModelMixin, _Bound):
    permissions_by_method = {"GET": permissions.READ, "POST": permissions.WORK}

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Ticket.objects.none()
        return Ticket.objects.visible_to(caller(self.request)).filter(parent=self.ticket())

    @extend_schema(request=ChildIn, responses={201: TicketOut})
    @once
    def create(self, request: Request, number: str) -> Response:
        """Put a ticket into this common one; answers with that ticket."""
        here, said = self.ticket(), self.parsed(ChildIn, request)
        child = self.far(said["number"], "number")
        return Response(TicketOut(actions.attach(ticket=child, to=here, by=caller(request))).data, status=201)


class DetachViewSet(_Bound):
    permissions_by_method = {"POST": permissions.WORK}

    @extend_schema(request=None, responses=TicketOut)
    @once
    def create(self, request: Request, number: str) -> Response:
        """Take this ticket out of the common one it belongs to."""
        return Response(TicketOut(actions.detach(ticket=self.ticket(), by=caller(request))).data)


class CommonAnswersViewSet(mixins.ListModelMixin, _Bound):
    permissions_by_method = {"GET": permissions.READ, "POST": permissions.WORK}
    serializer_class = AnswerOut

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return CommonAnswer.objects.none()
        return CommonAnswer.objects.filter(ticket=self.ticket()).prefetch_related("lines__ticket")

    @extend_schema(request=AnswerIn, responses={202: AnswerOut})
    @once
    def create(self, request: Request, number: str) -> Response:
        """Resolve all that belongs to this ticket with one answer, then the ticket; the worker does it, see `lines`."""
        said = self.parsed(AnswerIn, request)
        made = actions.answer_children(
            ticket=self.ticket(), text=said["text"], code=said["resolution_code"], by=caller(request)
        )
        return Response(AnswerOut(made).data, status=202)


class TimeViewSet(_Bound):
    permissions_by_method = {"GET": permissions.READ, "POST": permissions.WORK, "DELETE": permissions.WORK}
    serializer_class = TimeOut
    pagination_class = None

    @extend_schema(responses=TimeOut)
    def list(self, request: Request, number: str) -> Response:
        """Who worked on it and how long, and what was written down by hand."""
        ticket = self.ticket()
        entries = TimeEntry.objects.filter(ticket=ticket)
        return Response(TimeOut({"people": queries.time_spent(ticket).people, "entries": entries}).data)

    @extend_schema(request=TimeIn, responses={201: TimeEntryOut})
    @once
    def create(self, request: Request, number: str) -> Response:
        """Write down one's own minutes."""
        made = actions.add_time(ticket=self.ticket(), by=caller(request), **self.parsed(TimeIn, request))
        return Response(TimeEntryOut(made).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, number: str, pk: str) -> Response:
        """Take one's own entry back: an entry of its own, both stay to be read."""
        actions.take_back_time(entry=get_object_or_404(TimeEntry, ticket=self.ticket(), pk=pk), by=caller(request))
        return Response(status=204)


routes = [
    (f"{NUMBER}/merge", MergeViewSet),
    (f"{NUMBER}/undo-merge", UndoMergeViewSet),
    (f"{NUMBER}/split", SplitViewSet),
    (f"{NUMBER}/links", LinksViewSet),
    (f"{NUMBER}/children", ChildrenViewSet),
    (f"{NUMBER}/detach", DetachViewSet),
    (f"{NUMBER}/common-answers", CommonAnswersViewSet),
    (f"{NUMBER}/time", TimeViewSet),
]
