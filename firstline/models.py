"""What the first line keeps of its own."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from staff.models import Role, User

ANSWERING = (Role.OPERATOR, Role.LEAD, Role.SUPPORT, Role.SUPERVISOR, Role.ADMIN)


class Verification(models.Model):
    """One try to learn whether the caller is who he seems: caller id proves nothing. Tries are kept, good and bad."""

    class How(models.TextChoices):
        ACCOUNT = "account", _("Name and account")
        ADDRESS = "address", _("Flat and last digits")
        BY_HAND = "by_hand", _("Opened with a reason")

    contact = models.ForeignKey("contacts.Contact", on_delete=models.PROTECT, related_name="+")
    subscriber = models.ForeignKey("customers.Subscriber", on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=How.choices)
    is_right = models.BooleanField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["contact", "subscriber"],
                condition=models.Q(is_right=True),
                name="firstline_verified_once",
            ),
        )
        indexes = (models.Index(fields=["contact"], name="firstline_tries"),)

    def __str__(self) -> str:
        return f"verification {self.pk}"


class CallBackQuerySet(models.QuerySet["CallBack"]):
    def visible_to(self, user: User) -> "CallBackQuerySet":
        """Whoever works with callers sees them all: a promise to call is the desk's, not one person's."""
        return self if user.role in ANSWERING else self.none()

    def open(self) -> "CallBackQuerySet":
        return self.filter(done_at=None)


class CallBack(models.Model):
    """Somebody is to be called: he gave up waiting, or asked for it. One open promise for a number."""

    class Why(models.TextChoices):
        MISSED = "missed", _("Did not get through")
        ASKED = "asked", _("Asked to be called")

    class Result(models.TextChoices):
        REACHED = "reached", _("Reached")
        CAME_BACK = "came_back", _("Called again himself")
        NOT_REACHED = "not_reached", _("Not reached")
        NOT_NEEDED = "not_needed", _("Not needed any more")
        WITHDRAWN = "withdrawn", _("Promised by mistake")

    phone = models.CharField(max_length=16, help_text=_("E.164"))
    # What the operator's telephone dials instead of the number: `*7` and this; the PBX asks us what is behind it.
    code = models.CharField(max_length=6)
    contact = models.ForeignKey("contacts.Contact", on_delete=models.PROTECT, related_name="+")
    subscriber = models.ForeignKey("customers.Subscriber", null=True, on_delete=models.PROTECT, related_name="+")
    building = models.ForeignKey("network.Building", null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=10, choices=Why.choices)
    note = models.CharField(max_length=500, blank=True)
    missed = models.PositiveSmallIntegerField(default=0)  # how often he did not get through
    tries = models.PositiveSmallIntegerField(default=0)  # how often we did not
    opened_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, choices=Result.choices, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # The conversation that ended it.
    ended_by = models.ForeignKey("contacts.Contact", null=True, on_delete=models.PROTECT, related_name="+")

    objects = CallBackQuerySet.as_manager()

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["phone"], condition=models.Q(done_at=None), name="firstline_one_call_back_a_number"
            ),
            models.UniqueConstraint(fields=["code"], condition=models.Q(done_at=None), name="firstline_call_back_code"),
            models.CheckConstraint(
                condition=models.Q(done_at=None, result="") | models.Q(done_at__isnull=False, result__gt=""),
                name="firstline_call_back_done_with_result",
            ),
            models.CheckConstraint(
                condition=models.Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"), name="firstline_call_back_has_number"
            ),
        )
        indexes = (models.Index(fields=["due_at"], name="firstline_call_backs_due", condition=models.Q(done_at=None)),)

    def __str__(self) -> str:
        return f"call-back {self.pk}"

    @property
    def dial(self) -> str:
        return f"*7{self.code}"

    def live_topics(self) -> list[str]:
        return ["callbacks:all", "desk:first_line"]


class CallBackEvent(Event):
    thing = models.ForeignKey(CallBack, on_delete=models.PROTECT, related_name="history")


class NoteDraft(models.Model):
    """What somebody has typed of a contact's note and not saved yet. Each author has his own: nobody writes over it."""

    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["contact", "user"], name="firstline_note_draft_once"),)

    def __str__(self) -> str:
        return f"note draft {self.pk}"


class ContactViewer(models.Model):
    """Somebody has this contact on his screen; a row that is not refreshed is forgotten."""

    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["contact", "user"], name="firstline_viewer_once"),)

    def __str__(self) -> str:
        return f"viewer {self.pk}"
