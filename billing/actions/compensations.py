"""From a closed incident to money on accounts."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing import charging, compensating, events, money, queries
from billing.actions.letters import Words, write
from billing.charging import Tariff
from billing.models import (
    Account,
    AccountEvent,
    Book,
    CompensationLine,
    CompensationSheet,
    Entry,
    Kind,
    TariffPeriod,
)
from common import clock, history
from common.errors import DomainError
from common.history import System
from customers.models import Subscriber
from incidents.models import Incident, ScopeKind
from staff.models import User

State = CompensationSheet.State
SHORTEST = timedelta(hours=4)  # a shorter outage is worth kopecks and is given on request: reason "no_service"
LOOK_BACK = timedelta(days=30)
BATCH = 1000
AT_ONCE = 5


class SheetMoved(DomainError):
    code = "sheet_moved"


class SheetEmpty(DomainError):
    code = "sheet_empty"
    status = 422


class WhyDropped(DomainError):
    code = "why_dropped"
    status = 422


def make_sheets() -> int:
    """For the sweep: a sheet for each incident restored and closed lately that was long enough; how many."""
    known = CompensationSheet.objects.values("incident")
    closed = Incident.objects.filter(state="closed", resolution="restored", closed_at__gt=clock.now() - LOOK_BACK)
    due = [one for one in closed.exclude(pk__in=known).order_by("closed_at") if _end(one) - one.started_at >= SHORTEST]
    return sum(make_sheet(incident=one) is not None for one in due[:AT_ONCE])


@transaction.atomic
def make_sheet(*, incident: Incident) -> CompensationSheet | None:
    """The table of everybody an incident left without service; None when somebody else has just made it.

    A fixed number of statements, whatever the number of subscribers.
    """
    span = {"since": incident.started_at, "until": _end(incident)}
    sheet, is_new = CompensationSheet.objects.get_or_create(incident=incident, defaults=span)
    if not is_new:
        return None
    lines = _lines(sheet, Account.objects.filter(subscriber__in=_cut_off(incident)).order_by("pk"))
    CompensationLine.objects.bulk_create(lines, batch_size=BATCH)
    history.record(sheet, events.sheet_made, by=System.SWEEP, incident=incident.pk)
    return sheet


def _end(incident: Incident) -> datetime:
    end = incident.restored_at or incident.closed_at
    assert end is not None  # incidents_state_has_its_dates
    return end


def _cut_off(incident: Incident) -> "Iterable[Subscriber]":
    """The subscribers inside an incident's scope."""
    everybody = Subscriber.objects.filter(erased_at=None)
    if incident.scope_kind == ScopeKind.CITY:
        return everybody
    if incident.scope_kind == ScopeKind.BUILDING:
        return everybody.filter(premise__building=incident.building_id)
    node = incident.node_id
    above = Q(premise__building__node=node) | Q(premise__building__node__parent=node)
    return everybody.filter(above | Q(premise__switch=node))


def _lines(sheet: CompensationSheet, accounts: Iterable[Account]) -> Iterator[CompensationLine]:
    rows = list(accounts)
    tariffs, stops = _tariffs(rows), _stops(rows)
    start, end = timezone.localtime(sheet.since), timezone.localtime(sheet.until)
    for account in rows:
        idle = charging.idle_days(stops.get(account.pk, []), end.date())
        lines = compensating.priced(compensating.lost(tariffs.get(account.pk, []), idle, start, end))
        amount = compensating.total(lines)
        if amount > 0:
            hours = max(Decimal(one["hours"]) for one in lines)
            formula = {"lines": lines}
            yield CompensationLine(sheet=sheet, account=account, hours=hours, formula=formula, amount=amount)


def _tariffs(accounts: list[Account]) -> dict[int, list[Tariff]]:
    found: dict[int, list[Tariff]] = {}
    for one in TariffPeriod.objects.filter(account__in=[row.pk for row in accounts]):
        found.setdefault(one.account_id, []).append(queries.tariff_from(one))
    return found


