"""What is half-written survives reloads, other devices and signing out; what is sent leaves nothing behind."""

import html
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from messaging.models import Attachment, Message
from staff.models import User
from tests.refusals import refused
from tests.tickets.talk import home, opened
from tickets import actions
from tickets.models import Draft, Kind, Ticket, TicketFile

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def page(browser: Client, ticket: Ticket) -> str:
    return html.unescape(browser.get(f"/tickets/{ticket.number}/").content.decode())


def text_file(name: str = "замеры.txt", body: bytes = b"rx -24 dBm") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="text/plain")


def test_what_was_typed_is_there_on_another_device_and_after_signing_out(
    at_noon: time_machine.Traveller, sergey: User, vera: User, signed_in: Browser
) -> None:
    ticket = opened(sergey, home())
    path = f"/tickets/{ticket.number}/"
    here = signed_in(sergey)
    kept = here.post(f"{path}draft/", {"kind": "reply", "text": "Добрый день, ", "seen": "0"}, headers=HTMX)
    assert "Черновик сохранён 12:00" in html.unescape(kept.content.decode())
    here.post(f"{path}draft/", {"kind": "note", "text": "проверить порт", "seen": "0"})
    here.post("/logout/")
    there = signed_in(sergey)
    shown = page(there, ticket)
    assert ">Добрый день, </textarea>" in shown and ">проверить порт</textarea>" in shown
    assert "Добрый день" not in page(signed_in(vera), ticket)
    there.post(f"{path}draft/", {"kind": "reply", "text": " ", "seen": "0"})
    assert [one.kind for one in Draft.objects.all()] == [Kind.NOTE]


def test_sending_takes_the_draft_of_its_kind_alone(sergey: User, signed_in: Browser) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    for kind in ("reply", "note"):
        browser.post(f"{path}draft/", {"kind": kind, "text": f"мой {kind}", "seen": "0"})
    browser.post(f"{path}reply/", {"text": "мой reply", "seen": "0"})
    assert [one.kind for one in Draft.objects.all()] == [Kind.NOTE]
    browser.post(f"{path}comment/", {"text": "мой note"})
    assert not Draft.objects.exists()


def test_a_file_goes_with_the_reply_it_was_put_to(sergey: User, anna: User, signed_in: Browser) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    listed = browser.post(f"{path}files/", {"kind": "reply", "seen": "0", "files": [text_file()]}, headers=HTMX)
    assert "замеры.txt" in html.unescape(listed.content.decode())
    assert "замеры.txt" in page(browser, ticket)
    browser.post(f"{path}reply/", {"text": "Смотрите", "seen": "0"})
    assert [one.name for one in Attachment.objects.filter(message=Message.objects.get())] == ["замеры.txt"]
    kept = TicketFile.objects.get()
    assert (kept.draft, kept.said) == (None, ticket.messages.get())
    assert browser.get(f"{path}files/{kept.attachment_id}/").headers["Content-Disposition"].startswith("attachment")
    assert signed_in(anna).get(f"{path}files/{kept.attachment_id}/").status_code == 404


def test_a_file_alone_is_a_note_and_a_removed_one_is_gone(sergey: User, signed_in: Browser) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    for name in ("а.txt", "б.txt"):
        browser.post(f"{path}files/", {"kind": "note", "seen": "0", "files": [text_file(name)]})
    first = Attachment.objects.earliest("pk")
    browser.post(f"{path}files/remove/", {"kind": "note", "attachment": first.pk})
    assert [one.name for one in Attachment.objects.all()] == ["б.txt"]
    browser.post(f"{path}comment/", {"text": ""})
    note = ticket.history.get(kind="commented")
    assert [one.attachment.name for one in note.files.all()] == ["б.txt"]
    browser.post(f"{path}files/remove/", {"kind": "note", "attachment": Attachment.objects.get().pk})
    assert Attachment.objects.count() == 1  # what is part of the ticket stays


def test_nobody_touches_a_colleagues_draft(sergey: User, vera: User, signed_in: Browser) -> None:
    ticket = opened(sergey, home())
    path = f"/tickets/{ticket.number}/"
    signed_in(sergey).post(f"{path}files/", {"kind": "reply", "seen": "0", "files": [text_file()]})
    hers, file = signed_in(vera), Attachment.objects.get()
    hers.post(f"{path}files/remove/", {"kind": "reply", "attachment": file.pk})
    assert Attachment.objects.exists()
    assert hers.get(f"{path}files/{file.pk}/").status_code == 404
    assert "замеры.txt" not in page(hers, ticket)


def test_ten_files_and_not_one_more(sergey: User, signed_in: Browser) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"/tickets/{ticket.number}/files/"
    for n in range(10):
        browser.post(path, {"kind": "reply", "seen": "0", "files": [text_file(f"{n}.txt")]})
    assert "10" in refused(browser, path, {"kind": "reply", "seen": "0", "files": [text_file("11.txt")]})
    assert Attachment.objects.count() == 10


def test_a_forgotten_draft_goes_with_its_files(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    browser.post(f"/tickets/{ticket.number}/files/", {"kind": "reply", "seen": "0", "files": [text_file()]})
    at_noon.shift(timedelta(days=89))
    actions.forget_old_drafts()
    assert Draft.objects.exists()
    at_noon.shift(timedelta(days=2))
    actions.forget_old_drafts()
    assert not Draft.objects.exists() and not Attachment.objects.exists()
