from django.db import transaction
from django.utils.translation import gettext as _

from billing import events
from billing.models import Account, State
from common import clock, history
from common.errors import DomainError
from customers.models import Subscriber
from staff.models import User


class ReasonNeeded(DomainError):
    code = "reason_needed"
    status = 422


def account_of(subscriber: Subscriber) -> Account:
    """His account, locked until the end of the transaction; opened if he had none."""
    Account.objects.get_or_create(subscriber=subscriber)
    return Account.objects.select_for_update(of=("self",)).get(subscriber=subscriber)


@transaction.atomic
def suspend(*, subscriber: Subscriber, reason: str, by: User) -> Account:
    """Stop the service for money; everybody else sees only "suspended"."""
    if not reason.strip():
        raise ReasonNeeded(_("Say why."), fields={"reason": _("Required.")})
    account = account_of(subscriber)
    if account.state != State.SUSPENDED:
        account.state, account.since, account.reason = State.SUSPENDED, clock.now(), reason.strip()[:200]
        account.save(update_fields=["state", "since", "reason"])
        history.record(account, events.account_suspended, by=by, reason=account.reason)
    return account


@transaction.atomic
def resume(*, subscriber: Subscriber, by: User) -> Account:
    """Let the service go on."""
    account = account_of(subscriber)
    if account.state != State.ACTIVE:
        account.state, account.since, account.reason = State.ACTIVE, clock.now(), ""
        account.save(update_fields=["state", "since", "reason"])
        history.record(account, events.account_resumed, by=by)
    return account
