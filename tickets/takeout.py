"""A board's rows, handed out in a file: who takes them is written down before the first one leaves."""

import tempfile
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from common import clock, private
from staff.models import User
from tickets import actions, boards, search
from tickets import export as files
from tickets.boards import COLUMNS, Column, Filters
from tickets.models import Ticket

PORTION = 2_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_file(kind: str, query: QueryDict, viewer: User) -> HttpResponseBase:
    """CSV streams line by line; a workbook is put together on disk."""
    head, rows = _asked(kind, query, viewer)
    if kind == "csv":
        lines = files.csv_lines(head, rows, get_language() or "ru")
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{_name()}.csv"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    files.write_xlsx(file, head, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{_name()}.xlsx", content_type=_XLSX)


def _name() -> str:
    return f"tickets-{timezone.localtime(clock.now()):%Y-%m-%d-%H%M}"


def _asked(kind: str, query: QueryDict, viewer: User) -> tuple[list[str], Iterator[list[Any]]]:
    """The head and the rows; who takes them is written down before the first one leaves."""
    asked = Filters.of(query)
    found = boards.rows(viewer, asked)
    if text := search.check(viewer, asked.q):
        most = search.MOST_OUTSOURCED if viewer.is_outsourced else boards.MOST_ROWS
        found = found.filter(pk__in=search.ids(found, text, limit=most))
    found = found[: boards.MOST_ROWS]
    actions.note_export(kind=kind, query=asked.query(), rows=found.count(), by=viewer)
    columns = [COLUMNS[name] for name in asked.shown_columns]
    return [str(column.label) for column in columns], _rows(found, columns, viewer)


def _rows(found: QuerySet[Ticket], columns: list[Column], viewer: User) -> Iterator[list[Any]]:
    for one in boards.read(found, columns).iterator(chunk_size=PORTION):
        cells = boards.cells(one, columns, viewer, plain=True)
        yield private.hide_in_json(cells) if viewer.is_outsourced else cells
