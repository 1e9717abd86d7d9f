"""Payments and charges out of files: each posted once, whatever files bring it."""

import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import charging, events, files, ledger_files, queries
from billing.actions.ledger import Actor
from billing.models import PAID_INTO, Account, Book, Entry, Kind, Statement, StatementLine
from common import history
from common.errors import DomainError
from common.history import System
from customers.models import Subscriber

LARGEST_FILE = 5 * 1024 * 1024
State = StatementLine.State
BATCH = 1000
_LINES = 5_008  # the advisory lock under which lines are told apart from those that came before

_REASONS = {
    "empty": gettext_lazy("The file holds no lines."),
    "encoding": gettext_lazy("The file cannot be read: save it as Windows-1251 or UTF-8."),
    "cut": gettext_lazy("The file is cut off: its end is missing. Nothing was posted; download it again."),
    "columns": gettext_lazy(
        "The first line must name the columns. Payments: date, sum, number; account or purpose. Charges: account, "
        "service, since, until, sum, number."
    ),
    "kind": gettext_lazy("Charges and payments were taken for each other: choose what is in the file."),
    "large": gettext_lazy("The file holds more than 20,000 lines or 5 MB: split it by days."),
    "own": gettext_lazy("The file does not say which account is ours: ask the bank for one with СекцияРасчСчет."),
    "control": gettext_lazy("The lines do not add up to the control sum. Nothing was posted."),
    "name": gettext_lazy("The file's name must begin with bank-, cash-, terminals- or charges-."),
}


class BadStatement(DomainError):
    """`reason`: the code of `billing.files.BadFile`."""

    code = "bad_statement"
    status = 422

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(why_refused(reason), fields={"control": why_refused(reason)} if reason == "control" else {})


def why_refused(reason: str) -> str:
    """What to do about a file, in words."""
    return str(_REASONS.get(reason, _("This is neither a CSV file nor a 1C exchange file.")))


def take_statement(
    *, body: bytes, name: str, book: str, by: Actor, control: Decimal | None = None
) -> tuple[Statement, bool]:
    """Post the lines of a file; the statement, and whether it is new. All of it or nothing.

    `book`: where the money came, or the revenue for charges; `control`: the sum in roubles the lines must add up to.
    Raises BadStatement, which says what to do.
    """
    if book not in {*PAID_INTO, Book.REVENUE}:
        raise BadStatement("name")
    if len(body) > LARGEST_FILE:
        raise BadStatement("large")
    try:
        read = ledger_files.read(body, book=book, control=control)
    except files.BadFile as error:
        raise BadStatement(error.code) from error
    told = {
        "name": name[:100],
        "source": read.source,
        "book": book,
        "said": read.said,
        "control": control,
        "by_system": by if isinstance(by, System) else None,
        "by_user": None if isinstance(by, System) else by,
    }
    return _take(hashlib.sha256(body).hexdigest(), told, read.lines, by=by)


@transaction.atomic
def _take(sha256: str, told: Mapping[str, object], read: list[files.Line], *, by: Actor) -> tuple[Statement, bool]:
    """A fixed number of statements for every thousand lines. Accounts are locked in the order of their ids, as
    everybody takes more than one, and only while the rows are written."""
    alone_with_lines()
    made, is_new = Statement.objects.get_or_create(sha256=sha256, defaults=told)
    if is_new:
        lines = [line_from(made, one) for one in read]
        _tell_apart(lines)
        _find_accounts(lines)
        _post(lines, by)
        StatementLine.objects.bulk_create(lines, batch_size=BATCH)
        history.record(made, events.statement_taken, by=by, lines=len(lines))
    return made, is_new


