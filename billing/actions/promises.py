"""Promised payments: the service goes on now, the money comes by a day."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing import events
from billing.models import Account, Entry, Kind, PromisedPayment, State
from common import clock, history
from common.errors import DomainError
from common.history import System
from staff.models import User

BATCH = 200
# The bank's file of a day is taken in on the next morning: until this local time a promise of yesterday can be kept.
BANK_FILE_BY = time(12)
PROMISE = PromisedPayment.State


class BadPromise(DomainError):
    code = "bad_promise"
    status = 422


class PromiseOpen(DomainError):
    code = "promise_open"


@transaction.atomic
def promise(*, account: Account, amount: Decimal, until: date, by: User) -> PromisedPayment:
    """He pays `amount` roubles by the end of `until`; a suspended service goes on at once.

    Raises BadPromise (a sum or a day that cannot be), PromiseOpen while another promise runs.
    """
    locked = _lock(account.pk)
    today = timezone.localdate(clock.now())
    latest = today + timedelta(days=PromisedPayment.LONGEST_DAYS)
    if amount <= 0:
        raise BadPromise(_("Type a sum above zero."), fields={"amount": _("Type a sum above zero.")})
    if not today <= until <= latest:
        text = _("Choose a day from today to %(latest)s.") % {"latest": f"{latest:%d.%m.%Y}"}
        raise BadPromise(text, fields={"until": text})
    if locked.promises.filter(state=PROMISE.OPEN).exists():
        raise PromiseOpen(_("A promise is still open: it must be kept first."))
    made = PromisedPayment.objects.create(account=locked, amount=amount, until=until, by=by)
    history.record(locked, events.promise_made, by=by, promise=made.pk, until=until.isoformat())
    if locked.state == State.SUSPENDED:
        _set_state(locked, State.ACTIVE, "")
        history.record(locked, events.account_resumed, by=by)
    return made


def settle_promises() -> int:
    """For the sweep: promises that were paid are kept; those whose day is over are broken, and the service stops.

    A day is over at BANK_FILE_BY of the next one: what was paid on the last evening comes in the morning's file.
    """
    rows = PromisedPayment.objects.filter(state=PROMISE.OPEN).order_by("until", "pk").values_list("pk", "account")
    return sum(_settle(pk, account) for pk, account in rows[:BATCH])


@transaction.atomic
def _settle(pk: int, account_id: int) -> bool:
    account = _lock(account_id)
    row = PromisedPayment.objects.filter(pk=pk, state=PROMISE.OPEN).first()
    if row is None:
        return False
    paid = Entry.objects.filter(account=account, kind=Kind.PAYMENT, at__gte=row.at, reversed_by=None)
    if (paid.aggregate(total=Sum("amount"))["total"] or 0) >= row.amount:
        _end(row, account, PROMISE.KEPT)
    elif clock.now() >= _over_at(row.until):
        _end(row, account, PROMISE.BROKEN)
        if account.state == State.ACTIVE and account.balance < 0:
            with override("ru"):
                reason = _("The promised payment has not come")
            _set_state(account, State.SUSPENDED, reason, at=row.ended_at)
            history.record(account, events.account_suspended, by=System.SWEEP, reason=reason)
    else:
        return False
    return True


def resume_paid() -> int:
    """For the sweep: a service that was suspended for a broken promise goes on once nothing is owed; how many."""
    rows = PromisedPayment.objects.filter(
        state=PROMISE.BROKEN,
        ended_at=F("account__since"),
        account__state=State.SUSPENDED,
        account__balance__gte=0,
    )
    return sum(_resume(pk) for pk in rows.order_by("account").values_list("account", flat=True)[:BATCH])


@transaction.atomic
def _resume(account_id: int) -> bool:
    account = _lock(account_id)
    # The promise ended at the moment since which the service is suspended: it was suspended for nothing else.
    is_for_it = account.promises.filter(state=PROMISE.BROKEN, ended_at=account.since).exists()
    if account.state != State.SUSPENDED or account.balance < 0 or not is_for_it:
        return False
    _set_state(account, State.ACTIVE, "")
    history.record(account, events.account_resumed, by=System.SWEEP)
    return True


def _over_at(until: date) -> datetime:
    return timezone.make_aware(datetime.combine(until + timedelta(days=1), BANK_FILE_BY))


def _lock(pk: int) -> Account:
    return Account.objects.select_for_update(of=("self",)).get(pk=pk)


def _end(row: PromisedPayment, account: Account, state: str) -> None:
    row.state, row.ended_at = state, clock.now()
    row.save(update_fields=["state", "ended_at"])
    history.record(account, events.promise_ended, by=System.SWEEP, promise=row.pk, state=state)


def _set_state(account: Account, state: str, reason: str, *, at: datetime | None = None) -> None:
    account.state, account.since, account.reason = state, at or clock.now(), reason
    account.save(update_fields=["state", "since", "reason"])
