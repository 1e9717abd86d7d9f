"""What people send is taken for what it is, not for what it is called, and comes back as a harmless download."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from messaging import actions, files
from messaging.models import Attachment
from staff.models import User
from tests.tickets.test_story import opened
from tickets import actions as tickets

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
GPS = 0x8825


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def sent(name: str, body: bytes, by: User | None = None) -> Attachment:
    return files.accept(SimpleUploadedFile(name, body), by=by)


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def archive(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in entries.items():
            target.writestr(name, body)
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    return archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


def test_a_photo_loses_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif.get_ifd(GPS).update({1: "N", 2: (59.0, 43.0, 12.0)})
    exif[0x0110] = "Secret Phone 3000"
    body = picture(exif=exif, comment=b"hidden words")
    assert b"Secret Phone" in body
    kept = sent("фото.jpg", body)
    stored = files.path_of(kept).read_bytes()
    assert b"Secret Phone" not in stored
    assert b"hidden words" not in stored
    with Image.open(io.BytesIO(stored)) as image:
        assert not image.getexif()
    assert (kept.content_type, kept.width, kept.height, kept.name) == ("image/jpeg", 40, 30, "фото.jpg")


def test_what_hides_behind_a_picture_is_not_stored() -> None:
    for kind in ("GIF", "PNG", "JPEG", "WEBP"):
        kept = sent("x.gif", picture(kind) + b"<script>alert(1)</script>")
        assert b"script" not in files.path_of(kept).read_bytes(), kind


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("empty.txt", b""),
        ("setup.exe", b"MZ\x90\x00" + b"\x00" * 100),
        ("setup.jpg", b"MZ\x90\x00" + b"\x00" * 100),
        ("x.zip", archive(**{"readme.txt": b"hello"})),
        ("slip.docx", docx(**{"../../etc/cron.d/x": b"boom"})),
        ("absolute.docx", docx(**{"/etc/passwd": b"boom"})),
        ("macro.docm", docx(**{"word/vbaProject.bin": b"boom"})),
        ("bomb.docx", docx(**{"word/media/zero": b"\x00" * (201 * 1024 * 1024)})),
        ("many.docx", docx(**{f"f{n}": b"" for n in range(5001)})),
        ("broken.docx", b"PK\x03\x04" + b"junk" * 50),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + b"junk" * 50),
        ("wide.png", picture("PNG", (20_000, 3_000))),
        ("large.txt", b"a" * (10 * 1024 * 1024 + 1)),
        ("binary.txt", bytes(range(256))),
    ],
)
def test_what_is_not_accepted(name: str, body: bytes, own_folder: Path) -> None:
    with pytest.raises(files.BadFile) as refusal:
        sent(name, body)
    assert name in str(refusal.value.text)
    assert not Attachment.objects.exists()
    assert not list(own_folder.glob("*/*"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.png.html", "a.png.html.txt"),
        (".htaccess", "htaccess.txt"),
        ("x\u200b.php", "x.php.txt"),
        ("..\\..\\boot.ini", "boot.ini.txt"),
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\x", "x.txt"),
        ("счёт\u202efdp.exe", "счётfdp.exe.txt"),
        ("двойной\r\nSet-Cookie: a", "двойной  Set-Cookie_ a.txt"),
        ("п" * 255 + ".txt", "п" * 96 + ".txt"),
        ("<img src=x>.txt", "_img src=x_.txt"),
        ("", "file.txt"),
        ("...", "file.txt"),
        ("log.TXT", "log.TXT"),
    ],
)
def test_a_name_is_only_a_name(name: str, shown: str) -> None:
    upload = SimpleUploadedFile("x", b"<script>alert(1)</script>")
    upload._name = name
    kept = files.accept(upload, by=None)
    assert (kept.name, kept.content_type) == (shown, "text/plain")
    assert len(kept.path) == 35


def test_office_documents_and_pdf_keep_their_bytes() -> None:
    printers = docx(**{"xl/printerSettings/printerSettings1.bin": b"\x00"})
    for name, body in (("Договор.docx", docx()), ("a.docx", printers), ("Счёт.pdf", b"%PDF-1.7\n...")):
        kept = sent(name, body)
        assert files.path_of(kept).read_bytes() == body
        assert kept.name == name


def test_an_old_russian_text_becomes_readable() -> None:
    kept = sent("старый.txt", "Нет сигнала".encode("cp1251"))
    assert files.path_of(kept).read_text() == "Нет сигнала"


def test_a_download_is_harmless_and_only_for_those_who_may(
    sergey: User, olga: User, maxim: User, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = sent("схема.html", b"<script>alert(1)</script>", by=sergey)
    path = f"/files/{kept.pk}/"
    reply = signed_in(sergey).get(path)
    assert reply.status_code == 200
    assert reply["Content-Disposition"].startswith("attachment")
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Content-Security-Policy"].startswith("sandbox")
    assert reply["Content-Type"] == "text/plain"
    assert signed_in(olga).get(path).status_code == 404
    assert signed_in(maxim).get(path).status_code == 403
    monkeypatch.setattr(files, "_owners", [lambda user, one: user == olga and one.pk == kept.pk])
    assert signed_in(olga).get(path).status_code == 200


def test_once_it_went_with_a_message_its_owner_decides(sergey: User, signed_in: Browser) -> None:
    kept = sent("a.txt", b"hello", by=sergey)
    talk = actions.conversation(channel="vk", address="42")
    message = actions.send(conversation=talk, text="", by=sergey, attachments=[kept])
    assert list(message.attachments.all()) == [kept]
    assert signed_in(sergey).get(f"/files/{kept.pk}/").status_code == 404, "no ticket shows it to him"
    with pytest.raises(actions.AlreadyAttached):
        actions.send(conversation=talk, text="", by=sergey, attachments=[kept])


def test_what_nobody_needs_is_removed(at_noon: time_machine.Traveller, sergey: User) -> None:
    loose, used = sent("a.txt", b"loose"), sent("b.txt", b"used")
    talk = actions.conversation(channel="vk", address="42")
    actions.send(conversation=talk, text="Вот", by=sergey, attachments=[used])
    actions.remove_orphans()
    assert files.path_of(loose).exists()
    at_noon.shift(25 * 3600)
    actions.remove_orphans()
    assert not files.path_of(loose).exists()
    assert list(Attachment.objects.all()) == [used]
    assert files.path_of(used).exists()


def test_a_file_without_a_row_is_removed(at_noon: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    import random

    kept, stray = sent("a.txt", b"kept"), files.folder() / "ab" / ("ab" + "0" * 30)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"half")
    for path in (stray, files.path_of(kept)):
        os.utime(path, (0, 0))
    for n in (0xAB, int(kept.path[:2], 16)):
        monkeypatch.setattr(random, "randrange", lambda _, n=n: n)
        actions.remove_strays()
    assert not stray.exists()
    assert files.path_of(kept).exists()


def test_a_file_of_a_note_is_kept_although_no_message_took_it(at_noon: time_machine.Traveller, sergey: User) -> None:
    kept = sent("a.txt", b"noted", by=sergey)
    tickets.note(ticket=opened(sergey), text="Смотри", by=sergey, attachments=[kept])
    at_noon.shift(25 * 3600)
    actions.remove_orphans()
    assert files.path_of(kept).exists()
    assert Attachment.objects.filter(pk=kept.pk).exists()
