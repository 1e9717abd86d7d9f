"""From a closed incident to money on accounts."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing import charging, compensating, events, money, queries
from billing.actions.letters import Words, write
from billing.compensating import Span
from billing.models import (
    Account,
    Book,
    CompensationLine,
    CompensationSheet,
    Dispute,
    Entry,
    Kind,
    Rule,
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
# People ask for their money while the outage lasts and in the days after it; their questions name no other date.
ASKED_WITHIN = timedelta(days=7)
BATCH = 1000
AT_ONCE = 5


class SheetMoved(DomainError):
    code = "sheet_moved"


class SheetEmpty(DomainError):
    code = "sheet_empty"
    status = 422


class NotAnOutage(DomainError):
    code = "not_an_outage"


class WhyDropped(DomainError):
    code = "why_dropped"
    status = 422


def make_sheets() -> int:
    """For the sweep: a sheet for each incident restored and closed lately that was long enough; how many."""
    known = CompensationSheet.objects.values("incident")
    closed = Incident.objects.filter(state="closed", resolution="restored", closed_at__gt=clock.now() - LOOK_BACK)
    due = [one for one in closed.exclude(pk__in=known).order_by("closed_at") if _end(one) - one.started_at >= SHORTEST]
    return sum(make_sheet(incident=one, by=System.SWEEP) is not None for one in due[:AT_ONCE])


@transaction.atomic
def make_sheet(*, incident: Incident, by: User | System) -> CompensationSheet | None:
    """The table of everybody an incident left without service; None when somebody else has just made it.

    A fixed number of statements, whatever the number of subscribers. Raises NotAnOutage unless service was lost for a
    time and is back.
    """
    if incident.state != "closed" or incident.resolution != "restored" or _end(incident) <= incident.started_at:
        raise NotAnOutage(_("This incident is not over, or nobody was without service."))
    span = {"since": incident.started_at, "until": _end(incident)}
    sheet, is_new = CompensationSheet.objects.get_or_create(incident=incident, defaults=span)
    if not is_new:
        return None
    lines = _lines(sheet, Account.objects.filter(subscriber__in=_cut_off(incident)).order_by("pk"))
    CompensationLine.objects.bulk_create([one for one in lines if one.amount > 0], batch_size=BATCH)
    history.record(sheet, events.sheet_made, by=by, incident=incident.pk)
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
    """A line for each account, of no money where nothing is due. Hours that another sheet gives are not in it; who has
    asked and was given money for downtime is left unticked. Five statements."""
    rows = list(accounts)
    ids = [row.pk for row in rows]
    tariffs, stops = queries.tariffs_by_account(ids), queries.stops_by_account(ids)
    taken, asked = _compensated(sheet, rows), _asked(sheet, rows)
    whole = (timezone.localtime(sheet.since), timezone.localtime(sheet.until))
    for account in rows:
        spans = compensating.left(*whole, taken.get(account.pk, ()))
        idle = charging.idle_days(stops.get(account.pk, []), whole[1].date(), today=queries.today())
        lines = compensating.priced(compensating.lost(tariffs.get(account.pk, []), idle, spans))
        formula: dict[str, Any] = {"lines": lines}
        if spans != [whole]:
            formula["spans"] = [[one.isoformat() for one in span] for span in spans]
        if account.pk in asked:
            formula["questions"] = asked[account.pk]
        yield CompensationLine(
            sheet=sheet,
            account=account,
            hours=max((Decimal(one["hours"]) for one in lines), default=Decimal(0)),
            formula=formula,
            amount=compensating.total(lines),
            included=account.pk not in asked,
        )


def _compensated(sheet: CompensationSheet, accounts: list[Account]) -> dict[int, list[Span]]:
    """The spans that other sheets give these accounts money for: posted ones, and drafts that were there first."""
    others = CompensationLine.objects.filter(
        Q(sheet__state=State.POSTED, entry__reversed_by=None) | Q(sheet__state=State.DRAFT, sheet__lt=sheet.pk),
        account__in=[row.pk for row in accounts],
        included=True,
        sheet__since__lt=sheet.until,
        sheet__until__gt=sheet.since,
    ).exclude(sheet=sheet)
    found: dict[int, list[Span]] = {}
    for pk, formula, since, until in others.values_list("account", "formula", "sheet__since", "sheet__until"):
        said = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in formula.get("spans", ())]
        spans = said if "spans" in formula else [(since, until)]
        found.setdefault(pk, []).extend((timezone.localtime(a), timezone.localtime(b)) for a, b in spans)
    return found


def _asked(sheet: CompensationSheet, accounts: list[Account]) -> dict[int, list[int]]:
    """The questions that have given these accounts money for downtime since the day it began."""
    start, end = timezone.localtime(sheet.since), timezone.localtime(sheet.until)
    rows = Dispute.objects.filter(
        account__in=[row.pk for row in accounts],
        reason__rule=Rule.DOWNTIME,
        state=Dispute.State.POSTED,
        entry__reversed_by=None,
        asked_at__gte=start.replace(hour=0, minute=0, second=0, microsecond=0),
        asked_at__lt=end + ASKED_WITHIN,
    )
    found: dict[int, list[int]] = {}
    for account, pk in rows.order_by("pk").values_list("account", "pk"):
        found.setdefault(account, []).append(pk)
    return found


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

    Accounts are locked in the order of their ids, as everybody takes more than one. Under the locks every line is
    counted again; when one comes out otherwise (another sheet or a question has given money since, a tariff was
    corrected) nothing is posted: the sheet comes back as a draft with the new lines, to be looked through again. The
    entries are the accounts' history: five thousand facts more would say nothing that the ledger does not.
    """
    sheet = _locked(sheet)
    lines = list(sheet.lines.filter(included=True).select_related("account__subscriber").order_by("account_id"))
    if not lines:
        raise SheetEmpty(_("Nothing is ticked: tick somebody, or drop the sheet."))
    ids = [one.account_id for one in lines]
    list(Account.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    if changed := _count_again(sheet, lines):
        history.record(sheet, events.sheet_recounted, by=by, lines=changed)
        return sheet
    entries = Entry.objects.bulk_create([_entry(sheet, one, by) for one in lines], batch_size=BATCH)
    for line, entry in zip(lines, entries, strict=True):
        line.entry = entry
    CompensationLine.objects.bulk_update(lines, ["entry"], batch_size=BATCH)
    _tell(sheet, lines)
    return _decide(sheet, State.POSTED, by=by)


def _count_again(sheet: CompensationSheet, lines: list[CompensationLine]) -> int:
    """Bring lines up to date; how many were not. One that is due nothing any more keeps its sum and is unticked."""
    fresh = {one.account_id: one for one in _lines(sheet, [line.account for line in lines])}
    changed = []
    for line in lines:
        now = fresh[line.account_id]
        if (line.amount, line.formula) == (now.amount, now.formula):
            continue
        line.formula, line.included = now.formula, now.included and now.amount > 0
        if now.amount > 0:
            line.amount, line.hours = now.amount, now.hours
        changed.append(line)
    CompensationLine.objects.bulk_update(changed, ["formula", "included", "amount", "hours"], batch_size=BATCH)
    return len(changed)


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
        formula=line.formula | {"outage": [sheet.since.isoformat(), sheet.until.isoformat()]},
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
