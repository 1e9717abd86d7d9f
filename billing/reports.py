"""What the finance desk reports of its books: sums over some days, all from the ledger itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from billing.models import Account, Book, Dispute, Entry, Kind, Reason, Statement, StatementLine
from staff.models import User

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Table:
    """`sums`: the columns (from 0) that hold roubles."""

    code: str
    title: str
    head: list[str]
    rows: list[list[Any]]
    sums: frozenset[int]

    @property
    def numbers(self) -> frozenset[int]:
        """The columns that are read from their right edge: the sums, and whatever is counted."""
        first = self.rows[0] if self.rows else []
        return self.sums | {n for n, value in enumerate(first) if isinstance(value, int)}


def tables(since: date, until: date) -> list[Table]:
    """Every report of these days, both included. Ten statements."""
    return [
        _by_reason(since, until),
        _by_person(since, until),
        _reversals(since, until),
        _day_sheet(since, until),
        _books(),
        _checks(since, until),
        _brought(since, until),
    ]


def _posted(since: date, until: date) -> Any:
    """Corrections that stand: what was reversed since is no correction."""
    posted = Dispute.objects.filter(state=Dispute.State.POSTED, entry__reversed_by=None)
    return posted.filter(entry__on__range=(since, until))


def _by_reason(since: date, until: date) -> Table:
    found = _posted(since, until).values("reason").annotate(n=Count("pk"), total=Sum("amount")).order_by("-n")
    titles = {one.pk: one.title for one in Reason.objects.all()}
    rows = [[titles[one["reason"]], one["n"], one["total"]] for one in found]
    return Table("reasons", _("Corrections by reason"), [_("Reason"), _("How many"), _("Sum")], rows, frozenset({2}))


def _by_person(since: date, until: date) -> Table:
    found = (
        _posted(since, until)
        .values("asked_by")
        .annotate(n=Count("pk"), total=Sum("amount"), confirmed=Count("confirmed_by"))
        .order_by("-n")
    )
    rows = list(found)
    people = User.objects.in_bulk([one["asked_by"] for one in rows])
    head = [_("Who"), _("How many"), _("Confirmed by a second person"), _("Sum")]
    said = [[people[one["asked_by"]].title, one["n"], one["confirmed"], one["total"]] for one in rows]
    return Table("people", _("Corrections by person"), head, said, frozenset({3}))


def _reversals(since: date, until: date) -> Table:
    found = Entry.objects.filter(kind=Kind.REVERSAL, on__range=(since, until)).select_related(
        "account__subscriber", "by_user", "reverses"
    )
    head = [_("Day"), _("Account"), _("What was reversed"), _("Who"), _("Why"), _("Sum")]
    rows = [
        [one.on, one.account.subscriber.account, _kind_of(one.reverses), one.actor, one.text, one.amount]
        for one in found.order_by("-on", "-pk")[:1000]
    ]
    return Table("reversals", _("Reversals"), head, rows, frozenset({5}))


def _kind_of(entry: Entry | None) -> str:
    return str(entry.get_kind_display()) if entry else ""


def _day_sheet(since: date, until: date) -> Table:
    kinds = [Kind.CHARGE, Kind.PAYMENT, Kind.ADJUSTMENT, Kind.COMPENSATION, Kind.REFUND, Kind.REVERSAL]
    sums = {kind.value: Coalesce(Sum("amount", filter=Q(kind=kind)), NOTHING) for kind in kinds}
    books = (Book.CASH, Book.TERMINALS, Book.BANK)
    # What the book took in the end: payments without those reversed and paid back.
    taken = {f"{book.value}_in": Coalesce(Sum("amount", filter=Q(book=book)), NOTHING) for book in books}
    columns = [*(kind.value for kind in kinds), *taken]
    found = Entry.objects.filter(on__range=(since, until)).values("on").annotate(**sums, **taken).order_by("-on")
    rows = [list(one) for one in found.values_list("on", *columns)]
    head = [_("Day"), *(str(kind.label) for kind in kinds), *(str(book.label) for book in books)]
    return Table("days", _("Day sheet"), head, rows, frozenset(range(1, len(head))))


def _books() -> Table:
    """Every book against the accounts: together they are nothing, or an entry is out of balance."""
    found = Entry.objects.values("book").annotate(n=Count("pk"), total=Sum(-F("amount"))).order_by("book")
    rows = [[str(Book(one["book"]).label), one["n"], one["total"]] for one in found]
    owned = sum((row[2] for row in rows), NOTHING)
    rows.append([_("Subscribers' accounts"), sum(row[1] for row in rows), -owned])
    return Table("books", _("Books today"), [_("Our book"), _("Entries"), _("Balance")], rows, frozenset({2}))


def _checks(since: date, until: date) -> Table:
    """Reconciliation: what must be equal, beside what it is."""
    stored = Account.objects.aggregate(total=Coalesce(Sum("balance"), NOTHING))["total"]
    entries = Entry.objects.aggregate(total=Coalesce(Sum("amount"), NOTHING))["total"]
    stands = Q(state=StatementLine.State.POSTED, entry__reversed_by=None)
    repeated = Q(state=StatementLine.State.DUPLICATE)
    lines = _payments(since, until).aggregate(
        brought=Coalesce(Sum("amount", filter=~repeated), NOTHING),
        posted=Coalesce(Sum("amount", filter=stands), NOTHING),
    )
    pairs = [
        (_("Balances of accounts and their entries"), stored, entries),
        (_("Payments of statements and those posted"), lines["brought"], lines["posted"]),
    ]
    rows = [[what, one, other, one - other] for what, one, other in pairs]
    head = [_("What"), _("One side"), _("Other side"), _("Difference")]
    return Table("checks", _("Reconciliation"), head, rows, frozenset({1, 2, 3}))


def _payments(since: date, until: date) -> Any:
    return StatementLine.objects.exclude(statement__source=Statement.CHARGES).filter(on__range=(since, until))


def _brought(since: date, until: date) -> Table:
    """What became of the lines of files: why the sides of the reconciliation differ. Charges beside the tariffs."""
    undone = Q(entry__reversed_by__isnull=False)
    found = StatementLine.objects.filter(on__range=(since, until)).annotate(
        is_charge=Q(statement__source=Statement.CHARGES), undone=undone
    )
    states = dict(StatementLine.State.choices)
    rows = []
    counted = found.values("is_charge", "state", "undone").annotate(n=Count("pk"), total=Sum("amount"))
    for one in counted.order_by("is_charge", "state", "undone"):
        state = _("Reversed") if one["undone"] else str(states[one["state"]])
        rows.append([_("Charges") if one["is_charge"] else _("Payments"), state, one["n"], one["total"] or NOTHING])
    other = StatementLine.objects.differing().filter(on__range=(since, until))
    told = other.aggregate(n=Count("pk"), total=Coalesce(Sum(F("amount") - F("due")), NOTHING))
    if told["n"]:
        rows.append([_("Charges"), _("Not as the tariffs: by how much"), told["n"], told["total"]])
    head = [_("What"), _("State"), _("How many"), _("Sum")]
    return Table("brought", _("Lines of files"), head, rows, frozenset({3}))


def flat(found: Iterable[Table]) -> list[list[Any]]:
    """All tables under each other, as one sheet of a workbook."""
    rows: list[list[Any]] = []
    for table in found:
        rows += [[table.title], list(table.head), *table.rows, []]
    return rows


def accounts_in(found: Iterable[Table]) -> list[str]:
    """The accounts that the tables name."""
    return [row[1] for table in found if table.code == "reversals" for row in table.rows]
