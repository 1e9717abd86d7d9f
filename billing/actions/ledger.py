"""Entries of the ledger: posted once, undone by a reversal, never changed."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import events, money
from billing.actions.letters import tell_taken_back, was_told
from billing.models import PAID_INTO, Account, Book, Dispute, Entry, Kind, TariffChange
from common import history
from common.errors import DomainError
from common.history import System
from staff.models import Role, User

Actor = User | System
LONGEST_REASON = 300


class BadAmount(DomainError):
    code = "bad_amount"
    status = 422


class KeyTaken(DomainError):
    code = "key_taken"


class AlreadyReversed(DomainError):
    code = "already_reversed"


class NotReversible(DomainError):
    code = "not_reversible"


class SecondPersonNeeded(DomainError):
    code = "second_person_needed"


class SubscriberTold(DomainError):
    code = "subscriber_told"
    status = 422


_BAD_SUM = {
    "empty": gettext_lazy("Type the sum, for instance 350 or 1 234,50."),
    "zero": gettext_lazy("The sum is zero: there is nothing to post."),
    "negative": gettext_lazy("Type the sum without a minus: the kind of the entry says where it goes."),
    "kopecks": gettext_lazy("At most two digits after the comma: a kopeck is the smallest sum."),
    "large": gettext_lazy("At most 99,999,999.99: check the digits."),
    "letters": gettext_lazy("This is not a sum. Digits, blanks between thousands, a comma or a point before kopecks."),
}


def amount_from(text: str, field: str = "amount") -> Decimal:
    """The sum that somebody typed. Raises BadAmount, which says what to mend."""
    try:
        return money.parse(text)
    except money.BadSum as error:
        raise BadAmount(_BAD_SUM[error.code], fields={field: _BAD_SUM[error.code]}) from error


@transaction.atomic
def post(
    *,
    account: Account,
    kind: str,
    book: str,
    amount: Decimal,
    on: date,
    key: str,
    by: Actor,
    since: date | None = None,
    until: date | None = None,
    text: str = "",
    formula: dict[str, Any] | None = None,
    reverses: Entry | None = None,
) -> Entry:
    """Put an entry into the ledger; the same key again is the same entry.

    `amount` in roubles, above zero: to the account. Accountants who post to one account at once stand in line for its
    row. Raises KeyTaken when the key belongs to an entry of another sum or account.
    """
    locked = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if known := Entry.objects.filter(key=key).first():
        if (known.account_id, known.kind, known.amount) != (locked.pk, kind, amount):
            raise KeyTaken(_("This was already posted with another sum. Open the account again and look."))
        return known
    entry = Entry.objects.create(
        account=locked,
        kind=kind,
        book=book,
        amount=amount,
        on=on,
        key=key,
        since=since,
        until=until,
        text=text[:LONGEST_REASON],
        formula=formula or {},
        reverses=reverses,
        by_system=by if isinstance(by, System) else None,
        by_user=None if isinstance(by, System) else by,
    )
    history.record(locked, events.entry_posted, by=by, entry=entry.pk, kind=kind)
    return entry


def record_payment(*, account: Account, book: str, amount: Decimal, on: date, key: str, by: Actor) -> Entry:
    """Somebody has paid `amount` roubles into one of the books that take money. Raises BadAmount, KeyTaken."""
    if book not in PAID_INTO or amount <= 0:
        raise BadAmount(_("Say how it was paid, and a sum above zero."))
    return post(account=account, kind=Kind.PAYMENT, book=book, amount=amount, on=on, key=key, by=by)


@transaction.atomic
def reverse(*, entry: Entry, reason: str, on: date, by: User, tells: bool = False) -> Entry:
    """Undo an entry by its exact opposite; the entry itself stays.

    A charge is not undone: it is corrected by a question, which has a limit and may wait for a second person. Of a
    correction the subscriber has been told, so whoever undoes it `tells` him that too: he is written to.
    An undone refund gives its sum, which may have been paid out, once more: that is a supervisor's.
    Raises BadAmount without a reason, NotReversible for a charge or a reversal, AlreadyReversed, SecondPersonNeeded,
    SubscriberTold.
    """
    if not reason.strip():
        raise BadAmount(_("Say why it is reversed."), fields={"reason": _("Required.")})
    Account.objects.select_for_update(of=("self",)).get(pk=entry.account_id)
    if entry.kind == Kind.REVERSAL:
        raise NotReversible(_("A reversal is not reversed: post the entry anew."))
    if entry.kind == Kind.CHARGE:
        raise NotReversible(_("A charge is not reversed: open a charges question about it."))
    if entry.kind == Kind.REFUND and by.role != Role.SUPERVISOR:
        raise SecondPersonNeeded(
            _("A refund may have been paid out: a supervisor takes it back, on its question's page.")
        )
    if Entry.objects.filter(reverses=entry).exists():
        raise AlreadyReversed(_("This entry has already been reversed."))
    dispute = Dispute.objects.filter(entry=entry).select_related("account__subscriber").first()
    if dispute and was_told(dispute):
        if not tells:
            raise SubscriberTold(_("The subscriber has been told of this sum: tick that he is told it is taken back."))
        tell_taken_back(dispute)
    return post(
        account=entry.account,
        kind=Kind.REVERSAL,
        book=Book(entry.book),
        amount=-entry.amount,
        on=on,
        key=f"reversal:{entry.pk}",
        by=by,
        text=reason.strip(),
        reverses=entry,
    )


@transaction.atomic
def set_tariff(*, account: Account, kind: str, title: str, fee: Decimal | None, since: date, by: Actor) -> TariffChange:
    """From this day on the service is bought at `fee` roubles a month; None: it is not bought any more.

    Changes of other days stand: one that comes later still comes. A wrong change is corrected by another of its day.
    """
    locked = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    change = TariffChange.objects.create(
        account=locked,
        kind=kind,
        title=title[:100] if fee is not None else "",
        fee=fee,
        since=since,
        by_system=by if isinstance(by, System) else None,
        by_user=None if isinstance(by, System) else by,
    )
    history.record(locked, events.tariff_changed, by=by, tariff=change.pk)
    return change
