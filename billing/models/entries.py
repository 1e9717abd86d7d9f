"""The ledger: what was charged, paid and corrected. It only grows."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import Account
from common import clock
from common.history import actor_name
from staff.models import Role, User


class Kind(models.TextChoices):
    OPENING = "opening", _("Opening balance")
    CHARGE = "charge", _("Charge")
    PAYMENT = "payment", _("Payment")
    ADJUSTMENT = "adjustment", _("Adjustment")
    COMPENSATION = "compensation", _("Compensation")
    REFUND = "refund", _("Refund")
    REVERSAL = "reversal", _("Reversal")


class Book(models.TextChoices):
    """The other leg of every entry: where the money comes from or goes to."""

    REVENUE = "revenue", _("Revenue")
    BANK = "bank", _("Bank")
    CASH = "cash", _("Cash desk")
    TERMINALS = "terminals", _("Terminals and cards")
    ADJUSTMENTS = "adjustments", _("Adjustments of charges")
    COMPENSATIONS = "compensations", _("Compensations for downtime")
    OPENING = "opening", _("Opening balances")


PAID_INTO = (Book.BANK, Book.CASH, Book.TERMINALS)


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: User) -> "EntryQuerySet":
        return self if user.role == Role.ACCOUNTANT else self.none()


class Entry(models.Model):
    """A movement between a subscriber's account and one of our books.

    One row is both legs: `amount` goes to the account (above zero: in the subscriber's favour), the same amount with
    the other sign to `book`, so an entry cannot be out of balance. Nothing changes or takes away a row: a mistake is
    undone by a reversal, which a trigger holds to be exact; a unique key makes that nothing is posted twice.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    book = models.CharField(max_length=14, choices=Book.choices)
    amount = models.DecimalField(max_digits=10, decimal_places=2, help_text=_("Roubles; above zero: to the account"))
    on = models.DateField(help_text=_("The day it counts from."))
    at = models.DateTimeField(default=clock.now, editable=False)
    # What a charge is for: the first day and the last.
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    text = models.CharField(max_length=300, blank=True)
    # How the sum came about, for people: see `billing.explaining`.
    formula = models.JSONField(default=dict)
    # Its name in the world it comes from: a repeat finds it.
    key = models.CharField(max_length=150, unique=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    by_user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by_system = models.CharField(max_length=20, null=True)

    append_only: ClassVar[bool] = True
    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ("on", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(amount=0), name="billing_entry_moves_something"),
            models.CheckConstraint(
                condition=Q(kind="opening", book="opening")
                | Q(kind="charge", book="revenue", amount__lt=0)
                | Q(kind="payment", book__in=["bank", "cash", "terminals"], amount__gt=0)
                | Q(kind="adjustment", book="adjustments")
                | Q(kind="compensation", book="compensations", amount__gt=0)
                | Q(kind="refund", book__in=["bank", "cash"], amount__lt=0)
                | Q(kind="reversal"),
                name="billing_entry_kind_has_its_book",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False) | (~Q(kind="reversal") & Q(reverses=None)),
                name="billing_reversal_names_its_entry",
            ),
            models.CheckConstraint(
                condition=Q(since=None, until=None) | Q(since__lte=models.F("until")), name="billing_entry_period"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="billing_entry_has_key"),
            models.CheckConstraint(
                condition=Q(by_user__isnull=True, by_system__isnull=False)
                | Q(by_user__isnull=False, by_system__isnull=True),
                name="billing_entry_one_actor",
            ),
        )
        indexes = (
            models.Index(fields=["account", "-on", "-id"], include=["amount"], name="billing_entry_of_account"),
            models.Index(fields=["on", "kind"], include=["book", "amount"], name="billing_entry_on"),
        )

    def __str__(self) -> str:
        return f"entry {self.pk}"

    @property
    def is_undone_here(self) -> bool:
        """May an accountant reverse it alone? Of the rest `actions.reverse` says what to do instead."""
        return self.kind not in {Kind.CHARGE, Kind.REFUND, Kind.REVERSAL}

    @property
    def actor(self) -> str:
        """Who posted it, by name. Costs a query unless `by_user` is loaded."""
        return self.by_user.title if self.by_user else actor_name(str(self.by_system))
