"""A board as a file: CSV that Excel opens in Russian, XLSX with real dates. Rows stream; memory holds a few of them."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import override

# What a spreadsheet may take for a formula, also behind blanks, a quote or in full width. A phone is none.
_FORMULA = re.compile(r"^[\s'\"\u00a0\u200b\ufeff]*[=+\-@\t\r\n＝＋－＠]")
_PHONE = re.compile(r"^\+[\d *()-]{5,25}$")
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML cannot hold
LONGEST_CELL = 32_000


def harmless(text: str) -> str:
    """The text as no spreadsheet computes it: an apostrophe stands before what looks like a formula."""
    text = _BROKEN.sub("", text)[:LONGEST_CELL]
    return f"'{text}" if _FORMULA.match(text) and not _PHONE.match(text) else text


def csv_lines(head: list[str], rows: Iterable[list[Any]], language: str) -> Iterator[bytes]:
    """UTF-8 with its mark, semicolons, a line at a time. Times are local, as people read them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")

    def line(cells: list[Any]) -> bytes:
        writer.writerow(cells)
        said = buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
        return said

    yield b"\xef\xbb\xbf" + line([harmless(one) for one in head])
    with override(language):  # the response is read after the request's own language is gone
        for row in rows:
            yield line([_said(one) for one in row])


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y %H:%M}"
    # In CSV a number with a plus is a sum to a spreadsheet: a phone is said in words it cannot add up.
    text = str(value or "")
    return f"'{text}" if _PHONE.match(text) else harmless(text)


def write_xlsx(file: IO[bytes], head: list[str], rows: Iterable[list[Any]]) -> None:
    """Every text is written as text, every time as a time, yes and no in words; nothing is ever a formula or a link."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for column, name in enumerate(head):
            sheet.write_string(0, column, name, bold)
            sheet.set_column(column, column, 18)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, datetime.combine(value, time.min), day)
                elif isinstance(value, bool):
                    sheet.write_string(number, column, _("Yes") if value else _("No"))
                elif isinstance(value, Decimal | int):
                    sheet.write_number(number, column, value)  # a sum is there to be added up
                elif value not in {"", None}:
                    sheet.write_string(number, column, _BROKEN.sub("", str(value))[:LONGEST_CELL])
