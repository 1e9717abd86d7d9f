import io

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing import actions, permissions, posting_orders, reports
from billing.forms import ReportForm
from billing.shown import shows
from billing.views.compensations import XLSX
from common.http import go
from staff.access import StaffRequest, needs
from tickets.export import write_xlsx


@needs(permissions.REPORT)
def report(request: StaffRequest) -> HttpResponse | FileResponse:
    """Corrections, reversals, the day sheet, reconciliation; for paper and as a workbook."""
    form = ReportForm(request.GET)
    if not form.is_valid():
        return _page(request, form)
    if request.GET.get("file") == "xlsx":
        since, until = form.span()
        found = _tables(request, form)
        return _workbook(reports.flat(found), f"finance-{since}-{until}.xlsx")
    return _page(request, form)


def _tables(request: StaffRequest, form: ReportForm) -> list[reports.Table]:
    found = reports.tables(*form.span())
    shows(request, *reports.accounts_in(found))
    return found


def _page(request: StaffRequest, form: ReportForm) -> HttpResponse:
    """Words instead of tables where the days make no span."""
    is_span = form.is_valid()
    context = {
        "tables": _tables(request, form) if is_span else [],
        "form": form,
        "span": form.span() if is_span else None,
        "is_joined": bool(settings.BILLING_EXCHANGE_DIR),
    }
    return render(request, "billing/reports.html", context, status=200 if is_span else 422)


def _workbook(rows: list[list[object]], name: str) -> FileResponse:
    file = io.BytesIO()
    write_xlsx(file, [""], rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@needs(permissions.REPORT)
def orders(request: StaffRequest) -> HttpResponse | StreamingHttpResponse:
    """Posting orders of some days for the bookkeeping program."""
    form = ReportForm(request.GET)
    if not form.is_valid():
        return _page(request, form)
    since, until = form.span()
    shows(request, *posting_orders.accounts(since, until))
    lines = posting_orders.lines(since, until, get_language() or "ru")
    reply = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    reply["Content-Disposition"] = f'attachment; filename="postings-{since}-{until}.csv"'
    return reply


@require_POST
@needs(permissions.POST)
def send(request: StaffRequest) -> HttpResponse:
    """The same into the exchange with the billing system."""
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    since, until = form.span()
    actions.send_orders(since=since, until=until, by=request.user)
    messages.success(request, _("The posting orders are on their way into the exchange folder."))
    return go(request, f"/statements/reports/?since={since}&until={until}")
