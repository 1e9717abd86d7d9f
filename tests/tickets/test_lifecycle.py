"""States by each desk's rules: postponed, woken, resolved with a code, reopened or continued."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from contactcenter.sweep import sweep
from staff.actions import issue_api_key
from staff.models import User
from tests.conftest import NOW
from tests.refusals import refused
from tests.tickets.test_story import opened
from tickets import actions
from tickets.models import MOVES, DeskPolicy, ResolutionCode, Status, Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def test_postponed_until_a_moment_it_comes_back_by_itself(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    path = f"/tickets/{ticket.number}/move/"
    actions.take(ticket=ticket, by=sergey)
    for until in ("", "вчера", "2026-03-04T11:59", "2026-13-44T00:00"):  # local time: it is noon in Pushkin
        assert refused(browser, path, {"status": "postponed", "until": until}), until
    browser.post(path, {"status": "postponed", "until": "2026-03-04T14:30", "reason": "абонент на работе"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.wait_until) == ("postponed", NOW + timedelta(hours=2, minutes=30))
    at_noon.shift(timedelta(hours=2, minutes=29))
    sweep()
    ticket.refresh_from_db()
    assert ticket.status == "postponed"
    at_noon.shift(timedelta(minutes=1))
    sweep()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.wait_until, ticket.assignee) == ("in_work", None, sergey)
    assert [event.data["new"] for event in ticket.history.filter(kind="moved")] == ["postponed", "in_work"]


def test_another_moment_for_what_is_postponed_already(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    for until in ("2026-03-04T14:30", "2026-03-05T09:00"):
        browser.post(f"/tickets/{ticket.number}/move/", {"status": "postponed", "until": until})
    ticket.refresh_from_db()
    assert ticket.wait_until == NOW + timedelta(hours=21)
    assert ticket.history.filter(kind="moved").count() == 2


def test_resolved_with_a_code_of_the_desk(at_noon: time_machine.Traveller, sergey: User, signed_in: Browser) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    ResolutionCode.objects.create(code="refund", title_ru="Возврат", title_en="Refund", desks=["finance"])
    assert "Возврат" not in browser.get(path).content.decode()
    for code in ("refund", "merged", "выдумка"):
        assert refused(browser, f"{path}resolve/", {"text": "готово", "code": code}), code
    DeskPolicy.objects.filter(desk="support").update(needs_code=True)
    assert "чем закончилось" in refused(browser, f"{path}resolve/", {"text": "готово"})
    browser.post(f"{path}resolve/", {"text": "готово", "code": "solved"})
    ticket.refresh_from_db()
    assert ticket.resolution_code is not None
    assert (ticket.status, ticket.resolution_code.code) == ("resolved", "solved")
    browser.post(f"{path}reopen/", {"text": "снова"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolution_code, ticket.reopened_at) == ("new", None, NOW)


def test_a_ticket_with_open_children_stays_open(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    cause, child = opened(sergey), opened(sergey)
    Ticket.objects.filter(pk=child.pk).update(parent=cause)
    assert "входят в эту" in refused(signed_in(sergey), f"/tickets/{cause.number}/resolve/", {"text": "готово"})
    actions.resolve(ticket=child, by=sergey)
    assert actions.resolve(ticket=cause, by=sergey).is_resolved


def test_after_the_desks_days_a_linked_ticket_is_opened_instead(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    actions.resolve(ticket=ticket, by=sergey)
    at_noon.shift(timedelta(days=7))
    assert "reopen/" in signed_in(sergey).get(path).content.decode()
    at_noon.shift(timedelta(minutes=1))
    browser = signed_in(sergey)  # a week is longer than a session
    page = browser.get(path).content.decode()
    assert "reopen/" not in page
    assert "again/" in page
    assert "откройте новую" in refused(browser, f"{path}reopen/", {"text": "снова"})
    reply = browser.post(f"{path}again/", {"text": "снова нет сети"})
    new = Ticket.objects.exclude(pk=ticket.pk).get()
    assert reply.headers["Location"] == f"/tickets/{new.number}/"
    assert (new.continues, new.subscriber, new.desk, new.status) == (ticket, ticket.subscriber, "support", "new")
    shown = browser.get(f"/tickets/{new.number}/").content.decode()
    assert "снова нет сети" in shown
    assert ticket.number in shown


def test_the_subscriber_speaks_again_and_the_right_ticket_hears_it(
    at_noon: time_machine.Traveller, sergey: User
) -> None:
    waits, resolved, old = opened(sergey), opened(sergey), opened(sergey)
    actions.take(ticket=waits, by=sergey)
    actions.set_status(ticket=waits, status="waiting", by=sergey)
    assert actions.subscriber_wrote(ticket=waits).status == "in_work"
    actions.resolve(ticket=resolved, by=sergey)
    assert actions.subscriber_wrote(ticket=resolved) == resolved
    resolved.refresh_from_db()
    assert resolved.status == "new"
    actions.resolve(ticket=old, by=sergey)
    at_noon.shift(timedelta(days=30))
    new = actions.subscriber_wrote(ticket=old)
    assert (new.continues, new.status) == (old, "new")
    Ticket.objects.filter(pk=old.pk).update(merged_into=waits)
    old.refresh_from_db()
    assert actions.subscriber_wrote(ticket=old) == waits  # a merged ticket passes it on


def test_the_supervisor_forbids_a_move_and_the_desk_obeys(
    at_noon: time_machine.Traveller, vera: User, sergey: User, signed_in: Browser
) -> None:
    every = [f"{old}>{new}" for old, allowed in MOVES.items() for new in allowed]
    rules = {"reopening": "new", "reopen_days": 3, "return_after_min": "", "needs_code": "on"}
    kept = [move for move in every if move != "new>waiting"]
    reply = signed_in(vera).post("/settings/desks/support/", {**rules, "moves": kept})
    assert reply.status_code == 302
    policy = DeskPolicy.objects.get(desk="support")
    assert (policy.reopening, policy.reopen_days, policy.return_after_min, policy.needs_code) == ("new", 3, None, True)
    assert list(policy.moves) == ["new"]
    said = policy.history.get()
    assert said.by_user == vera
    assert said.data["reopen_days"] == [7, 3]
    ticket, browser = opened(sergey), signed_in(sergey)
    assert refused(browser, f"/tickets/{ticket.number}/move/", {"status": "waiting"})
    actions.take(ticket=ticket, by=sergey)  # what follows from a deed is not a choice
    browser.post(f"/tickets/{ticket.number}/move/", {"status": "waiting"})
    ticket.refresh_from_db()
    assert ticket.status == "waiting"
    other = opened(sergey, desk="dispatch")
    assert actions.set_status(ticket=other, status="waiting", by=sergey).status == "waiting"


def test_rules_that_would_trap_a_ticket_are_refused_and_nothing_typed_is_lost(vera: User, signed_in: Browser) -> None:
    trapped = [f"{old}>{new}" for old, allowed in MOVES.items() for new in allowed if old != "waiting"]
    data = {"reopening": "reopen", "reopen_days": 5, "moves": [*trapped, "waiting>new"]}
    reply = signed_in(vera).post("/settings/desks/support/", data)
    assert reply.status_code == 422
    words = reply.content.decode()
    assert "не будет выхода" in words
    assert 'value="5"' in words
    assert not DeskPolicy.objects.exclude(moves={}).exists()


def test_only_the_supervisor_sets_rules_and_finds_them_on_one_page(
    vera: User, larisa: User, sergey: User, signed_in: Browser
) -> None:
    assert "/settings/desks/" in signed_in(vera).get("/settings/").content.decode()
    assert "/settings/desks/" not in signed_in(larisa).get("/settings/").content.decode()
    assert signed_in(sergey).get("/settings/").status_code == 403
    assert signed_in(larisa).get("/settings/desks/support/").status_code == 403
    assert signed_in(vera).get("/settings/desks/masters/").status_code == 404


def test_the_database_itself_refuses_what_makes_no_sense(at_noon: time_machine.Traveller, sergey: User) -> None:
    ticket = opened(sergey)
    nonsense = [
        {"status": Status.POSTPONED},
        {"wait_until": NOW},
        {"merged_into": ticket},
        {"parent": ticket},
        {"continues": ticket},
        {"resolution_code": ResolutionCode.objects.get(code="solved")},
    ]
    for change in nonsense:
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.filter(pk=ticket.pk).update(**change)


def test_the_same_by_rest(at_noon: time_machine.Traveller, sergey: User) -> None:
    ticket, key = opened(sergey), issue_api_key(user=sergey, name="bot")
    rest, path = Client(headers={"Authorization": f"Token {key}"}), f"/api/v1/tickets/{ticket.number}/"

    def patch(**data: str) -> tuple[int, dict[str, object]]:
        reply = rest.patch(path, data, content_type="application/json")
        return reply.status_code, reply.json()

    code, said = patch(status="postponed")
    assert (code, said["code"]) == (422, "wrong_date")
    code, said = patch(status="postponed", wait_until="2026-03-05T09:00:00Z")
    assert (code, said["status"], said["wait_until"]) == (200, "postponed", "2026-03-05T09:00:00Z")
    code, said = patch(status="resolved", resolution="готово", resolution_code="solved")
    assert (code, said["resolution_code"]) == (200, "solved")
    at_noon.shift(timedelta(days=8))
    code, said = patch(status="new")
    assert (code, said["code"]) == (409, "too_late_to_reopen")
