"""What the finance desk knows of a subscriber: the state of the service, the balance, promises to pay."""

from typing import ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from staff.models import Role, User


class FinanceSession(AbstractBaseSession):
    """Sessions of the finance desk's process: a stolen cookie of the ordinary site opens nothing here."""

    class Meta(AbstractBaseSession.Meta):
        pass

    @classmethod
    def get_session_store_class(cls) -> type:
        from billing.sessions import SessionStore  # the store imports this model

        return SessionStore


class State(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, user: User) -> "AccountQuerySet":
        return self if user.role == Role.ACCOUNTANT else self.none()


class Account(models.Model):
    """What the finance desk knows of a subscriber. A subscriber without one counts as paid.

    `balance` is the sum of the account's entries. A trigger keeps it: nothing else can change it.
    """

    subscriber = models.OneToOneField("customers.Subscriber", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    since = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=200, blank=True)
    balance = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state="active") | (Q(state="suspended") & ~Q(reason="")),
                name="billing_suspension_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"account of {self.subscriber_id}"

    def live_topics(self) -> list[str]:
        return ["desk:finance", f"account:{self.pk}"]


class AccountEvent(Event):
    """Never a sum here: listeners of every fact stand outside the finance desk."""

    thing = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="history")


class PromisedPaymentQuerySet(models.QuerySet["PromisedPayment"]):
    def visible_to(self, user: User) -> "PromisedPaymentQuerySet":
        return self if user.role == Role.ACCOUNTANT else self.none()


class PromisedPayment(models.Model):
    """The subscriber will pay `amount` until the end of `until`, and the service goes on meanwhile."""

    class State(models.TextChoices):
        OPEN = "open", _("Promised")
        KEPT = "kept", _("Kept")
        BROKEN = "broken", _("Broken")

    LONGEST_DAYS: ClassVar[int] = 14

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="promises")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    until = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = PromisedPaymentQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_promise_above_zero"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="open"), name="billing_one_promise_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="billing_promise_end_has_date",
            ),
        )
        indexes = (models.Index(fields=["until"], name="billing_promises_open", condition=Q(state="open")),)

    def __str__(self) -> str:
        return f"promise {self.pk}"
