"""Written conversations: who writes by which channel, what was said, and what went with it."""

from collections.abc import Callable

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from contacts.models import Channel
from messaging.models.due import IN_WORK, Due, State
from staff.models import Role, User

_scopes: list[Callable[[User], Q]] = []


def register_scope(scope: Callable[[User], Q]) -> None:
    """Let a package above say which messages its rows show this user: conditions on Message. Repeats count once."""
    if scope not in _scopes:
        _scopes.append(scope)


class Conversation(models.Model):
    """All that was written between us and one address of one channel.

    `address`: E.164 for calls (answered by SMS), else the channel's own name of the person: an e-mail address, a VK
    peer, a visitor of the online consultant. It never proves who writes; `subscriber` is whose it is thought to be.
    """

    channel = models.CharField(max_length=10, choices=Channel.choices)
    address = models.CharField(max_length=200)
    subscriber = models.ForeignKey(
        "customers.Subscriber", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(default=clock.now)
    last_in_at = models.DateTimeField(null=True, blank=True)
    last_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["channel", "address"], name="messaging_conversation_one_an_address"),
            models.CheckConstraint(condition=~Q(address=""), name="messaging_conversation_has_address"),
        )
        indexes = (models.Index(fields=["subscriber"], name="messaging_of_subscriber"),)

    def __str__(self) -> str:
        return f"conversation {self.pk}"  # never the address: it would reach the logs

    def live_topics(self) -> list[str]:
        return [f"conversation:{self.pk}"]


class Direction(models.TextChoices):
    IN = "in", _("From the subscriber")
    OUT = "out", _("To the subscriber")


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> "MessageQuerySet":
        """The supervisor sees all; others what they wrote and what their tickets show (`register_scope`)."""
        if not user.is_active or user.role == Role.MASTER:
            return self.none()
        if user.role in {Role.SUPERVISOR, Role.ADMIN}:
            return self
        shown = Q(author=user)
        for scope in _scopes:
            shown |= scope(user)
        return self.filter(shown)

    def in_turn(self) -> "MessageQuerySet":
        """Those before which nothing of the same conversation still waits: people read in the order of writing."""
        earlier = Message.objects.filter(
            conversation=OuterRef("conversation"), state__in=IN_WORK, direction=Direction.OUT, pk__lt=OuterRef("pk")
        )
        return self.filter(~Exists(earlier), direction=Direction.OUT)


_DONE = (State.SENT, State.DELIVERED, State.READ)


class Message(Due):
    """One message. Card numbers in its text are masked before it is stored.

    `key`: the provider's own name of an incoming message, by which a repeat is known. `error`: a code of why the
    last attempt failed. `external_id`: the provider's name of what we sent.
    """

    State = State

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages", db_index=False)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    text = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)
    key = models.CharField(max_length=200, null=True, blank=True, unique=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=50, blank=True)
    external_id = models.CharField(max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta(Due.Meta):
        ordering = ("id",)
        constraints = (  # type: ignore[assignment]
            *Due.Meta.constraints,
            models.CheckConstraint(
                condition=Q(direction=Direction.IN, state=State.RECEIVED, author=None)
                | (Q(direction=Direction.OUT) & ~Q(state=State.RECEIVED)),
                name="messaging_message_state_of_direction",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_DONE, sent_at__isnull=False) | (~Q(state__in=_DONE) & Q(sent_at=None)),
                name="messaging_message_sent_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.FAILED) | ~Q(error=""), name="messaging_message_failed_why"
            ),
        )
        indexes = (
            models.Index(fields=["next_try_at"], name="messaging_message_due", condition=Q(state__in=IN_WORK)),
            models.Index(fields=["conversation", "id"], name="messaging_of_conversation"),
            models.Index(fields=["conversation", "id"], name="messaging_message_turn", condition=Q(state__in=IN_WORK)),
        )

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def is_out(self) -> bool:
        return self.direction == Direction.OUT


class Attachment(models.Model):
    """A file that was checked by `messaging.files`. What another table points to is kept.

    `path`: its random name under DATA_DIR/files. `name`: as people see it, cleaned. Sizes in bytes and pixels.
    """

    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=40, unique=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["at"], name="messaging_attachment_loose", condition=Q(message=None)),)

    def __str__(self) -> str:
        return f"file {self.pk}"

    @property
    def is_image(self) -> bool:
        return self.width is not None
