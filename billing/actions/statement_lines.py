"""What an accountant does to a line that could not be posted by itself."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing import bank_files, charge_files, events, files, queries
from billing.actions.accounts import account_of
from billing.actions.ledger import Actor, post
from billing.actions.statements import (
    alone_with_lines,
    due_of,
    entry_of,
    first_key,
    known_keys,
    state_among,
)
from billing.models import Account, Entry, StatementLine
from common import history
from common.errors import DomainError
from customers.models import Subscriber
from staff.models import User

State = StatementLine.State


class LineSettled(DomainError):
    code = "line_settled"


class NoSuchAccount(DomainError):
    code = "no_such_account"
    status = 422


class LineUnreadable(DomainError):
    code = "line_unreadable"
    status = 422


class WhyDismissed(DomainError):
    code = "why_dismissed"
    status = 422


@transaction.atomic
def match_line(*, line: StatementLine, account_number: str, by: User) -> StatementLine:
    """Post a line to the account that an accountant names: one whose account was not found, one that contradicts an
    earlier file and is another payment all the same, one put aside, one whose entry was reversed.

    Raises NoSuchAccount, LineSettled.
    """
    account = _named(account_number)
    line = _locked(line)
    if not line.can_be_posted:
        raise LineSettled(_("This line is already settled."))
    return _post(line, account, by=by)


@transaction.atomic
def mend_line(
    *, line: StatementLine, account_number: str, on: date, amount: Decimal, number: str, by: User
) -> StatementLine:
    """A line that could not be read, as an accountant reads it; `amount` in roubles. Posted, unless it came before or
    contradicts what came: its state says so.

    Raises NoSuchAccount, LineSettled, LineUnreadable.
    """
    alone_with_lines()
    account = _named(account_number)
    line = _locked(line)
    if line.state != State.BAD:
        raise LineSettled(_("This line is already settled."))
    line.on, line.amount, line.said_account = on, amount, account_number.strip()[:20]
    _name(line, number.strip())
    line.state, line.wrong = state_among(known_keys([line.identity]), line), ""
    history.record(line.statement, events.line_mended, by=by, line=line.pk, fields=["on", "amount", "number"])
    if line.state == State.UNKNOWN:
        return _post(line, account, by=by)
    line.save()
    return line


@transaction.atomic
def dismiss_line(*, line: StatementLine, reason: str, by: User) -> StatementLine:
    """Put a line aside: it is no payment of our subscribers. Raises WhyDismissed without a reason, LineSettled."""
    if not reason.strip():
        raise WhyDismissed(_("Say why it is put aside."), fields={"reason": _("Required.")})
    line = _locked(line)
    if not line.is_open:
        raise LineSettled(_("This line is already settled."))
    was = line.entry_id
    line.state, line.reason, line.entry = State.DISMISSED, reason.strip()[:200], None
    line.save(update_fields=["state", "reason", "entry"])
    history.record(line.statement, events.line_dismissed, by=by, line=line.pk, entry=was, reason=line.reason)
    return line


def _named(number: str) -> Account:
    """The account of this number, locked before any line."""
    subscriber = Subscriber.objects.filter(account=number.strip()).first()
    if subscriber is None:
        text = _("There is no account %(number)s.") % {"number": number.strip()[:20]}
        raise NoSuchAccount(text, fields={"account": text})
    return account_of(subscriber)


def _locked(line: StatementLine) -> StatementLine:
    return StatementLine.objects.select_for_update(of=("self",)).select_related("statement").get(pk=line.pk)


def _name(line: StatementLine, number: str) -> None:
    """Identity and key, from what was typed. A charge keeps the days and the service that the file gave it."""
    is_charge = line.statement.is_charges
    if is_charge and not (line.service and line.since):
        raise LineUnreadable(_("A charge without its service or days is asked from the billing system anew."))
    source = line.statement.source
    line.number = number[: files.LONGEST_NUMBER]
    line.identity = (
        charge_files.identity(number)
        if is_charge
        else line.identity or bank_files.identity(source, line.statement.book, line.origin, line.on, number)
    )
    if not line.identity:
        raise LineUnreadable(_("Type the number of the payment."), fields={"number": _("Required.")})
    read = files.Line(line.place, line.number, line.on, line.amount, line.said_account, identity=line.identity)
    line.key = files.key(replace(read, service=line.service, since=line.since, until=line.until))


def _post(line: StatementLine, account: Account, *, by: Actor) -> StatementLine:
    before = line.entry_id
    line.account = account
    if line.statement.is_charges:
        line.due = due_of(line, queries.tariffs_of(account), queries.stops_from(queries.service_events(account)))
    told: dict[str, Any] = entry_of(line)
    line.entry = post(account=account, key=_next_key(line), by=by, **told)
    line.state, line.reason = State.POSTED, ""
    line.save()
    more = {"instead": before} if before else {}
    history.record(line.statement, events.statement_matched, by=by, line=line.pk, entry=line.entry.pk, **more)
    return line


def _next_key(line: StatementLine) -> str:
    """The ledger keeps a reversed entry and its key for ever: the line's next entry has one of its own."""
    first = first_key(line)
    before = Entry.objects.filter(key__startswith=first).count()
    return f"{first}:{before + 1}" if before else first