def _stops(accounts: list[Account]) -> dict[int, list[charging.Stop]]:
    found: dict[int, list[AccountEvent]] = {}
    for one in queries.service_facts().filter(thing__in=[row.pk for row in accounts]):
        found.setdefault(one.thing_id, []).append(one)
    return {pk: queries.stops_from(rows) for pk, rows in found.items()}


@transaction.atomic
def tick(*, sheet: CompensationSheet, account_ids: Iterable[int] | None, included: bool, by: User) -> int:
    """Take lines in or out, all of them for None; how many changed. Raises SheetMoved once it is decided."""
    _locked(sheet)
    lines = CompensationLine.objects.filter(sheet=sheet).exclude(included=included)
    if account_ids is not None:
        lines = lines.filter(account__in=list(account_ids))
    changed = lines.update(included=included)
    if changed:
        history.record(sheet, events.sheet_ticked, by=by, lines=changed, included=included)
    return changed


@transaction.atomic
def post_sheet(*, sheet: CompensationSheet, by: User) -> CompensationSheet:
    """Post every included line in one step and tell each subscriber. Raises SheetMoved, SheetEmpty.

    Accounts are locked in the order of their ids, as everybody takes more than one. The entries are the accounts'
    history: five thousand facts more would say nothing that the ledger does not.
    """
    sheet = _locked(sheet)
    lines = list(sheet.lines.filter(included=True).select_related("account__subscriber").order_by("account_id"))
    if not lines:
        raise SheetEmpty(_("Nothing is ticked: tick somebody, or drop the sheet."))
    ids = [one.account_id for one in lines]
    list(Account.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    entries = Entry.objects.bulk_create([_entry(sheet, one, by) for one in lines], batch_size=BATCH)
    for line, entry in zip(lines, entries, strict=True):
        line.entry = entry
    CompensationLine.objects.bulk_update(lines, ["entry"], batch_size=BATCH)
    _tell(sheet, lines)
    return _decide(sheet, State.POSTED, by=by)


@transaction.atomic
def drop_sheet(*, sheet: CompensationSheet, reason: str, by: User) -> CompensationSheet:
    """Nothing is given for this incident. Raises WhyDropped without a reason, SheetMoved."""
    if not reason.strip():
        raise WhyDropped(_("Say why nothing is given."), fields={"reason": _("Required.")})
    sheet = _locked(sheet)
    sheet.reason = reason.strip()[:200]
    return _decide(sheet, State.DROPPED, by=by)


def _locked(sheet: CompensationSheet) -> CompensationSheet:
    locked = CompensationSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    if not locked.is_draft:
        text = _("It is already decided: %(state)s.") % {"state": locked.get_state_display().lower()}
        raise SheetMoved(text)
    return locked


def _decide(sheet: CompensationSheet, state: str, *, by: User) -> CompensationSheet:
    sheet.state, sheet.decided_at, sheet.decided_by = state, clock.now(), by
    sheet.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    history.record(sheet, events.sheet_decided, by=by, state=state)
    return sheet


def _entry(sheet: CompensationSheet, line: CompensationLine, by: User) -> Entry:
    return Entry(
        account_id=line.account_id,
        kind=Kind.COMPENSATION,
        book=Book.COMPENSATIONS,
        amount=line.amount,
        on=timezone.localdate(clock.now()),
        key=f"compensation:{sheet.pk}:{line.account_id}",
        formula=line.formula,
        by_user=by,
    )


def _tell(sheet: CompensationSheet, lines: list[CompensationLine]) -> None:
    """A letter to each subscriber, in a few statements."""
    with override("ru"):
        said = _("For the time without service %(sum)s was credited to your account.")
        write(
            [
                Words(one.account, f"compensation:{sheet.pk}:{one.account_id}", said % {"sum": money.words(one.amount)})
                for one in lines
            ]
        )
