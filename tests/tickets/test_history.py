"""What a ticket's history says: who, when, from where, and what changed into what."""

import csv
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import origin
from common.history import System
from contactcenter import sweep
from contacts.models import ContactEvent, Topic
from staff.actions import issue_api_key
from staff.models import User
from tests.factories.line import pbx
from tests.factories.town import house
from tickets import actions
from tickets.models import ResolutionCode, Ticket, TicketEvent

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def opened(by: User, desk: str = "support") -> Ticket:
    home = house(str(30 + Ticket.objects.count()))
    return actions.open_ticket(
        desk=desk, subject="Нет интернета", channel="phone", by=by, subscriber=home.subscribers[0]
    )


def last(ticket: Ticket) -> TicketEvent:
    return ticket.history.latest("pk")


def test_a_page_leaves_its_way_and_the_persons_address(olga: User, sergey: User, signed_in: Browser) -> None:
    ticket = opened(olga)
    assert (last(ticket).via, last(ticket).address) == (None, None)  # nobody said
    signed_in(sergey).post(f"/tickets/{ticket.number}/take/", REMOTE_ADDR="10.1.2.3")
    assert (last(ticket).via, last(ticket).address) == ("page", "10.1.2.3")
    signed_in(sergey).post(f"/tickets/{ticket.number}/comment/", {"text": "x"}, REMOTE_ADDR="unix:")
    assert (last(ticket).via, last(ticket).address) == ("page", None)
    assert origin.current() is None


def test_a_forwarded_address_is_not_believed_here(olga: User, signed_in: Browser) -> None:
    ticket = opened(olga, "first_line")
    headers = {"X-Forwarded-For": "6.6.6.6", "X-Real-IP": "6.6.6.6"}
    signed_in(olga).post(f"/tickets/{ticket.number}/take/", REMOTE_ADDR="10.1.2.3", headers=headers)
    assert last(ticket).address == "10.1.2.3"


def test_rest_leaves_the_key_it_came_with(olga: User, sergey: User, signed_in: Browser) -> None:
    ticket = opened(olga)
    caller = Client(headers={"Authorization": f"Token {issue_api_key(user=sergey, name='CRM')}"})
    path = f"/api/v1/tickets/{ticket.number}/comments/"
    caller.post(path, {"text": "Из CRM"}, content_type="application/json")
    assert last(ticket).via == f"rest:{sergey.api_keys.get().pk}"
    signed_in(sergey).post(path, {"text": "Из браузера"}, content_type="application/json")
    assert last(ticket).via == "rest"


def test_the_telephone_exchange_leaves_its_line_and_no_address() -> None:
    line = pbx()
    line.ring(house().phone(0))
    event = ContactEvent.objects.get()
    assert (event.by_system, event.via, event.address) == ("pbx", f"pbx:{line.line.pk}", None)


