import tempfile
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from common import clock
from staff.access import StaffRequest, needs
from staff.models import User
from tickets import actions, boards, permissions, search
from tickets import export as files
from tickets.boards import COLUMNS, Column, Filters
from tickets.models import Export, Ticket

PORTION = 2_000
SHOWN = 100
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@needs(permissions.EXPORT)
def export_csv(request: StaffRequest) -> HttpResponse:
    """The board of this address, all its pages, in its columns; at most `boards.MOST_ROWS`."""
    head, rows = _asked(request, "csv")
    lines = files.csv_lines(head, rows, get_language() or "ru")
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name()}.csv"'
    return response  # type: ignore[return-value]


@require_safe
@needs(permissions.EXPORT)
def export_xlsx(request: StaffRequest) -> HttpResponse:
    """The same as a workbook, put together on disk."""
    head, rows = _asked(request, "xlsx")
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    files.write_xlsx(file, head, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{_name()}.xlsx", content_type=_XLSX)  # type: ignore[return-value]


def _name() -> str:
    return f"tickets-{timezone.localtime(clock.now()):%Y-%m-%d-%H%M}"


def _asked(request: StaffRequest, kind: str) -> tuple[list[str], Iterator[list[Any]]]:
    """The head and the rows; who takes them is written down before the first one leaves."""
    asked = Filters.of(request.GET)
    found = boards.rows(request.user, asked)
    if text := search.check(request.user, asked.q):
        most = search.MOST_OUTSOURCED if request.user.is_outsourced else boards.MOST_ROWS
        found = found.filter(pk__in=search.ids(found, text, limit=most))
    found = found[: boards.MOST_ROWS]
    actions.note_export(kind=kind, query=asked.query(), rows=found.count(), by=request.user)
    columns = [COLUMNS[name] for name in asked.shown_columns]
    return [str(column.label) for column in columns], _rows(found, columns, request.user)


def _rows(found: QuerySet[Ticket], columns: list[Column], viewer: User) -> Iterator[list[Any]]:
    for one in boards.read(found, columns).iterator(chunk_size=PORTION):
        yield boards.cells(one, columns, viewer, plain=True)


@require_safe
@needs(permissions.SEE_EXPORTS)
def exports(request: StaffRequest) -> HttpResponse:
    """Who took rows away: when, how many, what he had asked for."""
    taken = Export.objects.select_related("by")[:SHOWN]
    return render(request, "tickets/settings/exports.html", {"exports": taken})
