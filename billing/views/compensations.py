import io
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from billing import actions, explaining, permissions, queries
from billing.models import CompensationLine, CompensationSheet
from billing.shown import shows
from common.http import go, render_page
from incidents.models import Incident
from staff.access import StaffRequest, needs
from tickets.export import write_xlsx

PER_PAGE = 100
SHOWN = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TICKED = Q(lines__included=True)


def _sheets(request: StaffRequest) -> QuerySet[CompensationSheet]:
    seen = CompensationSheet.objects.visible_to(request.user)
    seen = seen.select_related("incident__building__street", "incident__node", "decided_by")
    return seen.annotate(
        people=Count("lines"), ticked=Count("lines", filter=TICKED), total=Sum("lines__amount", filter=TICKED)
    )


@needs(permissions.READ)
def sheets(request: StaffRequest) -> HttpResponse:
    """Sheets of incidents that are over: those to be looked through first."""
    rows = _sheets(request).order_by("decided_at", "-made_at", "-pk")
    drafts = rows.filter(state=CompensationSheet.State.DRAFT)[:SHOWN]
    decided = rows.exclude(state=CompensationSheet.State.DRAFT).order_by("-decided_at", "-pk")[:SHOWN]
    context = {"drafts": drafts, "decided": decided, "without": queries.without_sheet(request.user)[:SHOWN]}
    return render_page(request, "billing/sheets.html", context, parts=("list",))


@require_POST
@needs(permissions.POST)
def make(request: StaffRequest, incident_id: int) -> HttpResponse:
    """A sheet for an outage that gets none by itself. Who comes second gets the one that is there."""
    incident = get_object_or_404(Incident.objects.visible_to(request.user), pk=incident_id)
    made = actions.make_sheet(incident=incident, by=request.user)
    return go(request, f"/compensation/{made.pk if made else CompensationSheet.objects.get(incident=incident).pk}/")


@needs(permissions.READ)
def sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """Who gets how much for one incident, and by which formula."""
    found = get_object_or_404(_sheets(request), pk=pk)
    text = request.GET.get("q", "").strip()[:60]
    rows = Paginator(_lines(found, text), PER_PAGE).get_page(request.GET.get("page"))
    for line in rows:
        line.words = explaining.formula(line.formula)
    shows(request, *(line.account.subscriber.account for line in rows))
    context = {
        "sheet": found,
        "rows": rows,
        "q": text,
        "events": found.history.select_related("by_user").order_by("-at", "-pk"),
    }
    return render_page(request, "billing/sheet.html", context, parts=("table",))


def _lines(found: CompensationSheet, text: str = "") -> QuerySet[CompensationLine]:
    rows = found.lines.select_related("account__subscriber__premise__building__street").order_by("pk")
    if text:
        rows = rows.filter(Q(account__subscriber__account=text) | Q(account__subscriber__name__istartswith=text))
    return rows


def _sheet(request: StaffRequest, pk: int) -> CompensationSheet:
    return get_object_or_404(CompensationSheet.objects.visible_to(request.user), pk=pk)


@require_POST
@needs(permissions.POST)
def tick(request: StaffRequest, pk: int) -> HttpResponse:
    """Take one account in or out, or everybody (without `account`). The table comes back changed."""
    only = request.POST.get("account", "")
    chosen = [int(only)] if only.isdecimal() and len(only) < 19 else None if not only else []
    actions.tick(
        sheet=_sheet(request, pk), account_ids=chosen, included=request.POST.get("included") == "1", by=request.user
    )
    return go(request, f"/compensation/{pk}/?page={request.POST.get('page', '1')[:6]}")


@require_POST
@needs(permissions.POST)
def post(request: StaffRequest, pk: int) -> HttpResponse:
    done = actions.post_sheet(sheet=_sheet(request, pk), by=request.user)
    if done.is_draft:
        messages.error(request, _("Meanwhile some sums have changed: the sheet is counted anew. Look and post again."))
        return go(request, f"/compensation/{pk}/")
    n = done.lines.filter(included=True).count()
    text = ngettext(
        "Posted to %(n)s account; they are told by SMS.", "Posted to %(n)s accounts; they are told by SMS.", n
    )
    messages.success(request, text % {"n": n})
    return go(request, f"/compensation/{pk}/")


@require_POST
@needs(permissions.POST)
def drop(request: StaffRequest, pk: int) -> HttpResponse:
    actions.drop_sheet(sheet=_sheet(request, pk), reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, _("Dropped: nobody gets anything."))
    return go(request, f"/compensation/{pk}/")


@needs(permissions.READ)
def sheet_file(request: StaffRequest, pk: int) -> FileResponse:
    """The whole sheet as a workbook."""
    found = _sheet(request, pk)
    head = [_("Account"), _("Subscriber"), _("Hours"), _("Formula"), _("Sum, ₽"), _("Included")]
    shows(request, *found.lines.values_list("account__subscriber__account", flat=True))
    file = io.BytesIO()
    write_xlsx(file, head, _rows(found))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"compensation-{pk}.xlsx", content_type=XLSX)


def _rows(found: CompensationSheet) -> Iterator[list[Any]]:
    for line in _lines(found):
        who = line.account.subscriber
        words = "; ".join(explaining.formula(line.formula))
        yield [who.account, who.name, line.hours, words, line.amount, line.included]
