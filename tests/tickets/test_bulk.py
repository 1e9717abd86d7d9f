"""Many tickets at once, through the same deeds as one: done, refused and why, gone on with, undone."""

import re
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from staff.models import User
from tests.tickets.test_story import opened
from tickets import actions
from tickets.actions import bulk
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def numbers(*tickets: Ticket) -> str:
    return ",".join(ticket.number for ticket in tickets)


def test_closed_in_bulk_partly_refused_and_opened_again(
    at_noon: time_machine.Traveller, sergey: User, dmitry: User, anna: User, signed_in: Browser
) -> None:
    fine, parent, hidden = opened(sergey, subject="Один"), opened(sergey, subject="Причина"), opened(anna, "finance")
    child = opened(sergey, subject="Следствие")
    Ticket.objects.filter(pk=child.pk).update(parent=parent)
    browser = signed_in(sergey)
    form = browser.post("/tickets/bulk/", {"n": [fine.number, parent.number, hidden.number], "deed": "resolve"})
    assert 'name="text"' in form.content.decode()
    said = {
        "numbers": numbers(fine, parent, hidden),
        "deed": "resolve",
        "go": "1",
        "text": "Авария снята",
        "code": "solved",
    }
    page = browser.post("/tickets/bulk/", said).content.decode()
    assert "Готово: 1, отказано: 2" in page
    assert "сначала решите или отвяжите" in page.lower() or "Отказано" in page
    fine.refresh_from_db(), parent.refresh_from_db(), hidden.refresh_from_db()
    assert (fine.status, parent.status, hidden.status) == ("resolved", "new", "new")
    assert (fine.resolution, fine.resolution_code.code) == ("Авария снята", "solved")
    assert fine.history.get(kind="resolved").by_user == sergey
    assert hidden.subject not in page
    done = re.search(r'name="numbers" value="([^"]*)"><input type="hidden" name="deed" value="reopen"', page)
    assert done and done[1] == fine.number
    browser.post("/tickets/bulk/", {"numbers": done[1], "deed": "reopen", "go": "1"})
    fine.refresh_from_db()
    assert fine.status == "new"


def test_each_deed_runs(at_noon: time_machine.Traveller, sergey: User, signed_in: Browser) -> None:
    browser, ticket = signed_in(sergey), opened(sergey)

    def do(deed: str, **said: object) -> Ticket:
        page = browser.post("/tickets/bulk/", {"numbers": ticket.number, "deed": deed, "go": "1", **said})
        assert "Готово: 1, отказано: 0" in page.content.decode(), deed
        ticket.refresh_from_db()
        return ticket

    assert do("take").assignee == sergey
    assert do("release").assignee is None
    assert do("give", person=sergey.pk).assignee == sergey
    assert do("priority", priority="1").priority == 1
    assert do("move", status="postponed", until="2026-03-05T09:00").status == "postponed"
    assert do("note", text="Общая авария").history.filter(kind="commented").count() == 1
    assert do("hand_over", desk="dispatch").desk == "dispatch"


def test_what_is_missing_is_asked_for_and_nothing_is_lost(sergey: User, signed_in: Browser) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    for deed, said in (
        ("give", {"person": "0", "text": "тебе"}),
        ("hand_over", {"desk": "masters", "text": "туда"}),
        ("note", {"text": " "}),
        ("move", {"status": "resolved"}),
        ("priority", {"priority": "7"}),
        ("move", {"status": "postponed", "until": "завтра"}),
    ):
        reply = browser.post("/tickets/bulk/", {"numbers": ticket.number, "deed": deed, "go": "1", **said})
        page = reply.content.decode()
        assert reply.status_code == 422, deed
        assert f'value="{ticket.number}"' in page
        assert said.get("text", "").strip() in page
    assert browser.post("/tickets/bulk/", {"numbers": ticket.number, "deed": "drop"}).status_code == 200
    assert browser.post("/tickets/bulk/", {"numbers": "", "deed": "take"}).status_code == 302
    assert ticket.history.count() == 1


def test_all_that_match_in_portions(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    for n in range(5):
        opened(sergey, subject=f"Гроза {n}")
    other = opened(sergey, desk="dispatch")
    browser = signed_in(sergey)
    page = browser.post("/tickets/bulk/", {"all": "1", "query": "assignee=none", "deed": "take"}).content.decode()
    passed = []
    while 'id="more"' in page:
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.split('id="more"')[1]))
        fields.pop("csrfmiddlewaretoken", None)
        passed.append(re.search(r"(\d+ / \d+)</span>", page)[1])
        page = browser.post("/tickets/bulk/", fields, headers={"HX-Request": "true"}).content.decode()
    assert passed == ["2 / 5", "4 / 5"]
    assert "Готово: 5, отказано: 0" in page
    assert Ticket.objects.filter(assignee=sergey).count() == 5
    other.refresh_from_db()
    assert other.assignee is None


def test_two_people_close_the_same_queue(at_noon: time_machine.Traveller, sergey: User, dmitry: User) -> None:
    ticket = opened(sergey)
    actions.take(ticket=ticket, by=dmitry)
    (one,) = bulk.run(deed="take", numbers=[ticket.number], by=sergey, said={})
    assert "Дмитрий Лапин" in one.refusal
