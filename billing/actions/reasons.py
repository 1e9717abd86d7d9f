"""The list of reasons why charges are corrected, and how much an accountant gives alone."""

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing import events
from billing.models import DayLimit, Reason
from common import history
from common.errors import DomainError
from staff.models import User


class ReasonTaken(DomainError):
    code = "reason_taken"


def save_reason(*, by: User, reason: Reason | None = None, **fields: Any) -> Reason:
    """Make a reason or change it; questions already asked keep the limit they were asked under. Raises ReasonTaken."""
    row = reason or Reason()
    changed = {name: [str(getattr(row, name)), str(new)] for name, new in fields.items() if getattr(row, name) != new}
    for name, new in fields.items():
        setattr(row, name, new)
    try:
        with transaction.atomic():
            row.save()
            history.record(row, events.reason_saved, by=by, fields=sorted(changed))
    except IntegrityError as error:
        raise ReasonTaken(_("This code is taken: choose another."), fields={"code": _("Taken.")}) from error
    return row


def set_day_limit(*, amount: Decimal, by: User) -> DayLimit:
    """From now on an accountant gives at most `amount` roubles a day without a second person, zero: nothing. The row
    is its own history."""
    return DayLimit.objects.create(amount=amount, by=by)
