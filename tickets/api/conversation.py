"""REST of what is said on a ticket: messages, replies, notes, files; and ready-made texts."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import DomainError
from common.once import once
from messaging.models import Attachment
from staff.authentication import caller
from staff.models import User
from tickets import actions, permissions
from tickets.api.of_ticket import NUMBER, OfTicket
from tickets.models import Kind, Status, TextModule, Ticket, TicketEvent, TicketFile, TicketMessage
from tickets.timeline import kin, said_on


class FileOut(serializers.ModelSerializer[Attachment]):
    class Meta:
        model = Attachment
        fields = ["id", "name", "content_type", "size", "width", "height"]


class MessageOut(serializers.ModelSerializer[TicketMessage]):
    """A message; `id` is what `seen` of a reply takes."""

    direction = serializers.CharField(source="message.direction")
    channel = serializers.CharField(source="message.conversation.channel")
    author = serializers.IntegerField(source="message.author_id", allow_null=True)
    text = serializers.CharField(source="message.text")
    state = serializers.CharField(source="message.state")
    ticket = serializers.CharField(source="ticket.number")
    attachments = serializers.SerializerMethodField()

    class Meta:
        model = TicketMessage
        fields = ["id", "ticket", "direction", "channel", "author", "text", "state", "at", "attachments"]

    @extend_schema(responses=FileOut(many=True))
    def get_attachments(self, said: TicketMessage) -> list[dict[str, Any]]:
        return [dict(FileOut(one.attachment).data) for one in said.files.all()]


class NoteOut(serializers.ModelSerializer[TicketEvent]):
    author = serializers.IntegerField(source="by_user_id", allow_null=True)
    text = serializers.CharField()

    class Meta:
        model = TicketEvent
        fields = ["id", "author", "text", "at"]


class _SaidIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=10_000, allow_blank=True, default="")
    attachments = serializers.ListField(
        child=serializers.IntegerField(min_value=1), max_length=10, default=list, help_text="Ids of uploaded files."
    )


class ReplyIn(_SaidIn):
    seen = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=2**63 - 1,
        help_text="Id of the newest message the writer has seen; a newer one answers 409 `newer_message`.",
    )  # fmt: skip
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    resolution_code = serializers.CharField(max_length=50, required=False, default="")
    through = serializers.CharField(max_length=40, required=False, default="")


class NoteIn(_SaidIn):
    pass


class FileIn(serializers.Serializer[Any]):
    file = serializers.FileField()


class WrongFile(DomainError):
    code = "wrong_file"
    status = 422


def _uploaded(ticket: Ticket, user: User, ids: list[int]) -> list[Attachment]:
    """Files the caller uploaded to this ticket and has not sent yet. Raises WrongFile."""
    mine = TicketFile.objects.filter(ticket=ticket, draft__user=user, attachment__in=ids).select_related("attachment")
    found = {one.attachment_id: one.attachment for one in mine}
    if missing := [one for one in ids if one not in found]:
        raise WrongFile(
            _("Upload the files to this ticket first; each is sent once."),
            fields={"attachments": ", ".join(map(str, missing))},
        )
    return [found[one] for one in ids]


class MessagesViewSet(mixins.ListModelMixin, OfTicket):
    """The conversation with the subscriber, newest first, with what came from merged tickets."""

    permissions_by_method = {"GET": permissions.READ}
    serializer_class = MessageOut

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return TicketMessage.objects.none()
        return said_on(self.ticket()).select_related("ticket").prefetch_related("files__attachment")


class RepliesViewSet(OfTicket):
    permissions_by_method = {"POST": permissions.WORK}
    serializer_class = ReplyIn

    @extend_schema(
        request=ReplyIn,
        responses={
            201: MessageOut,
            409: OpenApiResponse(description="`newer_message`: something was said that the writer has not seen."),
            422: OpenApiResponse(description="`cannot_reply`, `empty_text`, `wrong_code`, `wrong_file`."),
        },
    )
    @once
    def create(self, request: Request, number: str) -> Response:
        """Answer the subscriber through his channel; with `status`, change the state in the same step."""
        ticket, data = self.ticket(), self.parsed(ReplyIn, request)
        said = actions.reply(
            ticket=ticket,
            text=data["text"],
            by=caller(request),
            attachments=_uploaded(ticket, caller(request), data["attachments"]),
            seen=data["seen"],
            status=data.get("status"),
            code=data["resolution_code"],
            through=data["through"],
        )
        return Response(MessageOut(said).data, status=201)


class NotesViewSet(OfTicket):
    permissions_by_method = {"POST": permissions.WORK}
    serializer_class = NoteIn

    @extend_schema(request=NoteIn, responses={201: NoteOut})
    @once
    def create(self, request: Request, number: str) -> Response:
        """Write a note for colleagues; `@Name Surname` calls one of those who may see the ticket."""
        ticket, data = self.ticket(), self.parsed(NoteIn, request)
        files = _uploaded(ticket, caller(request), data["attachments"])
        note = actions.note(ticket=ticket, text=data["text"], by=caller(request), attachments=files)
        return Response(NoteOut(note).data, status=201)


class FilesViewSet(mixins.ListModelMixin, OfTicket):
    """Files on the ticket; an uploaded one waits for the reply or note that names it."""

    permissions_by_method = {"GET": permissions.READ, "POST": permissions.WORK}
    serializer_class = FileOut
    parser_classes = [MultiPartParser]

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Attachment.objects.none()
        shown = TicketFile.objects.filter(ticket__in=kin(self.ticket()), draft=None)
        return Attachment.objects.filter(pk__in=shown.values("attachment")).order_by("-pk")

    @extend_schema(request={"multipart/form-data": FileIn}, responses={201: FileOut})
    def create(self, request: Request, number: str) -> Response:
        ticket, data = self.ticket(), self.parsed(FileIn, request)
        kept = actions.upload(ticket=ticket, by=caller(request), kind=Kind.REPLY, upload=data["file"])
        return Response(FileOut(kept.attachment).data, status=201)


class TextOut(serializers.ModelSerializer[TextModule]):
    class Meta:
        model = TextModule
        fields = ["id", "shortcut", "title_ru", "title_en", "text_ru", "text_en", "desk", "is_active"]


class TextViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[TextModule]):
    """Ready-made texts; supervisors and leads write them."""

    permissions_by_method = {"GET": permissions.WORK, "POST": permissions.WRITE_TEXTS, "PATCH": permissions.WRITE_TEXTS}
    queryset = TextModule.objects.order_by("pk")
    serializer_class = TextOut

    @extend_schema(request=TextOut, responses={201: TextOut})
    @once
    def create(self, request: Request) -> Response:
        parsed = TextOut(data=request.data)
        parsed.is_valid(raise_exception=True)
        saved = actions.save_text(by=caller(request), **parsed.validated_data)
        return Response(TextOut(saved).data, status=201)

    @extend_schema(request=TextOut, responses=TextOut)
    @once
    def partial_update(self, request: Request, pk: str) -> Response:
        module = self.get_object()
        parsed = TextOut(module, data=request.data, partial=True)
        parsed.is_valid(raise_exception=True)
        saved = actions.save_text(by=caller(request), module=module, **parsed.validated_data)
        return Response(TextOut(saved).data)


routes = [
    (f"{NUMBER}/messages", MessagesViewSet),
    (f"{NUMBER}/replies", RepliesViewSet),
    (f"{NUMBER}/notes", NotesViewSet),
    (f"{NUMBER}/files", FilesViewSet),
    ("text-modules", TextViewSet),
]
