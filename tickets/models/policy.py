"""How each desk works: the moves it allows, what happens to resolved work that comes back, whose work returns."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.history import Event
from staff.models import Desk
from tickets.models.ticket import MOVES, TICKET_DESKS


class DeskPolicy(models.Model):
    """A desk's rules. A desk without a row of its own works by the defaults of the fields."""

    class Reopening(models.TextChoices):
        REOPEN = "reopen", _("Reopen the same ticket")
        NEW = "new", _("Open a new ticket linked to it")

    desk = models.CharField(primary_key=True, max_length=20, choices=[(d.value, d.label) for d in TICKET_DESKS])
    # `from` -> list of `to`; a state that is not named allows every move of MOVES.
    moves = models.JSONField(default=dict, blank=True)
    reopening = models.CharField(max_length=10, choices=Reopening.choices, default=Reopening.REOPEN)
    reopen_days = models.PositiveSmallIntegerField(default=7)
    return_after_min = models.PositiveSmallIntegerField(null=True, blank=True, default=30)
    needs_code = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(desk__in=TICKET_DESKS), name="tickets_deskpolicy_desk"),
            models.CheckConstraint(
                condition=Q(return_after_min=None) | Q(return_after_min__gte=1), name="tickets_deskpolicy_minutes"
            ),
        )

    def __str__(self) -> str:
        return self.desk

    def allowed(self, status: str) -> frozenset[str]:
        """The states a ticket of this desk may move to from `status`."""
        return MOVES[status] if status not in self.moves else MOVES[status] & frozenset(self.moves[status])

    @property
    def reopen_for(self) -> timedelta:
        return timedelta(days=self.reopen_days)

    def live_topics(self) -> list[str]:
        return [f"desk:{self.desk}"]

    @classmethod
    def of(cls, desk: str) -> "DeskPolicy":
        """The desk's rules. One query."""
        return cls.objects.filter(desk=desk).first() or cls(desk=desk)


class DeskPolicyEvent(Event):
    thing = models.ForeignKey(DeskPolicy, on_delete=models.PROTECT, related_name="history")


class ResolutionCode(models.Model):
    """Why a ticket ended, for people and for reports. Used ones are retired, never deleted."""

    code = models.SlugField(unique=True)
    title_ru = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    # The desks that may choose it; none named = all of them.
    desks = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(title_ru="") & ~Q(title_en=""), name="tickets_code_has_titles"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") else self.title_ru

    def fits(self, desk: str) -> bool:
        return self.is_active and (not self.desks or desk in self.desks)


MERGED, UNCONFIRMED = "merged", "unconfirmed"
CODES: list[dict[str, Any]] = [
    dict(code="solved", title_ru="Решено удалённо", title_en="Solved remotely"),
    dict(
        code="visited", title_ru="Решено на выезде", title_en="Solved on a visit", desks=[Desk.SUPPORT, Desk.DISPATCH]
    ),
    dict(code="explained", title_ru="Дано разъяснение", title_en="Explained"),
    dict(code="no_fault", title_ru="Неисправность не найдена", title_en="No fault found", desks=[Desk.SUPPORT]),
    dict(code="refused", title_ru="Отказ абонента", title_en="Refused by the subscriber"),
    dict(code=UNCONFIRMED, title_ru="Закрыто без подтверждения", title_en="Closed unconfirmed"),
    dict(code=MERGED, title_ru="Объединено с другой заявкой", title_en="Merged into another ticket", is_active=False),
]
# A charges question is settled in one contact: the finance desk has nobody to hand back to while she is away.
POLICIES: list[dict[str, Any]] = [
    dict(desk=Desk.FIRST_LINE, return_after_min=10),
    dict(desk=Desk.SUPPORT, return_after_min=30),
    dict(desk=Desk.FINANCE, return_after_min=None, reopen_days=30),
    dict(desk=Desk.DISPATCH, return_after_min=30),
]


def seed_policies(**_: Any) -> None:
    """The first rules and codes of an empty system; a supervisor's edits are never overwritten."""
    ResolutionCode.objects.bulk_create(
        [ResolutionCode(position=n, **row) for n, row in enumerate(CODES)], ignore_conflicts=True
    )
    DeskPolicy.objects.bulk_create([DeskPolicy(**row) for row in POLICIES], ignore_conflicts=True)


__all__ = ["MERGED", "DeskPolicy", "ResolutionCode", "seed_policies"]
