"""Rows taken along in a file: all of them, only what one may see, never a formula, and written down."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from common import clock
from contacts.models import Contact
from staff.models import User
from tests.tickets.test_story import opened
from tickets import actions
from tickets.export import harmless
from tickets.models import Export

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
ATTACKS = [
    "=1+1",
    "  =HYPERLINK(1)",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "'=1",
    '"=1',
    "＝1+1",
    "\u200b=1",
    "\u00a0@a",
    "+7(900)|cmd",
]


def read_csv(browser: Client, query: str = "") -> list[list[str]]:
    reply = browser.get(f"/tickets/export/csv/?{query}")
    assert reply.status_code == 200
    raw = b"".join(reply.streaming_content)  # type: ignore[attr-defined]
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))


def read_xlsx(browser: Client, query: str = "") -> str:
    reply = browser.get(f"/tickets/export/xlsx/?{query}")
    assert reply.status_code == 200
    book = zipfile.ZipFile(io.BytesIO(b"".join(reply.streaming_content)))  # type: ignore[attr-defined]
    return "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet"))


def test_the_board_with_its_columns_in_both_files(
    at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser
) -> None:
    for n in range(60):
        opened(olga, subject=f"Заявка {n}")
    opened(olga, desk="dispatch", subject="Чужая")
    browser = signed_in(sergey)
    head, *rows = read_csv(browser, "columns=subject&columns=status&columns=opened&sort=oldest")
    assert head == ["Суть", "Состояние", "Открыта"]
    assert rows[0] == ["Заявка 0", "Новая", "04.03.2026 12:00"]
    assert len(rows) == 60  # all the pages
    sheet = read_xlsx(browser, "columns=subject&columns=opened")
    assert sheet.count("<row ") == 61
    assert "<f>" not in sheet
    noon = (timezone.localtime(clock.now()).replace(tzinfo=None) - datetime(1899, 12, 30)).days
    assert f"<v>{noon}.5</v>" in sheet  # a real time, to count with


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_is_a_formula(at_noon: time_machine.Traveller, sergey: User, signed_in: Browser, attack: str) -> None:
    assert harmless(attack).startswith("'")
    ticket = opened(sergey, subject="x")
    type(ticket).objects.filter(pk=ticket.pk).update(subject=attack)
    browser = signed_in(sergey)
    ((cell,),) = read_csv(browser, "columns=subject")[1:]
    assert cell == f"'{attack}"
    sheet = read_xlsx(browser, "columns=subject")
    assert "<f>" not in sheet
    assert 't="inlineStr"' in sheet


def test_phones_are_whole_for_ours_and_the_outsourcer_takes_nothing_along(
    at_noon: time_machine.Traveller, olga: User, larisa: User, sergey: User, signed_in: Browser
) -> None:
    contact = Contact.objects.create(channel="phone", key="k", at=clock.now(), phone="+79125551452")
    for desk in ("support", "first_line"):
        actions.open_ticket(desk=desk, subject="Звонок", channel="phone", by=olga, contact=contact)
    asked = "columns=phone"
    assert read_csv(signed_in(sergey), asked)[1:] == [["'+7 912 555-14-52"]]
    assert "+7 912 555-14-52" in read_xlsx(signed_in(sergey), asked)
    assert "/tickets/export/csv/" in signed_in(sergey).get("/tickets/").content.decode()
    for who in (olga, larisa):
        browser = signed_in(who)
        paths = ("/tickets/export/csv/", "/tickets/export/xlsx/")
        assert [browser.get(f"{path}?{asked}").status_code for path in paths] == [403, 403]
        assert "/tickets/export/" not in browser.get("/tickets/").content.decode()
    assert not Export.objects.filter(by__in=[olga, larisa]).exists()


def test_only_what_one_may_see_and_it_is_written_down(
    at_noon: time_machine.Traveller, anna: User, sergey: User, vera: User, maxim: User, signed_in: Browser
) -> None:
    opened(anna, desk="finance", subject="Спорный платёж")
    opened(anna, subject="Обычная")
    browser = signed_in(sergey)
    assert "Спорный" not in str(read_csv(browser, "desk=finance"))
    assert "Спорный" not in str(read_csv(browser, "desk=all&state=any"))
    read_xlsx(browser)
    taken = [(one.by, one.kind, one.rows, one.query) for one in Export.objects.order_by("pk")]
    assert taken == [
        (sergey, "csv", 0, "desk=finance"),
        (sergey, "csv", 1, "state=any&desk=all"),
        (sergey, "xlsx", 1, ""),
    ]
    page = signed_in(vera).get("/settings/exports/").content.decode()
    assert "Сергей Титов" in page
    assert "desk=finance" in page
    assert browser.get("/settings/exports/").status_code == 403
    assert signed_in(maxim).get("/tickets/export/csv/").status_code == 403
