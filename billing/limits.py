"""What an accountant may give without a second person: for a reason on one account, and in a day."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Abs
from django.utils import timezone

from billing.models import Account, DayLimit, Dispute, DisputeQuerySet, Reason
from billing.queries import MONTH
from common import clock
from staff.models import User


@dataclass(frozen=True)
class Left:
    """In roubles: `of_reason` for everybody on this account in thirty days, `of_day` for one accountant everywhere."""

    of_reason: Decimal
    of_day: Decimal

    @property
    def amount(self) -> Decimal:
        return max(min(self.of_reason, self.of_day), Decimal(0))


def left(account: Account, reason: Reason, *, by: User) -> Left:
    """What remains now. Three statements; binding only under the locks of the account and of the accountant."""
    given, today = Dispute.objects.unconfirmed(), timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0)
    of_reason = given.filter(account=account, reason=reason, asked_at__gt=clock.now() - MONTH)
    of_day = given.filter(asked_by=by, asked_at__gte=today.replace(microsecond=0))
    return Left(reason.own_limit - _total(of_reason), day_limit() - _total(of_day))


def day_limit() -> Decimal:
    """Roubles a day for one accountant, as a supervisor has set it last. One statement."""
    row = DayLimit.objects.first()
    return row.amount if row else DayLimit.USUAL


def _total(rows: DisputeQuerySet) -> Decimal:
    """A refund counts like a credit: both give money."""
    total: Decimal | None = rows.aggregate(total=Sum(Abs("amount")))["total"]
    return total or Decimal(0)
