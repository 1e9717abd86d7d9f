"""Statements of banks and terminals, as they came."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import Account
from billing.models.entries import Book, Entry
from common import clock
from common.history import Event
from staff.models import Role, User


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, user: User) -> "StatementQuerySet":
        return self if user.role == Role.ACCOUNTANT else self.none()


class Statement(models.Model):
    """One file. The same bytes again are the same statement; `said` is the turnover it declares itself."""

    name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, unique=True)
    source = models.CharField(max_length=10)
    book = models.CharField(max_length=14, choices=Book.choices)
    said = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(book__in=["bank", "cash", "terminals"]), name="billing_statement_pays_into_a_book"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def live_topics(self) -> list[str]:
        return ["desk:finance"]


class StatementEvent(Event):
    """Never a sum here: listeners of every fact stand outside the finance desk."""

    thing = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="history")


class StatementLine(models.Model):
    """A payment of a file, and what became of it. A payment that another file has brought is posted once."""

    class State(models.TextChoices):
        POSTED = "posted", _("Posted")
        UNKNOWN = "unknown", _("Account not found")
        DUPLICATE = "duplicate", _("Came before")
        BAD = "bad", _("Cannot be read")

    OPEN: ClassVar[tuple[str, ...]] = (State.UNKNOWN, State.BAD)

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines", db_index=False)
    place = models.PositiveIntegerField()
    number = models.CharField(max_length=100, blank=True)
    on = models.DateField(null=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    said_account = models.CharField(max_length=20, blank=True)
    purpose = models.CharField(max_length=300, blank=True)
    payer = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    wrong = models.CharField(max_length=10, blank=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(fields=["statement", "place"], name="billing_statement_line_place"),
            models.CheckConstraint(
                condition=Q(state="posted", entry__isnull=False, account__isnull=False)
                | (~Q(state="posted") & Q(entry=None)),
                name="billing_posted_line_has_entry",
            ),
        )

    def __str__(self) -> str:
        return f"line {self.pk}"
