"""The finance desk's own tables: only the `finance` database role may touch them (common.grants)."""

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
    """What the finance desk knows of a subscriber. A subscriber without one counts as paid."""

    subscriber = models.OneToOneField("customers.Subscriber", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    since = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=200, blank=True)

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
        return ["desk:finance"]


class AccountEvent(Event):
    thing = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="history")
