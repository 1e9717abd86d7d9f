"""Written applications: only where the law asks for one, with their paper and their deadline."""

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import Account
from billing.models.disputes import Dispute
from common import clock
from common.history import Event
from staff.models import Role, User


class ApplicationQuerySet(models.QuerySet["Application"]):
    def by_deadline(self) -> "ApplicationQuerySet":
        """To be answered, the most overdue on top; then those that wait for a signature; then what is done with."""
        rank = Case(
            When(state=Application.State.SIGNED, due_on__isnull=False, then=0),
            When(state=Application.State.PRINTED, then=1),
            default=2,
        )
        return self.order_by(rank, "due_on", "-made_at", "-pk")

    def pressing(self, today: date) -> "ApplicationQuerySet":
        """To be answered within days, or overdue."""
        return self.filter(state=Application.State.SIGNED, due_on__lte=today + Application.SOON)

    def visible_to(self, user: User) -> "ApplicationQuerySet":
        return self if user.role == Role.ACCOUNTANT else self.none()


class Application(models.Model):
    """The paper of one charges question. Signed, it posts the sum; a claim is also answered in writing by `due_on`.

    `due_on` is empty where the reason asks for no written answer (`Reason.answer_days`). `warned` is the last of the
    STAGES that the accountants were told of.
    """

    class State(models.TextChoices):
        PRINTED = "printed", _("Waits for the signature")
        SIGNED = "signed", _("Signed")
        ANSWERED = "answered", _("Answered in writing")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    SOON: ClassVar[timedelta] = timedelta(days=5)
    STAGES: ClassVar[tuple[int, ...]] = (5, 1, -1)  # days that are left; -1: overdue

    number = models.CharField(max_length=12, unique=True, editable=False)
    dispute = models.OneToOneField(Dispute, on_delete=models.PROTECT, related_name="application")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PRINTED)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    warned = models.SmallIntegerField(null=True, editable=False)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ApplicationQuerySet.as_manager()
    days_left: int | None  # filled by the register

    class Meta:
        ordering = ("due_on", "-made_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["printed", "withdrawn"], signed_at=None, due_on=None)
                | Q(state__in=["signed", "answered"], signed_at__isnull=False),
                name="billing_signed_application_has_date",
            ),
            models.CheckConstraint(
                condition=Q(warned=None) | Q(warned__in=[5, 1, -1], due_on__isnull=False),
                name="billing_warned_of_a_deadline",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False, answered_by__isnull=False, answer__gt="")
                | (~Q(state="answered") & Q(answered_at=None, answered_by=None, answer="")),
                name="billing_answered_application_has_answer",
            ),
        )

    def __str__(self) -> str:
        return self.number

    def stage(self, today: date) -> int | None:
        """The warning that is due by today, if any: 5, 1 or -1."""
        if self.due_on is None:
            return None
        left = (self.due_on - today).days
        return -1 if left < 0 else next((one for one in (1, 5) if left <= one), None)

    def live_topics(self) -> list[str]:
        return ["desk:finance", "applications:all", f"account:{self.account_id}"]


class ApplicationEvent(Event):
    """Never a sum here: listeners of every fact stand outside the finance desk."""

    thing = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="history")


class ScanQuerySet(models.QuerySet["ApplicationScan"]):
    def standing(self) -> "ScanQuerySet":
        return self.filter(removal=None)


class ApplicationScan(models.Model):
    """A page of the signed paper. It lies in the finance desk's table, not on a disk that other processes read."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="scans")
    content_type = models.CharField(max_length=40)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)
    by_link = models.ForeignKey("billing.ScanLink", null=True, on_delete=models.PROTECT, related_name="+")
    by_user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    append_only: ClassVar[bool] = True
    objects = ScanQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["application", "sha256"], name="billing_one_scan_of_a_page"),
            models.CheckConstraint(
                condition=Q(by_link__isnull=True, by_user__isnull=False)
                | Q(by_link__isnull=False, by_user__isnull=True),
                name="billing_scan_one_way",
            ),
        )

    def __str__(self) -> str:
        return f"scan {self.pk}"


class ScanRemoval(models.Model):
    """The person at the phone took a page back before he was done: it is shown no more, and still kept."""

    scan = models.OneToOneField(ApplicationScan, on_delete=models.PROTECT, related_name="removal")
    at = models.DateTimeField(default=clock.now)

    append_only: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"removal of scan {self.scan_id}"


class ScanLink(models.Model):
    """An address for one phone's camera, until it says "done" (`used_at`) or time is up. Only its hash is kept."""

    LASTS: ClassVar[timedelta] = timedelta(minutes=15)

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.expires_at > clock.now()

    def __str__(self) -> str:
        return f"link {self.pk}"
