"""What a subscriber buys and for how much: a row for each change, for ever."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import Account
from common import clock
from common.history import actor_name
from customers.models import ServiceKind
from staff.models import Role, User


class TariffChangeQuerySet(models.QuerySet["TariffChange"]):
    def visible_to(self, user: User) -> "TariffChangeQuerySet":
        return self if user.role == Role.ACCOUNTANT else self.none()


class TariffChange(models.Model):
    """From the day `since` the service is bought as `title` at `fee`; without a fee it is not bought any more.

    What is in force follows from all changes (`charging.in_force`): the last written one of a day wins, each runs until
    the next day that has one. A mistake is corrected by another change of the same day: nothing is rewritten.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tariff_changes")
    kind = models.CharField(max_length=10, choices=ServiceKind.choices)
    title = models.CharField(max_length=100, blank=True)
    fee = models.DecimalField(max_digits=10, decimal_places=2, null=True, help_text=_("Roubles a calendar month"))
    since = models.DateField()
    at = models.DateTimeField(default=clock.now, editable=False)
    by_user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by_system = models.CharField(max_length=20, null=True)

    append_only: ClassVar[bool] = True
    objects = TariffChangeQuerySet.as_manager()

    class Meta:
        ordering = ("account", "id")  # as written: of two of one day the later wins
        constraints = (
            models.CheckConstraint(
                condition=(Q(fee__isnull=False, fee__gte=0) & ~Q(title="")) | Q(fee=None, title=""),
                name="billing_tariff_has_fee_and_title_or_neither",
            ),
            models.CheckConstraint(
                condition=Q(by_user__isnull=True, by_system__isnull=False)
                | Q(by_user__isnull=False, by_system__isnull=True),
                name="billing_tariff_change_one_actor",
            ),
        )

    def __str__(self) -> str:
        return self.title or f"no {self.kind}"

    @property
    def actor(self) -> str:
        """Who wrote it, by name. Costs a query unless `by_user` is loaded."""
        return self.by_user.title if self.by_user else actor_name(str(self.by_system))
