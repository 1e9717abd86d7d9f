"""Promised payments: the service goes on now, the money comes by a day."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
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
    """For the sweep: promises that were paid are kept; those whose day is over are broken, and the service stops."""
    today = timezone.localdate(clock.now())
    rows = PromisedPayment.objects.filter(state=PROMISE.OPEN).order_by("until", "pk").values_list("pk", "account")
    return sum(_settle(pk, account, today) for pk, account in rows[:BATCH])


@transaction.atomic
def _settle(pk: int, account_id: int, today: date) -> bool:
    account = _lock(account_id)
    row = PromisedPayment.objects.filter(pk=pk, state=PROMISE.OPEN).first()
    if row is None:
        return False
    paid = Entry.objects.filter(account=account, kind=Kind.PAYMENT, at__gte=row.at, reversed_by=None)
    if (paid.aggregate(total=Sum("amount"))["total"] or 0) >= row.amount:
        _end(row, account, PROMISE.KEPT)
    elif row.until < today:
        _end(row, account, PROMISE.BROKEN)
        if account.state == State.ACTIVE and account.balance < 0:
            with override("ru"):
                reason = _("The promised payment has not come")
            _set_state(account, State.SUSPENDED, reason)
            history.record(account, events.account_suspended, by=System.SWEEP, reason=reason)
    else:
        return False
    return True


def _lock(pk: int) -> Account:
    return Account.objects.select_for_update(of=("self",)).get(pk=pk)


def _end(row: PromisedPayment, account: Account, state: str) -> None:
    row.state, row.ended_at = state, clock.now()
    row.save(update_fields=["state", "ended_at"])
    history.record(account, events.promise_ended, by=System.SWEEP, promise=row.pk, state=state)


def _set_state(account: Account, state: str, reason: str) -> None:
    account.state, account.since, account.reason = state, clock.now(), reason
    account.save(update_fields=["state", "since", "reason"])
