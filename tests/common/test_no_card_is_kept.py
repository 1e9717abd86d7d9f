"""A card and its security code are posted to every door that takes words: the database holds neither afterwards."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from contacts.models import Topic
from firstline import actions as firstline
from messaging import files
from staff.actions import issue_api_key
from staff.models import Desk, User
from tests.architecture.test_access import ENDPOINTS, ORDINARY, PATHS
from tests.factories.line import pbx
from tests.factories.town import house
from tests.firstline.test_calls import talks_to
from tests.tickets.talk import writes

pytestmark = pytest.mark.django_db
PAN, CODE = "4111 1111 1111 1111", "CVV 937"
SECRET = f"Карта {PAN}, {CODE}, и {PAN.replace(' ', '')} 12/27 937"
FREE = {"text", "search", "tel", None}


class Forms(HTMLParser):
    """The forms of a page that are posted, each with its fields as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], set[str]]] = []
        self._open: tuple[str, dict[str, str], set[str]] | None = None
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = dict(attrs)
        if tag == "form":
            self._open = (one.get("action") or "", {}, set()) if one.get("method") == "post" else None
        if self._open is None:
            return
        _action, values, free = self._open
        name = one.get("name") or ""
        if tag == "select":
            self._select = name
        if tag == "option" and self._select and one.get("value") and (self._select not in values or "selected" in one):
            values[self._select] = one["value"] or ""
        if (tag == "textarea" and name) or (tag == "input" and name and one.get("type") in FREE):
            values[name] = one.get("value") or ""
            free.add(name)
        elif tag in {"input", "button"} and name and (one.get("type") != "radio" or name not in values):
            values.setdefault(name, one.get("value") or "1")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "form" and self._open is not None:
            self.found.append(self._open)
            self._open = None


def kept() -> Iterator[str]:
    """Names of the tables that hold the number or the code in any column."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
            if not cursor.fetchone()[0]:
                continue
            for secret in (PAN, PAN.replace(" ", ""), CODE, "12/27 937"):
                cursor.execute(f'SELECT 1 FROM "{table}" row WHERE row::text LIKE %s LIMIT 1', [f"%{secret}%"])
                if cursor.fetchone():
                    yield f"{table}: {secret}"


def test_it_would_be_found_if_it_were_there(olga: User) -> None:
    User.objects.filter(pk=olga.pk).update(last_name=PAN)
    assert list(kept()) == [f"staff_user: {PAN}"]


def test_no_form_of_any_page_keeps_a_card(
    at_noon: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    olga: User,
    sergey: User,
    dmitry: User,
    vera: User,
    signed_in: Callable[[User], Client],
) -> None:
    contact = talks_to(olga, pbx(), house().phone(0))
    topic = Topic.objects.get(code="no_internet")
    said = {"subject": "Вопрос", "note": "Просит помочь", "topic": topic, "values": {"what_fails": "всё"}}
    ticket = firstline.pass_on(contact=contact, desk=Desk.SUPPORT, by=olga, **said)
    monkeypatch.setitem(PATHS, "contact_id", str(contact.pk))
    monkeypatch.setitem(PATHS, "number", ticket.number)
    posted = 0
    for who in (olga, sergey, dmitry, vera):
        browser = signed_in(who)
        for raw, _code in ORDINARY:
            path = raw.replace("/000001/", f"/{ticket.number}/").replace("calls/1/", f"calls/{contact.pk}/")
            page = browser.get(path)
            if page.status_code != 200 or "text/html" not in page.get("Content-Type", ""):
                continue
            for action, values, free in Forms(page.content.decode()).found:
                if "logout" in action or not free:
                    continue
                for name in free:
                    reply = browser.post(action or path, {**values, **dict.fromkeys(free, "слова"), name: SECRET})
                    assert reply.status_code < 500, (action, name)
                    posted += 1
    assert posted > 40
    assert list(kept()) == []


def test_neither_rest_nor_the_exchange_nor_a_message_keeps_one(
    at_noon: time_machine.Traveller, olga: User, vera: User, sergey: User
) -> None:
    line, home = pbx(), house()
    contact = talks_to(olga, line, home.phone(0))
    line.ring(PAN.replace(" ", ""), note=SECRET, nested={"deep": [SECRET]})
    body = f"event=newCall&call_id=f1&from=89005551122&to=100&direction=in&note={SECRET}"
    assert line.post(body, "application/x-www-form-urlencoded").status_code == 200
    writes(SECRET, phone=home.phone(1))
    words = ("text", "subject", "note", "reason", "title", "name", "report", "comment", "public_text", "address")
    said = {
        **dict.fromkeys(words, SECRET),
        "contact": contact.pk,
        "desk": "support",
        "subscriber": home.subscribers[0].pk,
    }
    stored = 0
    for who in (olga, vera, sergey):
        api = Client(headers={"Authorization": f"Token {issue_api_key(user=who, name='test')}"})
        for method, path, _code in ENDPOINTS:
            if method in {"POST", "PATCH"}:
                reply = api.generic(method, path, _json(said), "application/json")
                assert reply.status_code < 500, (method, path)
                stored += reply.status_code in {200, 201}
    assert stored
    assert list(kept()) == []


def _json(value: Any) -> str:

    return json.dumps(value, ensure_ascii=False)


def test_no_file_of_words_keeps_one(vera: User, signed_in: Callable[[User], Client]) -> None:
    article = f"---\ncode: karta\ntitle: Оплата картой\n---\nНапример, {SECRET}.\n"
    places = f'code,kind,title,address,hours,services\nrynok,terminal,Терминал,Рынок,круглосуточно,"{SECRET}"\n'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("karta.md", article)
        archive.writestr("places.csv", places)
    upload = SimpleUploadedFile("all.zip", packed.getvalue())
    reply = signed_in(vera).post("/settings/knowledge/files/", {"uploads": [upload]})
    assert reply.status_code == 200, reply.content.decode()
    one = files.accept(SimpleUploadedFile(f"{PAN}.txt", SECRET.encode()), by=vera)
    stored = files.path_of(one).read_text()
    assert PAN not in stored and "937" not in stored
    assert list(kept()) == []
