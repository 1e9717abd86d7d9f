import io
from datetime import date

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import FileResponse, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing import actions, permissions, posting_orders, reports
from billing.forms import DayField, today
from billing.models import PAID_INTO, Statement, StatementLine
from billing.shown import shows
from billing.views.compensations import XLSX
from common.errors import DomainError, into_form
from common.http import go, render_page
from staff.access import StaffRequest, needs
from tickets.export import csv_lines, write_xlsx

PER_PAGE = 100
SHOWN = 50
LONGEST_DAYS = 366


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV statement or 1C exchange file"), max_length=200, allow_empty_file=True
    )
    book = forms.ChoiceField(
        label=gettext_lazy("Where the money came"), choices=[(book.value, book.label) for book in PAID_INTO]
    )


class SpanForm(forms.Form):
    since = DayField(label=gettext_lazy("From"))
    until = DayField(label=gettext_lazy("To"))

    def span(self) -> tuple[date, date]:
        """What was asked, or this month up to today when it is no span of at most a year."""
        day = today()
        if self.is_valid():
            since, until = self.cleaned_data["since"], self.cleaned_data["until"]
            if 0 <= (until - since).days <= LONGEST_DAYS:
                return since, until
        return day.replace(day=1), day


def _span(request: StaffRequest) -> tuple[date, date]:
    return SpanForm(request.GET).span()


@needs(permissions.READ)
def statements(request: StaffRequest) -> HttpResponse:
    """Files that were taken in, and the form for the next one."""
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        body = upload.read(actions.LARGEST_FILE + 1)
        try:
            made, is_new = actions.take_statement(
                body=body, name=upload.name, book=form.cleaned_data["book"], by=request.user
            )
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, _("Taken in.") if is_new else _("This file was taken in before: here it is."))
            return go(request, f"/statements/{made.pk}/")
    rows = _counted(Statement.objects.visible_to(request.user).select_related("by"))[:SHOWN]
    since, until = _span(request)
    context = {"form": form, "rows": rows, "since": since, "until": until}
    return render(request, "billing/statements.html", context, status=422 if form.errors else 200)


def _counted(rows: QuerySet[Statement]) -> QuerySet[Statement]:
    open_ = Q(lines__state__in=StatementLine.OPEN)
    return rows.annotate(
        count=Count("lines"),
        left=Count("lines", filter=open_),
        brought=Sum("lines__amount"),
        posted=Sum("lines__amount", filter=Q(lines__state=StatementLine.State.POSTED)),
    )


def _found(request: StaffRequest, pk: int) -> Statement:
    return get_object_or_404(_counted(Statement.objects.visible_to(request.user)), pk=pk)


@needs(permissions.READ)
def statement(request: StaffRequest, pk: int) -> HttpResponse:
    """One file: what was posted, what was not and why."""
    found = _found(request, pk)
    state = request.GET.get("state", "")
    rows = found.lines.select_related("account__subscriber").order_by("place")
    if state in StatementLine.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shows(request, *(line.account.subscriber.account for line in page if line.account))
    context = {
        "statement": found,
        "state": state,
        "states": StatementLine.State.choices,
        "rows": page,
        "differs": found.said is not None and found.lines.aggregate(sum=Sum("amount"))["sum"] != found.said,
    }
    return render_page(request, "billing/statement.html", context)


@require_POST
@needs(permissions.POST)
def match(request: StaffRequest, pk: int, line: int) -> HttpResponse:
    """An accountant knows whose payment it is."""
    found = get_object_or_404(StatementLine.objects.filter(statement=_found(request, pk)), pk=line)
    actions.match_line(line=found, account_number=request.POST.get("account", ""), by=request.user)
    messages.success(request, _("The payment is posted."))
    return go(request, f"/statements/{pk}/?state=unknown")


@needs(permissions.REPORT)
def report(request: StaffRequest) -> HttpResponse | FileResponse:
    """Corrections, reversals, the day sheet, reconciliation; for paper and as a workbook."""
    since, until = _span(request)
    found = reports.tables(since, until)
    shows(request, *reports.accounts_in(found))
    if request.GET.get("file") == "xlsx":
        return _workbook(reports.flat(found), f"finance-{since}-{until}.xlsx")
    context = {"tables": found, "form": SpanForm(initial={"since": since, "until": until}), "span": (since, until)}
    return render(request, "billing/reports.html", context)


def _workbook(rows: list[list[object]], name: str) -> FileResponse:
    file = io.BytesIO()
    write_xlsx(file, [""], rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@needs(permissions.REPORT)
def orders(request: StaffRequest) -> StreamingHttpResponse:
    """Posting orders of some days for the bookkeeping program."""
    since, until = _span(request)
    shows(request, *posting_orders.accounts(since, until))
    lines = csv_lines(posting_orders.head(), posting_orders.rows(since, until), get_language() or "ru")
    reply = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    reply["Content-Disposition"] = f'attachment; filename="postings-{since}-{until}.csv"'
    return reply
