"""Who gets into the finance process, what is noted, what happens to a stolen session."""

import asyncio
import re
from importlib import import_module
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import URLResolver

from billing.models import Account, Application, Dispute, FinanceReading, FinanceSession, OfficeAlarm
from billing.views.readings import PAGES
from common.live import REVOKED
from common.live_stream import hub, live
from staff.models import Notice, User
from tests.billing.conftest import come_in
from tests.billing.test_questions import ask_url, form, posted

pytestmark = pytest.mark.usefixtures("finance", "doors")


@pytest.fixture(autouse=True)
def office(settings: Any) -> None:
    settings.OFFICE_NETWORKS = ["127.0.0.0/8"]
    settings.SESSION_ENGINE = "billing.sessions"


def test_a_page_is_noted_with_who_what_and_from_where(account: Account, anna: User) -> None:
    path = f"/accounts/{account.subscriber.account}/"
    come_in(anna).get(path)
    row = FinanceReading.objects.get()
    assert (row.user, row.page, row.method, row.address) == (anna, "billing:account", "GET", "127.0.0.1")
    assert row.accounts == [account.subscriber.account]


def test_a_part_of_a_page_is_noted_too_and_a_refused_page_is_not(account: Account, anna: User, olga: User) -> None:
    path = f"/accounts/{account.subscriber.account}/"
    come_in(anna).get(path, {"part": "timeline"}, headers={"HX-Request": "true"})
    assert come_in(olga).get(path).status_code == 403
    assert [row.user for row in FinanceReading.objects.all()] == [anna]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_noted_is_not_shown(finance_racing: None, anna: User) -> None:
    client = come_in(anna)
    client.raise_request_exception = False
    assert client.get("/accounts/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM billing_financereading")
        before = cursor.fetchall()
    from tests.database import become

    become("owner")
    with connection.cursor() as cursor:
        cursor.execute("REVOKE INSERT ON billing_financereading FROM finance")
    become("finance")
    try:
        reply = client.get("/accounts/?q=Иванова")
        assert reply.status_code == 500
        assert "Иванова" not in reply.content.decode()
    finally:
        become("owner")
        with connection.cursor() as cursor:
            cursor.execute("GRANT INSERT ON billing_financereading TO finance")
        become("finance")
    assert FinanceReading.objects.count() == len(before)


