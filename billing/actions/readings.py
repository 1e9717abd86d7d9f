"""Who looked at financial data, and whose session was used elsewhere."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.models import FinanceReading, OfficeAlarm
from common import live
from common.history import System
from staff.actions import notify
from staff.models import Role, User

_OUTSIDE = gettext_noop("A session of the finance desk was used outside the office and has been ended: %(who)s.")


def note_reading(
    *, user_id: int, page: str, of: str, method: str, address: str | None, accounts: Sequence[str] = ()
) -> FinanceReading:
    """One row for a page that is about to leave. Whatever it raises must keep the page from being shown."""
    return FinanceReading.objects.create(
        user_id=user_id, page=page[:80], of=of[:80], method=method[:8], address=address, accounts=list(accounts)
    )


@transaction.atomic
def sound_alarm(*, user_id: int, address: str, path: str) -> OfficeAlarm:
    """A session was used outside the office: write it down, tell the supervisors and its owner, close his streams."""
    owner = User.objects.filter(pk=user_id).first()
    alarm = OfficeAlarm.objects.create(user=owner, address=address[:60], path=path[:200])
    told = list(User.objects.filter(role=Role.SUPERVISOR, is_active=True).exclude(pk=user_id))
    for one in [*told, owner] if owner else told:
        notify(user=one, text=_OUTSIDE, by=System.SETUP, who=owner.title if owner else "—")
    live.revoke(user_id)
    return alarm
