"""Statements of banks and terminals, as they came."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import Account
from billing.models.entries import Book, Entry
from common import clock
from common.history import Event, actor_name
from staff.models import Role, User


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, user: User) -> "StatementQuerySet":
        return self if user.role == Role.ACCOUNTANT else self.none()


class Statement(models.Model):
    """One file of payments or charges. The same bytes again are the same statement.

    `said`: the sum that it declares itself; `control`: the sum that the accountant typed and it adds up to.
    """

    CHARGES: ClassVar[str] = "charges"

    name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, unique=True)
    source = models.CharField(max_length=10)
    book = models.CharField(max_length=14, choices=Book.choices)
    said = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    control = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    at = models.DateTimeField(default=clock.now)
    by_user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by_system = models.CharField(max_length=20, null=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(source="charges", book="revenue")
                | (~Q(source="charges") & Q(book__in=["bank", "cash", "terminals"])),
                name="billing_statement_has_its_book",
            ),
            models.CheckConstraint(
                condition=Q(by_user__isnull=True, by_system__isnull=False)
                | Q(by_user__isnull=False, by_system__isnull=True),
                name="billing_statement_one_actor",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_charges(self) -> bool:
        return self.source == self.CHARGES

    @property
    def actor(self) -> str:
        """Who took it in, by name. Costs a query unless `by_user` is loaded."""
        return self.by_user.title if self.by_user else actor_name(str(self.by_system))

    def live_topics(self) -> list[str]:
        return ["desk:finance"]


class StatementEvent(Event):
    """Never a sum here: listeners of every fact stand outside the finance desk."""

    thing = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="history")


class StatementLineQuerySet(models.QuerySet["StatementLine"]):
    def to_settle(self) -> "StatementLineQuerySet":
        return self.filter(StatementLine.left())

    def reversed(self) -> "StatementLineQuerySet":
        """Posted, and the entry was undone since: the money is nobody's again."""
        return self.filter(state=StatementLine.State.POSTED, entry__reversed_by__isnull=False)

    def differing(self) -> "StatementLineQuerySet":
        """Charges that are not what the tariffs gave when they came."""
        return self.filter(due__isnull=False).exclude(due=F("amount"))


class StatementLine(models.Model):
    """A payment or a charge of a file, and what became of it. What another file has brought is posted once.

    `identity` names it in the world it comes from; `key` is the identity with its sum and account. The same key again
    came before; the same identity under another key is a conflict, which somebody looks at.
    """

    class State(models.TextChoices):
        POSTED = "posted", _("Posted")
        UNKNOWN = "unknown", _("Account not found")
        CONFLICT = "conflict", _("Contradicts an earlier file")
        BAD = "bad", _("Cannot be read")
        DUPLICATE = "duplicate", _("Came before")
        DISMISSED = "dismissed", _("Put aside")

    OPEN: ClassVar[tuple[str, ...]] = (State.UNKNOWN, State.CONFLICT, State.BAD)

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines", db_index=False)
    place = models.PositiveIntegerField()
    number = models.CharField(max_length=100, blank=True)
    origin = models.CharField(max_length=40, blank=True)
    identity = models.CharField(max_length=180, blank=True)
    key = models.CharField(max_length=40, blank=True)
    on = models.DateField(null=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    said_account = models.CharField(max_length=20, blank=True)
    purpose = models.CharField(max_length=300, blank=True)
    payer = models.CharField(max_length=200, blank=True)
    # Of a charge: what for, and what the tariffs gave for it when it came.
    service = models.CharField(max_length=10, blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    due = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    state = models.CharField(max_length=10, choices=State.choices)
    wrong = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    objects = StatementLineQuerySet.as_manager()

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(fields=["statement", "place"], name="billing_statement_line_place"),
            models.CheckConstraint(
                condition=Q(state="posted", entry__isnull=False, account__isnull=False)
                | (~Q(state="posted") & Q(entry=None)),
                name="billing_posted_line_has_entry",
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=~Q(state__in=["duplicate", "bad"]) & ~Q(key=""),
                name="billing_line_comes_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["posted", "unknown", "conflict"])
                | (~Q(key="") & ~Q(identity="") & Q(on__isnull=False, amount__isnull=False)),
                name="billing_readable_line_has_key",
            ),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | ~Q(reason=""), name="billing_dismissed_line_says_why"
            ),
            models.CheckConstraint(
                condition=Q(since=None, until=None) | Q(since__lte=F("until")), name="billing_line_period"
            ),
        )
        indexes = (models.Index(fields=["identity"], name="billing_line_identity", condition=~Q(identity="")),)

    def __str__(self) -> str:
        return f"line {self.pk}"

    @classmethod
    def left(cls, prefix: str = "") -> Q:
        """What somebody has to settle; `prefix`: the way to the lines from another model."""
        undone = {f"{prefix}state": cls.State.POSTED, f"{prefix}entry__reversed_by__isnull": False}
        return Q(**{f"{prefix}state__in": cls.OPEN}) | Q(**undone)

    @property
    def is_reversed(self) -> bool:
        """Costs a query unless `entry__reversed_by` is loaded."""
        return self.entry is not None and hasattr(self.entry, "reversed_by")

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN or self.is_reversed

    @property
    def can_be_posted(self) -> bool:
        """To an account that somebody names."""
        again = self.state == self.State.DISMISSED and bool(self.key)
        return again or (self.is_open and self.state != self.State.BAD)

    @property
    def differs(self) -> bool:
        return self.due is not None and self.due != self.amount