def test_a_stolen_session_is_refused_ended_and_told_of(anna: User, vera: User) -> None:
    thief = come_in(anna)
    assert thief.get("/accounts/").status_code == 200
    reply = thief.get("/accounts/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="127.0.0.1")
    assert reply.status_code == 404
    alarm = OfficeAlarm.objects.get()
    assert (alarm.user, alarm.address, alarm.path) == (anna, "203.0.113.9", "/accounts/")
    assert {notice.user for notice in Notice.objects.all()} == {anna, vera}
    assert not FinanceSession.objects.filter(session_key=thief.session.session_key).exists()
    assert thief.get("/accounts/").status_code == 302, "back in the office the session is no more"
    assert "203.0.113.9" in come_in(vera).get("/questions/readings/").content.decode()


def test_a_stranger_outside_is_refused_without_alarm() -> None:
    assert Client().get("/login/", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert not OfficeAlarm.objects.exists()


def test_an_unattended_page_is_signed_out_after_ten_minutes(at_noon: time_machine.Traveller, anna: User) -> None:
    client = come_in(anna)
    client.get("/accounts/")
    for _minute in range(8):
        at_noon.shift(60)
        assert client.get("/questions/", {"part": "list"}).status_code == 200
    at_noon.shift(180)
    gone = client.get("/questions/", {"part": "list"})
    assert gone.status_code == 302
    assert gone.headers["Location"].startswith("/login/")
    client.force_login(anna)
    for _minute in range(20):
        at_noon.shift(60)
        assert client.get("/questions/").status_code == 200


def test_only_the_supervisor_reads_who_looked(anna: User, vera: User) -> None:
    assert come_in(anna).get("/questions/readings/").status_code == 403
    assert come_in(vera).get("/questions/readings/").status_code == 200


def test_who_saw_an_account_is_one_question_to_the_log(account: Account, anna: User, vera: User) -> None:
    """Every page with somebody's number on it names him in the log, lists and files included."""
    number, here = account.subscriber.account, come_in(anna)
    charge = posted(account, anna, "-600")
    here.post(ask_url(account), form(charge, "claim", "100"))
    paper = Application.objects.get()
    pages = [
        f"/accounts/?q={number}",
        f"/accounts/{number}/",
        ask_url(account),
        "/questions/",
        f"/questions/{paper.dispute_id}/",
        "/applications/",
        f"/applications/{paper.pk}/",
        f"/applications/{paper.pk}/paper.pdf",
        f"/statements/orders.csv?since={charge.on}&until={charge.on}",
    ]
    for page in pages:
        reply = here.get(page)
        assert reply.status_code == 200, page
        body = b"".join(reply) if reply.streaming else reply.content
        assert number in body.decode("latin-1") or page.endswith(".pdf"), page
        assert number in FinanceReading.objects.order_by("-pk")[0].accounts, page
    boss = come_in(vera)
    rows = boss.get("/questions/readings/", {"q": number}).content.decode()
    assert rows.count(number) > len(pages)
    assert "Печатный бланк" in rows
    assert "Анна" in rows
    assert number not in boss.get("/questions/readings/", {"on": "2020-01-01"}).content.decode()
    assert boss.get("/questions/readings/", {"who": vera.pk}).content.decode().count("Печатный бланк") == 0


def test_a_page_that_keeps_itself_fresh_is_one_line_with_a_count(
    at_noon: time_machine.Traveller, account: Account, anna: User, vera: User
) -> None:
    """Every reading stays a row of its own; the list says it once for a minute."""
    here, page = come_in(anna), f"/accounts/{account.subscriber.account}/"
    for _again in range(3):
        here.get(page)
    at_noon.shift(60)
    here.get(page)
    assert FinanceReading.objects.filter(page="billing:account").count() == 4
    rows = come_in(vera).get("/questions/readings/", {"q": account.subscriber.account}).content.decode()
    assert rows.count("<td>Лицевой счёт") == 2
    assert rows.count("×3") == 1


def test_every_page_of_the_desk_has_a_name_in_the_log() -> None:
    asked = {
        (f"{pattern.app_name}:{one.name}")
        for pattern in import_module("billing.urls").urlpatterns
        if isinstance(pattern, URLResolver)
        for one in pattern.url_patterns
        if getattr(one.callback, "permission", "").startswith("billing.")
    }
    assert asked == set(PAGES)


def test_what_was_typed_waits_until_one_has_signed_in_again(
    at_noon: time_machine.Traveller, account: Account, anna: User, vera: User
) -> None:
    charge = posted(account, anna, "-600")
    here = come_in(anna)
    here.get(ask_url(account))
    at_noon.shift(11 * 60)
    sent = form(charge, "charged_twice", "600", note="Списали дважды, чек у меня")
    gone = here.post(ask_url(account), sent)
    assert gone.headers["Location"] == "/login/?next=/not-sent/"
    assert not Dispute.objects.exists()
    assert here.get("/not-sent/").status_code == 302, "nobody reads it before the sign-in"
    here.force_login(anna)
    page = here.get("/not-sent/").content.decode()
    assert f'action="{ask_url(account)}"' in page
    assert "Списали дважды, чек у меня" in page
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.partition("<main>")[2]))
    fields.pop("csrfmiddlewaretoken", None)
    assert fields == {name: str(value) for name, value in sent.items()}
    here.post(ask_url(account), fields)
    assert Dispute.objects.get().note == "Списали дважды, чек у меня"
    assert here.get("/not-sent/").status_code == 302, "sent once, it is gone"


def test_another_person_does_not_read_what_was_typed(
    at_noon: time_machine.Traveller, account: Account, anna: User, vera: User
) -> None:
    here = come_in(anna)
    here.get("/accounts/")
    at_noon.shift(11 * 60)
    here.post(f"/accounts/{account.subscriber.account}/promise/", {"promise-amount": "600"})
    TOTP.activate(vera, generate_totp_secret())
    here.force_login(vera)
    assert here.get("/not-sent/").headers["Location"] == "/home/"


def test_typing_is_attendance_and_a_page_that_asks_by_itself_is_not(
    at_noon: time_machine.Traveller, account: Account, anna: User
) -> None:
    here = come_in(anna)
    here.get("/questions/")
    for _minute in range(15):
        at_noon.shift(60)
        assert here.get(ask_url(account), {"part": "sum"}).status_code == 200


def test_twelve_hours_are_the_most_whatever_is_done(at_noon: time_machine.Traveller, anna: User) -> None:
    here = come_in(anna)
    for _minute in range(12 * 12):
        assert here.get("/questions/").status_code == 200
        at_noon.shift(5 * 60)
    at_noon.shift(60)
    assert here.get("/questions/").headers["Location"].startswith("/login/")


def test_a_part_that_meets_no_session_sends_the_whole_page_to_the_sign_in(anna: User) -> None:
    asks = {"HX-Request": "true", "HX-Current-URL": "http://testserver/questions/?page=2"}
    reply = Client().get("/questions/", {"part": "list"}, headers=asks)
    assert (reply.status_code, reply.content) == (401, b"")
    assert reply.headers["HX-Redirect"] == "/login/?next=/questions/%3Fpage%3D2"


