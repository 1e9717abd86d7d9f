"""Phone calls as the PBX reports them.

A Call is a join of everything reported about it: each column only ever moves one way (the earliest offer, the latest
end, the union of legs), so events may come in any order and any number of times and the stored call is the same.
"""

import hashlib
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common import clock
from staff.models import Role, User


def token_hash(token: str) -> str:
    """What is kept of a line's token: enough to recognise it, useless to a thief."""
    return hashlib.sha256(token.encode()).hexdigest()


class Line(models.Model):
    """A PBX, or a bridge from one, that may report calls. Only the token's hash is stored."""

    name = models.CharField(_("name"), max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    secret = models.CharField(
        _("secret"), max_length=100, blank=True, help_text=_("For X-Signature; empty = not checked.")
    )
    may_replay = models.BooleanField(
        _("may replay"),
        default=False,
        help_text=_("Its own times are used even when they are far from the server's clock."),
    )
    caller_id = models.CharField(_("our number"), max_length=20, blank=True, help_text=_("Shown to those we call."))
    is_active = models.BooleanField(_("on"), default=True)
    heard_at = models.DateTimeField(null=True, editable=False)  # to within a few seconds: see `api._door`

    class Meta:
        verbose_name, verbose_name_plural = _("line"), _("lines")

    def __str__(self) -> str:
        return self.name


class BlockedCaller(models.Model):
    """A number that is answered with "busy"."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("blocked by")
    )
    at = models.DateTimeField(_("since"), default=clock.now)

    class Meta:
        verbose_name, verbose_name_plural = _("blocked number"), _("blocked numbers")

    def __str__(self) -> str:
        return self.number


class Direction(models.TextChoices):
    IN = "in", _("Incoming")
    OUT = "out", _("Outgoing")


class Cause(models.TextChoices):
    NORMAL = "normalClearing", _("Ended")
    BUSY = "busy", _("Busy")
    CANCEL = "cancel", _("Caller gave up")
    NO_ANSWER = "noAnswer", _("No answer")
    CONGESTION = "congestion", _("Lines full")
    NOT_FOUND = "notFound", _("No such number")
    FORWARDED = "forwarded", _("Transferred")


class CallState(models.TextChoices):
    RINGING = "ringing", _("Ringing")
    TALKING = "talking", _("Talking")
    ENDED = "ended", _("Ended")
    LOST = "lost", _("Lost")


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> "CallQuerySet":
        """Those who work with callers see calls; masters and the finance desk do not."""
        return self.none() if user.role in {Role.MASTER, Role.ACCOUNTANT} else self

    def live(self) -> "CallQuerySet":
        return self.filter(state__in=[CallState.RINGING, CallState.TALKING])


_ENDED = models.Q(ended_legs__contains=models.F("legs"))


class Call(models.Model):
    """One conversation with its legs. `call_id` is the first leg's."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="calls", db_index=False)
    call_id = models.CharField(max_length=120)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    queue = models.CharField(max_length=60, blank=True)
    caller = models.CharField(max_length=40, blank=True, help_text=_("E.164, or as reported when it is no number."))
    dialled = models.CharField(max_length=40, blank=True)
    legs = ArrayField(models.CharField(max_length=120))
    ended_legs = ArrayField(models.CharField(max_length=120), default=list)
    rung = ArrayField(models.CharField(max_length=60), default=list, help_text=_("Whom the PBX called."))
    first_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    last_answer_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=20, blank=True, choices=Cause.choices)
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_by = models.CharField(max_length=60, blank=True)
    recording_url = models.URLField(max_length=500, blank=True)
    contact = models.OneToOneField("contacts.Contact", null=True, on_delete=models.PROTECT, related_name="+")

    state = models.GeneratedField(
        expression=models.Case(
            models.When(_ENDED & models.Q(answered_at=None), then=models.Value("lost")),
            models.When(_ENDED, then=models.Value("ended")),
            models.When(answered_at__isnull=False, then=models.Value("talking")),
            default=models.Value("ringing"),
        ),
        output_field=models.CharField(max_length=10, choices=CallState.choices),
        db_persist=True,
    )
    # Seconds on the line before a person answered, or before the caller gave up; null while it rings.
    wait = models.GeneratedField(
        expression=Coalesce("answered_at", "ended_at") - Coalesce("offered_at", "first_at"),
        output_field=models.DurationField(),
        db_persist=True,
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ("-first_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["line", "call_id"], name="calls_call_once"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_legs=[])
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_legs=[])),
                name="calls_call_end_has_time",
            ),
        )
        indexes = (
            models.Index(fields=["-first_at"], name="calls_call_first_at"),
            models.Index(
                fields=["-first_at"], name="calls_call_live", condition=models.Q(state__in=["ringing", "talking"])
            ),
        )

    def __str__(self) -> str:
        return self.call_id

    @property
    def state_label(self) -> str:
        return str(CallState(self.state).label)

    @property
    def wait_s(self) -> float | None:
        return self.wait.total_seconds() if self.wait is not None else None

    @property
    def talk_s(self) -> float | None:
        if self.answered_at is None or self.ended_at is None:
            return None
        return max(0.0, (self.ended_at - self.answered_at).total_seconds())

    @property
    def heard_at(self) -> datetime:
        """When we heard of it: the clock that a person watches must not depend on the PBX's."""
        return self.contact.created_at if self.contact else self.first_at

    @property
    def talks_since(self) -> datetime | None:
        return max(self.answered_at, self.heard_at) if self.answered_at else None

    @property
    def is_live(self) -> bool:
        return self.state in {CallState.RINGING, CallState.TALKING}


class CallEvent(models.Model):
    """What the PBX said, kept as it came (secrets masked). The same words twice are one row."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    root = models.CharField(max_length=120)
    leg = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    at = models.DateTimeField(help_text=_("The time that is used."))
    reported_at = models.DateTimeField(null=True, help_text=_("The time that the PBX named."))
    received_at = models.DateTimeField(default=clock.now)
    payload = models.JSONField()

    class Meta:
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=["line", "digest"], name="calls_event_once"),)
        # The line comes last, and alone has no index: before statistics exist the planner would find a leg by its line,
        # reading everything the line ever said, and the statements of the hot path keep their first plan.
        indexes = (
            models.Index(fields=["leg", "line"], name="calls_event_by_leg"),
            models.Index(fields=["root", "line", "at"], name="calls_event_by_root"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.leg}"


class Announcement(models.Model):
    """What the PBX tells callers from a place that is known to be out. Pushed down by `incidents`.

    `reference` is the incident's id; the PBX reads it, so it must not have to ask upwards.
    """

    reference = models.BigIntegerField(unique=True)
    building = models.ForeignKey("network.Building", null=True, on_delete=models.CASCADE, related_name="+")
    node = models.ForeignKey("network.Node", null=True, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    eta = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["building"], name="calls_announcement_on", condition=models.Q(ended_at=None)),)

    def __str__(self) -> str:
        return f"announcement {self.reference}"


class OpenTicketNote(models.Model):
    """The open ticket that a caller's lookup names. Pushed down by `tickets`."""

    subscriber = models.OneToOneField(
        "customers.Subscriber", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    number = models.CharField(max_length=20)

    def __str__(self) -> str:
        return self.number