def alone_with_lines() -> None:
    """Until the end of the transaction nobody else decides what came before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LINES])


def line_from(statement: Statement, one: files.Line) -> StatementLine:
    return StatementLine(
        statement=statement,
        place=one.place,
        number=one.number,
        origin=one.origin,
        identity=one.identity,
        key="" if one.wrong else files.key(one),
        on=one.on,
        amount=one.amount,
        said_account=one.account,
        purpose=one.purpose,
        payer=one.payer,
        service=one.service,
        since=one.since,
        until=one.until,
        wrong=one.wrong,
        state=State.BAD if one.wrong else State.UNKNOWN,
    )


def _tell_apart(lines: list[StatementLine]) -> None:
    """The readable ones by what came before, in this file too. One statement."""
    readable = [one for one in lines if one.state != State.BAD]
    known = known_keys({one.identity for one in readable})
    for line in readable:
        line.state = state_among(known, line)
        known.setdefault(line.identity, set()).add(line.key)


def known_keys(identities: Iterable[str]) -> dict[str, set[str]]:
    """The keys under which lines of these identities came. One statement."""
    found: dict[str, set[str]] = {}
    rows = StatementLine.objects.filter(identity__in=identities).exclude(state__in=[State.DUPLICATE, State.BAD])
    for identity, key in rows.exclude(key="").values_list("identity", "key"):
        found.setdefault(identity, set()).add(key)
    return found


def state_among(known: dict[str, set[str]], line: StatementLine) -> str:
    keys = known.get(line.identity, set())
    if line.key in keys:
        return State.DUPLICATE
    return State.CONFLICT if keys else State.UNKNOWN


def _find_accounts(lines: list[StatementLine]) -> None:
    """The accounts of fresh lines, locked. Those of known subscribers are opened. Three statements."""
    fresh = [one for one in lines if one.state == State.UNKNOWN and one.said_account]
    people = Subscriber.objects.filter(account__in={one.said_account for one in fresh})
    opened = [Account(subscriber_id=pk) for pk in people.values_list("pk", flat=True)]
    Account.objects.bulk_create(opened, ignore_conflicts=True, batch_size=BATCH)
    rows = Account.objects.select_for_update(of=("self",)).filter(subscriber__in=[one.subscriber_id for one in opened])
    accounts = {one.subscriber.account: one for one in rows.select_related("subscriber").order_by("pk")}
    for line in fresh:
        line.account = accounts.get(line.said_account)


def _post(lines: list[StatementLine], by: Actor) -> None:
    """The entries are the accounts' history: a fact more for each would say nothing that the ledger does not."""
    found = [one for one in lines if one.account]
    _compare(found)
    entries = Entry.objects.bulk_create([_entry(one, by) for one in found], batch_size=BATCH)
    for line, entry in zip(found, entries, strict=True):
        line.state, line.entry = State.POSTED, entry


def _entry(line: StatementLine, by: Actor) -> Entry:
    told = entry_of(line)
    actor = {"by_system": by} if isinstance(by, System) else {"by_user": by}
    return Entry(account=line.account, key=first_key(line), **told, **actor)


def first_key(line: StatementLine) -> str:
    return f"statement:{line.key}"


def entry_of(line: StatementLine) -> dict[str, object]:
    """What a line says of its entry: kind, book, sum, days."""
    is_charge = line.statement.is_charges
    assert line.amount is not None  # billing_readable_line_has_key
    return {
        "kind": Kind.CHARGE if is_charge else Kind.PAYMENT,
        "book": line.statement.book,
        "amount": -line.amount if is_charge else line.amount,
        "on": line.on,
        "since": line.since,
        "until": line.until,
    }


def _compare(lines: list[StatementLine]) -> None:
    """Charges with what the tariffs give for the same service and days. Two statements for them all."""
    charges = [one for one in lines if one.statement.is_charges]
    if not charges:
        return
    ids = {one.account_id for one in charges if one.account_id}
    tariffs, stopped = queries.tariffs_by_account(ids), queries.stops_by_account(ids)
    for line in charges:
        assert line.account_id is not None
        line.due = due_of(line, tariffs.get(line.account_id, []), stopped.get(line.account_id, []))


def due_of(line: StatementLine, tariffs: list[charging.Tariff], stopped: list[charging.Stop]) -> Decimal:
    """Roubles that the tariffs of its service give for the days of a charge."""
    of_service = [one for one in tariffs if one.kind == line.service]
    return charging.total(queries.due(Entry(since=line.since, until=line.until), of_service, stopped))