@pytest.mark.parametrize("door", ["django.contrib.sessions.backends.base.SessionBase.get", "billing.typed.forget"])
def test_a_database_that_is_away_is_said_in_words_at_every_door(
    anna: User, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    here = come_in(anna)
    here.raise_request_exception = False

    def away(*_args: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(door, away)
    reply = here.post("/questions/")
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
    assert "База данных" in reply.content.decode()


OFFICE, ELSEWHERE = "10.20.0.5", "203.0.113.9"
FORGED = [
    {"HTTP_X_FORWARDED_FOR": OFFICE},
    {"HTTP_X_FORWARDED_FOR": f"{OFFICE}, {ELSEWHERE}"},
    {"HTTP_X_FORWARDED_FOR": f"{ELSEWHERE}, {OFFICE}"},
    {"HTTP_X_FORWARDED_FOR": f"{OFFICE},{OFFICE}"},  # a header sent twice arrives joined
    {"HTTP_X_REAL_IP": OFFICE},
    {"HTTP_FORWARDED": f"for={OFFICE};host=finance.example.ru"},
    {"HTTP_TRUE_CLIENT_IP": OFFICE},
    {"HTTP_CF_CONNECTING_IP": OFFICE},
    {"HTTP_X_CLIENT_IP": OFFICE},
    {"HTTP_X_ORIGINAL_URL": "/accounts/"},
    {"HTTP_X_REWRITE_URL": "/accounts/"},
    {"HTTP_X_FORWARDED_HOST": "finance.example.ru"},
    {"HTTP_REMOTE_USER": "anna"},
    {"HTTP_REMOTE_ADDR": OFFICE},
    {"REMOTE_USER": "anna"},
    {"x_forwarded_for": OFFICE, "X_FORWARDED_FOR": OFFICE},
    {"HTTP_HOST": "finance.example.ru"},
]


@pytest.mark.parametrize("forged", FORGED, ids=lambda headers: "+".join(headers))
def test_no_header_makes_a_stranger_of_the_office_or_an_accountant_a_stranger(
    anna: User, settings: Any, forged: dict[str, str]
) -> None:
    settings.OFFICE_NETWORKS, settings.ALLOWED_HOSTS = ["10.20.0.0/16"], ["*"]
    thief = come_in(anna)
    assert thief.get("/accounts/", REMOTE_ADDR=ELSEWHERE, **forged).status_code == 404
    assert OfficeAlarm.objects.get().address == ELSEWHERE
    assert thief.get("/accounts/", REMOTE_ADDR=OFFICE).status_code == 302, "the session is ended"
    thief.force_login(anna)
    backwards = {name: value.replace(OFFICE, ELSEWHERE) for name, value in forged.items()}
    assert thief.get("/accounts/", REMOTE_ADDR=OFFICE, **backwards).status_code == 200


@pytest.mark.parametrize("address", [f"::ffff:{OFFICE}", f"::ffff:{ELSEWHERE}", "::1", "10.20.0.5:80", "010.020.0.5"])
def test_an_address_in_disguise_is_not_the_offices(anna: User, settings: Any, address: str) -> None:
    settings.OFFICE_NETWORKS = ["10.20.0.0/16"]
    assert come_in(anna).get("/accounts/", REMOTE_ADDR=address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_open_stream_ends_with_the_session_that_an_alarm_has_ended(finance_racing: None, anna: User) -> None:
    thief = come_in(anna)
    cookie = f"{settings.SESSION_COOKIE_NAME}={thief.session.session_key}".encode()
    scope = {"headers": [(b"cookie", cookie)], "query_string": b"topic=disputes:all"}
    sent: list[dict[str, Any]] = []

    def steal() -> int:
        try:
            return int(thief.get("/accounts/", REMOTE_ADDR=ELSEWHERE).status_code)
        finally:
            connections.close_all()

    async def story() -> None:
        heard = asyncio.Event()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if message.get("body"):
                heard.set()

        stream = asyncio.create_task(live(scope, asyncio.Event().wait, send))
        await asyncio.wait_for(heard.wait(), 20)
        assert await asyncio.to_thread(steal) == 404
        hub._tell(f"{REVOKED}:{anna.pk}")  # what `sound_alarm` publishes, as Redis brings it
        await asyncio.wait_for(stream, 20)

    asyncio.run(story())
    assert sent[0]["status"] == 200
    assert sent[-1] == {"type": "http.response.body", "body": b""}
