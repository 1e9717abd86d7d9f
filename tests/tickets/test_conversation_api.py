"""Conversations over REST: the same deeds, the same refusals."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from messaging.models import Message
from staff.models import User
from tests.tickets.talk import home, opened, writes
from tests.tickets.test_api import Caller
from tickets import actions

pytestmark = pytest.mark.django_db


def test_an_integration_reads_answers_and_is_asked_over_a_newer_message(sergey: User, vera: User) -> None:
    house = home()
    ticket, api = opened(sergey, house), Caller(sergey)
    writes("Добрый день", phone=house.phone(0))
    read = api.client.get(f"/api/v1/tickets/{ticket.number}/messages/").json()["results"]
    assert [(one["direction"], one["text"], one["channel"]) for one in read] == [("in", "Добрый день", "phone")]
    seen = read[0]["id"]
    writes("Ау", phone=house.phone(0))
    path = f"{ticket.number}/replies/"
    late = api.send("post", path, {"text": "Слушаю", "seen": seen}, key="r-1")
    assert (late.status_code, late.json()["code"]) == (409, "newer_message")
    body = {"text": "Слушаю", "seen": seen + 1, "status": "waiting"}
    first, again = (api.send("post", path, body, key="r-2") for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    assert Message.objects.filter(text="Слушаю").count() == 1
    ticket.refresh_from_db()
    assert ticket.status == "waiting"


def test_a_note_with_a_file(sergey: User, dmitry: User, anna: User) -> None:
    ticket, api = opened(sergey, home()), Caller(sergey)
    upload = {"file": SimpleUploadedFile("порт.txt", b"crc 12", content_type="text/plain")}
    kept = api.client.post(f"/api/v1/tickets/{ticket.number}/files/", upload)
    assert kept.status_code == 201, kept.content
    body = {"text": "@Дмитрий Лапин смотри", "attachments": [kept.json()["id"]]}
    assert api.send("post", f"{ticket.number}/notes/", body).status_code == 201
    listed = api.client.get(f"/api/v1/tickets/{ticket.number}/files/").json()["results"]
    assert [one["name"] for one in listed] == ["порт.txt"]
    again = api.send("post", f"{ticket.number}/notes/", body)  # a file is sent once
    assert (again.status_code, again.json()["code"]) == (422, "wrong_file")
    stranger = Caller(anna)
    for path in ("messages", "files"):
        assert stranger.client.get(f"/api/v1/tickets/{ticket.number}/{path}/").status_code == 404
    for path in ("replies", "notes"):
        assert stranger.send("post", f"{ticket.number}/{path}/", {"text": "т"}).status_code == 404


def test_bad_words_are_named(sergey: User) -> None:
    ticket, api = opened(sergey, home()), Caller(sergey)
    bad: list[tuple[str, Any]] = [
        ("replies", {"text": ""}),
        ("replies", {"text": "\x00"}),
        ("replies", {"text": "т", "seen": -1}),
        ("replies", {"text": "т", "seen": 10**30}),
        ("replies", {"text": "т", "status": "lost"}),
        ("replies", {"text": "т", "through": "phone-999"}),
        ("replies", {"text": "т", "attachments": [10**18]}),
        ("replies", {"text": "т", "attachments": [[]]}),
        ("notes", {"text": "я" * 10_001}),
        ("notes", []),
        ("notes", None),
    ]
    for path, body in bad:
        reply = api.send("post", f"{ticket.number}/{path}/", body)
        assert 400 <= reply.status_code < 500, (path, body)
        assert reply.json()["code"]
    assert not Message.objects.exists()


def test_leads_and_supervisors_write_texts_and_the_rest_read_them(vera: User, sergey: User) -> None:
    words = {"shortcut": "порт", "title_ru": "Порт", "title_en": "Port", "text_ru": "Проверяем порт, {subscriber}"}
    hers, his = Caller(vera), Caller(sergey)

    def send(caller: Caller, method: str, path: str, body: Any) -> Any:
        send = getattr(caller.client, method)
        return send(f"/api/v1/text-modules/{path}", json.dumps(body), content_type="application/json")

    made = send(hers, "post", "", words)
    assert made.status_code == 201, made.content
    assert send(hers, "post", "", words).status_code in {400, 409}
    assert send(hers, "post", "", {**words, "shortcut": "Не так"}).status_code == 400
    assert send(his, "post", "", words).status_code == 403
    assert send(hers, "patch", f"{made.json()['id']}/", {"is_active": False}).json()["is_active"] is False
    shown = his.client.get("/api/v1/text-modules/?page_size=200").json()["results"]
    assert "порт" in {one["shortcut"] for one in shown}


def test_a_text_is_written_on_its_page_and_offered_in_the_ticket(vera: User, sergey: User, signed_in: Any) -> None:
    browser = signed_in(vera)
    words = {
        "shortcut": "порт",
        "title_ru": "Порт",
        "title_en": "Port",
        "text_ru": "Пишет {operator}",
        "is_active": "on",
    }
    assert browser.post("/settings/texts/", {**words, "shortcut": "Ой!"}).status_code == 422
    saved = browser.post("/settings/texts/", words)
    assert saved.status_code == 302
    assert browser.post("/settings/texts/", words).status_code == 422  # the shortcut is taken; what was typed stays
    ticket = opened(sergey, home())
    his = signed_in(sergey)
    offered = his.get(f"/tickets/{ticket.number}/texts/").content.decode()
    assert "Пишет Сергей Титов" in offered
    browser.post(saved.headers["Location"], {**words, "is_active": ""})
    assert "Пишет" not in his.get(f"/tickets/{ticket.number}/texts/").content.decode()
    assert "изменение заготовки" in browser.get(saved.headers["Location"]).content.decode()
    assert his.get("/settings/texts/").status_code == 403
    assert actions.TooLong.status == 422
