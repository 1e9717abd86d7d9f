"""People who work here. Subscribers are not users: they stand in `customers`."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event


class Desk(models.TextChoices):
    FIRST_LINE = "first_line", _("First line")
    SUPPORT = "support", _("Technical support")
    FINANCE = "finance", _("Finance desk")
    DISPATCH = "dispatch", _("Dispatch")
    SUPERVISION = "supervision", _("Supervision")
    MASTERS = "masters", _("Masters")


class Role(models.TextChoices):
    OPERATOR = "operator", _("Operator")
    LEAD = "lead", _("Outsourcer's lead")
    SUPPORT = "support", _("Support engineer")
    ACCOUNTANT = "accountant", _("Accountant")
    DISPATCHER = "dispatcher", _("Dispatcher")
    MASTER = "master", _("Master")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMIN = "admin", _("Administrator")


DESK_OF_ROLE: dict[str, Desk] = {
    Role.OPERATOR: Desk.FIRST_LINE,
    Role.LEAD: Desk.FIRST_LINE,
    Role.SUPPORT: Desk.SUPPORT,
    Role.ACCOUNTANT: Desk.FINANCE,
    Role.DISPATCHER: Desk.DISPATCH,
    Role.MASTER: Desk.MASTERS,
    Role.SUPERVISOR: Desk.SUPERVISION,
    Role.ADMIN: Desk.SUPERVISION,
}
OUTSOURCED_ROLES = frozenset({Role.OPERATOR, Role.LEAD})


class StaffManager(UserManager["User"]):
    def create_superuser(self, username: str, *args: Any, **extra: Any) -> "User":
        return super().create_superuser(username, *args, **{"role": Role.ADMIN, **extra})


class User(AbstractUser):
    """One person, one role; the role decides the desk."""

    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    extension = models.CharField(_("extension"), max_length=20, blank=True, help_text=_("Number in the PBX."))

    objects: ClassVar[StaffManager] = StaffManager()

    class Meta(AbstractUser.Meta):
        constraints = (
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="staff_user_role_known"),
            models.UniqueConstraint(
                fields=["extension"], condition=~models.Q(extension=""), name="staff_user_extension_unique"
            ),
        )

    @property
    def desk(self) -> Desk:
        return DESK_OF_ROLE[self.role]

    @property
    def is_outsourced(self) -> bool:
        return self.role in OUTSOURCED_ROLES

    @property
    def title(self) -> str:
        return self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        return (self.first_name[:1] + self.last_name[:1]).upper() or self.username[:2].upper()

    def live_topics(self) -> list[str]:
        return [f"user:{self.pk}"]


class PersonEvent(Event):
    """What was done to a person's way of signing in."""

    thing = models.ForeignKey(User, on_delete=models.PROTECT, related_name="history")


class Presence(models.Model):
    """What a person is doing right now, as the person or the line says; one row per person."""

    class State(models.TextChoices):
        READY = "ready", _("Ready")
        ON_CALL = "on_call", _("On a call")
        WRAP_UP = "wrap_up", _("Wrap-up")
        BREAK = "break", _("Break")
        AWAY = "away", _("Away")

    class Reason(models.TextChoices):
        LUNCH = "lunch", _("Lunch")
        REST = "rest", _("Rest")
        TRAINING = "training", _("Training")
        TECHNICAL = "technical", _("Technical trouble")

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="presence")
    state = models.CharField(max_length=10, choices=State.choices, default=State.AWAY)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="break", reason__gt="") | (~models.Q(state="break") & models.Q(reason="")),
                name="staff_presence_break_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.state}"

    def live_topics(self) -> list[str]:
        return [f"user:{self.user_id}", f"desk:{self.user.desk}", "presence:all"]


class PresenceEvent(Event):
    thing = models.ForeignKey(Presence, on_delete=models.PROTECT, related_name="history")


class Notice(models.Model):
    """A word to one person about something that has happened. `text` is an English message of the catalogue, shown in
    the reader's language with `params` filled in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices", db_index=False)
    text = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=["user", "-at"], name="staff_notice_user"),
            models.Index(fields=["user"], name="staff_notice_unseen", condition=models.Q(seen_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.text}"

    @property
    def words(self) -> str:
        try:
            return str(gettext(self.text) % self.params)
        except (KeyError, TypeError, ValueError):  # a text whose places have changed since: better raw than lost
            return gettext(self.text)


def hash_key(key: str) -> str:
    return salted_hmac("staff.ApiKey", key, algorithm="sha256").hexdigest()


class ApiKey(models.Model):
    """A key for other people's systems; it acts as its user. Only the hash is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys", verbose_name=_("acts as"))
    name = models.CharField(_("name"), max_length=60)
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("issued"), default=clock.now)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    used_at = models.DateTimeField(null=True, editable=False)  # to within a minute: see `ApiKeyAuthentication`

    class Meta:
        verbose_name, verbose_name_plural = _("API key"), _("API keys")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def generate() -> str:
        return get_random_string(40)
