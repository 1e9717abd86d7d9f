"""Payments out of files: each posted once, whatever files bring it."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from billing import bank_files, events
from billing.actions.accounts import account_of
from billing.actions.ledger import record_payment
from billing.models import PAID_INTO, Account, Entry, Statement, StatementLine
from common import history
from common.errors import DomainError
from customers.models import Subscriber
from staff.models import User

LARGEST_FILE = 5 * 1024 * 1024
State = StatementLine.State
BATCH = 1000


class BadStatement(DomainError):
    code = "bad_statement"
    status = 422


class LineSettled(DomainError):
    code = "line_settled"


class NoSuchAccount(DomainError):
    code = "no_such_account"
    status = 422


@transaction.atomic
def take_statement(*, body: bytes, name: str, book: str, by: User) -> tuple[Statement, bool]:
    """Post the payments of a file; the statement, and whether it is new. All of it or nothing.

    Accounts are locked in the order of their numbers, so two files with the same people never wait for each other in a
    circle. Raises BadStatement, which says what to do.
    """
    if book not in PAID_INTO:
        raise BadStatement(_("Choose where the money came."), fields={"book": _("Required.")})
    if len(body) > LARGEST_FILE:
        raise BadStatement(_("The file is larger than 5 MB: split it by days."))
    try:
        read = bank_files.read(body)
    except bank_files.BadFile as error:
        raise BadStatement(_reason(error.code)) from error
    digest = hashlib.sha256(body).hexdigest()
    made, is_new = Statement.objects.get_or_create(
        sha256=digest, defaults={"name": name[:100], "source": read.source, "book": book, "said": read.said, "by": by}
    )
    if is_new:
        lines = _placed(made, read.lines)
        for line in sorted(lines, key=lambda one: (one.account.pk if one.account else 0, one.place)):
            _settle(line, by=by)
        StatementLine.objects.bulk_create(lines, batch_size=BATCH)
        history.record(made, events.statement_taken, by=by, lines=len(lines))
    return made, is_new


def _reason(code: str) -> str:
    return {
        "empty": _("The file holds no payments."),
        "encoding": _("The file cannot be read: save it as Windows-1251 or UTF-8."),
        "cut": _("The file is cut off: its end is missing. Nothing was posted; download it again."),
        "columns": _("The first line must name the columns: date, sum, number; account or purpose."),
        "large": _("The file holds more than 20,000 lines: split it by days."),
    }.get(code, _("This is neither a CSV statement nor a 1C exchange file."))


def _placed(statement: Statement, read: list[bank_files.Line]) -> list[StatementLine]:
    """Lines with the accounts they name, locked. The accounts of known subscribers are opened."""
    numbers = {one.account for one in read if one.account}
    people = {one.account: one for one in Subscriber.objects.filter(account__in=numbers)}
    Account.objects.bulk_create([Account(subscriber=one) for one in people.values()], ignore_conflicts=True)
    rows = Account.objects.select_for_update(of=("self",)).filter(subscriber__in=people.values())
    accounts = {one.subscriber.account: one for one in rows.select_related("subscriber").order_by("pk")}
    return [
        StatementLine(
            statement=statement,
            place=one.place,
            number=one.number,
            on=one.on,
            amount=one.amount,
            said_account=one.account,
            purpose=one.purpose,
            payer=one.payer,
            wrong=one.wrong,
            account=accounts.get(one.account),
        )
        for one in read
    ]


def _settle(line: StatementLine, *, by: User) -> None:
    key = f"statement:{line.statement.source}:{line.number}"
    if line.wrong or line.amount is None or line.on is None:
        line.state = State.BAD
    elif Entry.objects.filter(key=key).exists():
        line.state = State.DUPLICATE
    elif line.account is None:
        line.state = State.UNKNOWN
    else:
        line.entry = record_payment(
            account=line.account, book=line.statement.book, amount=line.amount, on=line.on, key=key, by=by
        )
        line.state = State.POSTED


@transaction.atomic
def match_line(*, line: StatementLine, account_number: str, by: User) -> StatementLine:
    """Post a payment whose account was not found to the one that an accountant names. Raises NoSuchAccount,
    LineSettled."""
    subscriber = Subscriber.objects.filter(account=account_number.strip()).first()
    if subscriber is None:
        raise NoSuchAccount(_("There is no account %(number)s.") % {"number": account_number.strip()[:20]})
    account = account_of(subscriber)
    line = StatementLine.objects.select_for_update(of=("self",)).select_related("statement").get(pk=line.pk)
    if line.state != State.UNKNOWN:
        raise LineSettled(_("This payment is already settled."))
    line.account = account
    _settle(line, by=by)
    line.save(update_fields=["account", "state", "entry"])
    history.record(line.statement, events.statement_matched, by=by, line=line.pk)
    return line