def test_the_sweep_leaves_its_part(olga: User, sergey: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = actions.take(ticket=opened(olga), by=sergey)
    sergey.is_active = False
    sergey.save()
    sweep.sweep()
    assert (last(ticket).kind, last(ticket).via) == ("released", "sweep:return_work_of_absent")


def test_a_way_inside_another_keeps_the_address_and_ends_with_its_block() -> None:
    with origin.coming(origin.Via.PAGE, address="10.0.0.1"):
        with origin.coming(origin.Via.BULK, "x" * 100):
            inner: Any = origin.current()
            assert (len(inner.via), inner.via[:6], inner.address) == (60, "bulk:x", "10.0.0.1")
        assert origin.current() == origin.Origin("page", "10.0.0.1")
    assert origin.current() is None


def told(client: Client, ticket: Ticket) -> str:
    """The ticket page's text without its tags."""
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_what_changed_is_said_in_words(
    at_noon: time_machine.Traveller, olga: User, sergey: User, pavel: User, signed_in: Browser
) -> None:
    ticket, support = opened(olga), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    support.post(f"{path}take/")
    assert "Исполнитель: — → Сергей Титов" in told(support, ticket)
    assert "Состояние: Новая → В работе" in told(support, ticket)
    actions.edit(ticket=ticket, by=sergey, priority=1, topic=Topic.objects.get(code="no_tv"))
    assert "Приоритет: P3 → P1" in told(support, ticket)
    assert "Тема: — → Не работает ТВ" in told(support, ticket)
    support.post(f"{path}move/", {"status": "postponed", "until": "2026-03-06T09:30"})
    assert "Отложена до: — → 06.03.2026 09:30" in told(support, ticket)
    support.post(f"{path}hand-over/", {"desk": "dispatch", "reason": "нужен мастер"})
    page = told(support, ticket)
    assert "Отдел: Техподдержка → Диспетчерская" in page
    assert "Исполнитель: Сергей Титов → —" in page
    assert "нужен мастер" in page


def test_every_deed_keeps_old_and_new(olga: User, sergey: User) -> None:
    ticket = actions.take(ticket=opened(olga), by=sergey)
    actions.resolve(ticket=ticket, by=sergey, code="solved", text="Готово")
    code = ResolutionCode.objects.get(code="solved").pk
    assert last(ticket).changed == {"status": ["in_work", "resolved"], "resolution_code": [None, code]}
    actions.reopen(ticket=ticket, by=sergey, reason="снова")
    assert last(ticket).changed == {
        "status": ["resolved", "new"],
        "assignee": [sergey.pk, None],
        "resolution_code": [code, None],
    }
    actions.comment(ticket=ticket, by=sergey, text="x")
    assert last(ticket).changed is None


def test_rows_of_older_times_and_of_strange_shapes_can_still_be_read(
    olga: User, sergey: User, signed_in: Browser
) -> None:
    ticket = opened(olga)
    for kind, data in (
        ("moved", {"old": "new", "new": "waiting"}),
        ("moved", {"old": "new", "new": "no such state"}),
        ("edited", {"priority": ["3", "1"], "topic": ["None", "ТВ"], "subject": ["а", "б"]}),
        ("taken", {"assignee": 10**9, "old": None}),
        ("taken", {"assignee": {"odd": 1}, "old": [[]]}),
        ("never heard of", {"priority": [1], "due_at": ["не время", None]}),
    ):
        ticket.history.create(kind=kind, by_user=sergey, data=data)
    page = told(signed_in(sergey), ticket)
    for words in ("Новая → Ждёт абонента", "Новая → no such state", "P3 → P1", "Тема: — → ТВ", "Суть: а → б"):
        assert words in page, words
    assert f"— → {10**9}" in page
    assert "не время → —" in page


@pytest.mark.parametrize("page", ["", "history/", "history/?format=csv"])
def test_names_cost_the_same_for_few_rows_and_for_many(page: str, olga: User, sergey: User, signed_in: Browser) -> None:
    ticket, client = opened(olga), signed_in(sergey)
    path = f"/tickets/{ticket.number}/{page}"

    def cost(rows: int) -> int:
        for _ in range(rows):
            actions.take(ticket=ticket, by=sergey)
            actions.edit(ticket=ticket, by=sergey, priority=1 + ticket.history.count() % 4)
            actions.release(ticket=ticket, by=sergey)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    assert cost(1) == cost(16) <= 15


def rows(reply: Any) -> list[list[str]]:
    return list(csv.reader(reply.content.decode("utf-8-sig").splitlines(), delimiter=";"))


def test_the_whole_history_is_narrowed_by_person_fact_and_way(
    olga: User, sergey: User, vera: User, signed_in: Browser
) -> None:
    ticket, support = opened(olga), signed_in(sergey)
    path = f"/tickets/{ticket.number}/history/"
    support.post(f"/tickets/{ticket.number}/take/", REMOTE_ADDR="10.1.2.3")
    with origin.coming(origin.Via.SWEEP, "x"):
        actions.release(ticket=ticket, by=System.SWEEP, reason="никого нет")
    page = support.get(path).content.decode()
    assert page.count("<tr>") == 4  # the head and three facts
    assert "никого нет" in page
    for query, kinds in (
        (f"who={sergey.pk}", ["taken"]),
        ("who=sweep", ["released"]),
        (f"who={olga.pk}&kind=opened", ["opened"]),
        ("via=page", ["taken"]),
        ("via=sweep", ["released"]),
        ("who=999999", []),
        ("who=\u0662&kind=%27&via=%25", []),  # an Arabic digit, a quote, a wildcard
    ):
        assert [event.kind for event in support.get(f"{path}?{query}").context["page"]] == kinds, query
    assert "10.1.2.3" not in support.get(path).content.decode()
    assert "10.1.2.3" in signed_in(vera).get(path).content.decode()


def test_the_history_is_taken_along_as_a_table_that_runs_no_formula(
    olga: User, sergey: User, vera: User, signed_in: Browser
) -> None:
    ticket, support = opened(olga), signed_in(sergey)
    support.post(f"/tickets/{ticket.number}/take/", REMOTE_ADDR="10.1.2.3")
    support.post(f"/tickets/{ticket.number}/comment/", {"text": "=HYPERLINK(1)"}, REMOTE_ADDR="10.1.2.3")
    path = f"/tickets/{ticket.number}/history/?format=csv"
    note, taken, head = *rows(support.get(path))[1:3], rows(support.get(path))[0]
    assert (note[1], note[4], note[5]) == ("Сергей Титов", "'=HYPERLINK(1)", "страница")
    assert len(taken) == len(head) == 6
    reply = signed_in(vera).get(path)
    assert rows(reply)[1][6] == "10.1.2.3"
    assert f'filename="ticket-{ticket.number}-history.csv"' in reply.headers["Content-Disposition"]
    assert len(rows(signed_in(vera).get(f"{path}&who=sweep"))) == 1


def test_a_history_is_hidden_with_its_ticket(olga: User, sergey: User, anna: User, signed_in: Browser) -> None:
    ticket = opened(sergey, "support")
    assert signed_in(anna).get(f"/tickets/{ticket.number}/history/").status_code == 404
    assert signed_in(olga).get(f"/tickets/{ticket.number}/history/?format=csv").status_code == 404
    assert signed_in(sergey).post(f"/tickets/{ticket.number}/history/").status_code == 405
