"""A charges question: why, how much, who decides, what came of it."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import Account
from billing.models.entries import Entry
from common import clock
from common.history import Event
from staff.models import Role, User


class Rule(models.TextChoices):
    """How a reason proposes its amount: `billing.proposing`."""

    DIFFERENCE = "difference", _("Charged less what the tariff gives")
    DOWNTIME = "downtime", _("Hours without the service")
    CHARGED_TWICE = "charged_twice", _("The whole disputed charge")
    FIXED = "fixed", _("A fixed sum")
    ADVANCE = "advance", _("What is left of the balance")
    BY_HAND = "by_hand", _("The accountant names it")


class Reason(models.Model):
    """Why charges are corrected. Paper is asked only where the law asks for it."""

    code = models.SlugField(unique=True)
    title_ru = models.CharField(_("name in Russian"), max_length=100)
    title_en = models.CharField(_("name in English"), max_length=100)
    rule = models.CharField(_("how the sum is proposed"), max_length=14, choices=Rule.choices)
    fixed = models.DecimalField(_("fixed sum"), max_digits=10, decimal_places=2, null=True, blank=True)
    own_limit = models.DecimalField(
        _("accountant's own limit"), max_digits=10, decimal_places=2, help_text=_("Above it a supervisor confirms.")
    )
    legal_basis = models.CharField(
        _("legal basis of the application"), max_length=300, blank=True, help_text=_("Empty: no paper is needed.")
    )
    answer_days = models.PositiveSmallIntegerField(
        _("answer in writing within, days"), null=True, blank=True, help_text=_("Empty: no written answer is due.")
    )
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(title_ru="") & ~Q(title_en=""), name="billing_reason_has_names"),
            models.CheckConstraint(
                condition=Q(rule="fixed", fixed__gt=0) | (~Q(rule="fixed") & Q(fixed=None)),
                name="billing_fixed_reason_has_sum",
            ),
            models.CheckConstraint(condition=Q(own_limit__gte=0), name="billing_reason_limit"),
            models.CheckConstraint(
                condition=Q(answer_days=None) | (Q(answer_days__range=(1, 365)) & ~Q(legal_basis="")),
                name="billing_reason_answered_by_law",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") else self.title_ru

    @property
    def needs_paper(self) -> bool:
        return bool(self.legal_basis)

    def live_topics(self) -> list[str]:
        return []


class ReasonEvent(Event):
    thing = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="history")


class DayLimit(models.Model):
    """How many roubles one accountant may give in a day, over all accounts, without a second person.

    The newest row is in force; a row never changes, so that the rows are their own history.
    """

    USUAL: ClassVar[Decimal] = Decimal(10_000)

    amount = models.DecimalField(max_digits=10, decimal_places=2)
    at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    append_only: ClassVar[bool] = True

    class Meta:
        ordering = ("-id",)
        constraints = (models.CheckConstraint(condition=Q(amount__gte=0), name="billing_day_limit"),)

    def __str__(self) -> str:
        return f"day limit {self.pk}"


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def visible_to(self, user: User) -> "DisputeQuerySet":
        """Accountants see all; supervisors what has ever waited for them, whoever decided it, and the refunds posted,
        which only they take back."""
        if user.role == Role.ACCOUNTANT:
            return self
        if user.role == Role.SUPERVISOR:
            return self.filter(~Q(amount__range=(-F("limit"), F("limit"))) | Q(entry__kind="refund"))
        return self.none()

    def counted(self) -> "DisputeQuerySet":
        """What gives money or may still give it: undecided, or posted and not taken back by a reversal."""
        open_or_posted = [Dispute.State.WAITS, Dispute.State.PAPER, Dispute.State.POSTED]
        return self.filter(state__in=open_or_posted, entry__reversed_by=None)

    def unconfirmed(self) -> "DisputeQuerySet":
        """What an accountant has given, or is about to give for a signed paper, without a second person."""
        return self.counted().exclude(state=Dispute.State.WAITS).filter(confirmed_by=None)


class Dispute(models.Model):
    """One question about charges, settled in the contact it was raised in.

    `amount` above zero goes to the account. `entry` is what was posted, `about` the charge in question.
    """

    class State(models.TextChoices):
        WAITS = "waits", _("Waits for confirmation")
        PAPER = "paper", _("Waits for the signed application")
        POSTED = "posted", _("Posted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    OPEN: ClassVar[tuple[str, ...]] = (State.WAITS, State.PAPER)
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        "waits": frozenset({"posted", "refused", "withdrawn", "paper"}),
        "paper": frozenset({"posted", "withdrawn", "waits"}),
        "posted": frozenset(),
        "refused": frozenset(),
        "withdrawn": frozenset(),
    }

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="disputes")
    contact = models.ForeignKey("contacts.Contact", on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    proposed = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    formula = models.JSONField(default=dict)
    # What the accountant could still post without a supervisor when it was asked: `billing.limits`.
    limit = models.DecimalField(max_digits=10, decimal_places=2)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    key = models.CharField(max_length=60, unique=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(amount=0), name="billing_dispute_moves_something"),
            models.CheckConstraint(
                condition=Q(state="posted", entry__isnull=False) | (~Q(state="posted") & Q(entry=None)),
                name="billing_posted_dispute_has_entry",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waits", "paper"], decided_at=None)
                | Q(state__in=["posted", "refused", "withdrawn"], decided_at__isnull=False),
                name="billing_decided_dispute_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | (Q(decided_by__isnull=False) & ~Q(answer="")),
                name="billing_refused_dispute_says_why",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")), name="billing_dispute_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["posted", "paper"])
                | Q(amount__range=(-F("limit"), F("limit")))
                | Q(confirmed_by__isnull=False),
                name="billing_dispute_above_limit_confirmed",
            ),
        )
        indexes = (
            models.Index(fields=["asked_at"], name="billing_disputes_waiting", condition=Q(state="waits")),
            models.Index(fields=["-decided_at"], name="billing_disputes_decided"),
        )

    def __str__(self) -> str:
        return f"dispute {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    def live_topics(self) -> list[str]:
        return ["desk:finance", "disputes:all", f"account:{self.account_id}"]


class DisputeEvent(Event):
    """Never a sum here: listeners of every fact stand outside the finance desk."""

    thing = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="history")

    @property
    def text(self) -> str:
        """What was decided. That it was asked, and why, stands on the page itself."""
        state = self.data.get("state") if self.kind == "dispute_decided" else None
        return str(Dispute.State(state).label) if state else ""
