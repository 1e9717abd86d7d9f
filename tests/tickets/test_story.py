"""A ticket's way through the desks, as people do it in their browsers."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.test import Client

from calls.models import OpenTicketNote
from contacts.models import Topic
from dispatch import actions as dispatch
from staff.models import Role, User
from tests.conftest import NOW
from tests.factories.town import house
from tests.incidents.test_spike_to_visit import on_shift
from tests.races.together import errors, together
from tests.refusals import refused
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def opened(by: User, desk: str = "support", subject: str = "Нет интернета") -> Ticket:
    home = house(str(30 + Ticket.objects.count()))
    return actions.open_ticket(desk=desk, subject=subject, channel="phone", by=by, subscriber=home.subscribers[0])


def test_taken_noted_handed_over_resolved_reopened(
    at_noon: time_machine.Traveller, olga: User, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    ticket, support, dispatcher = opened(olga), signed_in(sergey), signed_in(dmitry)
    path = f"/tickets/{ticket.number}/"
    at_noon.shift(timedelta(minutes=4))
    assert support.post(f"{path}take/").headers["Location"] == path
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.status) == (sergey, "in_work")
    assert ticket.first_response_at == NOW + timedelta(minutes=4)

    support.post(f"{path}comment/", {"text": " Порт мигает "})
    support.post(f"{path}hand-over/", {"desk": "dispatch", "reason": "нужен мастер"})
    ticket.refresh_from_db()
    assert (ticket.desk, ticket.assignee, ticket.status) == ("dispatch", None, "new")

    dispatcher.post(f"{path}take/")
    dispatcher.post(f"{path}resolve/", {"text": "Заменили разъём"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolution, ticket.resolved_at) == ("resolved", "Заменили разъём", NOW + _minutes(4))

    dispatcher.post(f"{path}reopen/", {"text": "звонит снова"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee, ticket.resolved_at) == ("new", None, None)

    told = [(event.kind, event.by_user) for event in ticket.history.all()]
    assert told == [
        ("opened", olga),
        ("taken", sergey),
        ("commented", sergey),
        ("handed_over", sergey),
        ("taken", dmitry),
        ("resolved", dmitry),
        ("reopened", dmitry),
    ]
    page = support.get(path).content.decode()
    for words in ("Ольга Белова", "Сергей Титов", "Порт мигает", "нужен мастер", "Заменили разъём", "звонит снова"):
        assert words in page


def _minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


def test_who_comes_second_reads_who_was_first(
    at_noon: time_machine.Traveller, sergey: User, person: Callable[..., User], signed_in: Browser
) -> None:
    nikita = person("nikita", Role.SUPPORT, "Никита", "Орлов")
    ticket = opened(sergey)
    signed_in(sergey).post(f"/tickets/{ticket.number}/take/")
    assert "Сергей Титов" in refused(signed_in(nikita), f"/tickets/{ticket.number}/take/")
    assert signed_in(sergey).post(f"/tickets/{ticket.number}/take/").status_code == 302  # his own again is no news
    assert ticket.history.filter(kind="taken").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_press_at_once_and_one_has_it(sergey: User, person: Callable[..., User], signed_in: Browser) -> None:
    nikita = person("nikita", Role.SUPPORT, "Никита", "Орлов")
    browsers = [signed_in(sergey), signed_in(nikita)]
    for _ in range(3):
        ticket = opened(sergey)
        path = f"/tickets/{ticket.number}/take/"
        replies = together(*[partial(one.post, path, headers={"HX-Request": "true"}) for one in browsers])
        assert errors(replies) == []
        assert sorted(reply.status_code for reply in replies) == [200, 422]
        ticket.refresh_from_db()
        winner = sergey if replies[0].status_code == 200 else nikita
        assert ticket.assignee == winner
        assert ticket.history.filter(kind="taken").count() == 1


def test_a_ticket_does_not_close_over_a_visit_under_way(
    at_noon: time_machine.Traveller, sergey: User, dmitry: User, maxim: User, signed_in: Browser
) -> None:
    master, ticket = on_shift(maxim), opened(sergey)
    visit = dispatch.book(ticket=ticket, start=NOW + timedelta(hours=1), by=dmitry, master=master)
    browser, path = signed_in(sergey), f"/tickets/{ticket.number}/resolve/"
    assert refused(browser, path, {"text": "готово"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolution) == ("visit", "")
    assert not ticket.history.filter(kind="resolved").exists()
    dispatch.cancel(visit=visit, by=dmitry, why="починили удалённо")
    assert browser.post(path, {"text": "готово"}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == "resolved"


def test_what_cannot_be_done_is_refused_and_leaves_no_trace(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    for deed, data in (
        ("comment/", {"text": "  "}),
        ("hand-over/", {"desk": "support"}),
        ("hand-over/", {"desk": "masters"}),
        ("hand-over/", {}),
        ("move/", {"status": "resolved"}),
        ("move/", {"status": "lost"}),
        ("reopen/", {"text": "рано"}),
    ):
        assert refused(browser, path + deed, data), deed
    assert [event.kind for event in ticket.history.all()] == ["opened"]
    actions.resolve(ticket=ticket, by=sergey)
    for deed, data in (("take/", {}), ("hand-over/", {"desk": "dispatch"}), ("move/", {"status": "waiting"})):
        assert refused(browser, path + deed, data), deed


def test_a_ticket_waits_and_goes_on(at_noon: time_machine.Traveller, sergey: User, signed_in: Browser) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    for status in ("waiting", "waiting", "in_work"):
        browser.post(f"/tickets/{ticket.number}/move/", {"status": status})
    ticket.refresh_from_db()
    assert ticket.status == "in_work"
    moves = [(event.data["old"], event.data["new"]) for event in ticket.history.filter(kind="moved")]
    assert moves == [("new", "waiting"), ("waiting", "in_work")]


def test_each_sees_his_desks_tickets_and_the_rest_does_not_exist(
    olga: User, sergey: User, dmitry: User, anna: User, vera: User, maxim: User, signed_in: Browser
) -> None:
    support, finance = opened(sergey), opened(vera, desk="finance", subject="Двойное списание")
    his_own = opened(olga, subject="Открыла Ольга")
    seen = {
        olga: (404, 404, 200),
        sergey: (200, 404, 200),
        dmitry: (200, 404, 200),
        anna: (404, 200, 404),
        vera: (200, 200, 200),
        maxim: (403, 403, 403),
    }
    for user, verdicts in seen.items():
        browser = signed_in(user)
        tickets = (support, finance, his_own)
        assert tuple(browser.get(f"/tickets/{one.number}/").status_code for one in tickets) == verdicts, user
        hidden = [one for one, verdict in zip(tickets, verdicts, strict=True) if verdict != 200]
        for one in hidden:
            assert browser.post(f"/tickets/{one.number}/take/").status_code in {403, 404}
            assert browser.post(f"/tickets/{one.number}/resolve/").status_code in {403, 404}
    assert not Ticket.objects.exclude(status="new").exists()


def test_handing_over_to_finance_lets_go_of_it(
    at_noon: time_machine.Traveller, sergey: User, anna: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    reply = browser.post(f"/tickets/{ticket.number}/hand-over/", {"desk": "finance", "reason": "спор о счёте"})
    assert reply.headers["Location"] == "/tickets/"
    ticket.refresh_from_db()
    assert (ticket.desk, ticket.assignee) == ("finance", None)
    assert signed_in(anna).get(f"/tickets/{ticket.number}/").status_code == 200


def test_the_board_shows_the_desks_mine_and_nobodys(
    at_noon: time_machine.Traveller, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    mine, free = opened(sergey, subject="Моя заявка"), opened(sergey, subject="Ничья заявка")
    done, far = opened(sergey, subject="Готовая заявка"), opened(dmitry, desk="dispatch", subject="Чужая заявка")
    actions.take(ticket=mine, by=sergey)
    actions.resolve(ticket=done, by=sergey)
    browser = signed_in(sergey)

    def listed(**asked: str) -> set[Ticket]:
        return {
            one for one in (mine, free, done, far) if one.subject in browser.get("/tickets/", asked).content.decode()
        }

    assert listed() == {mine, free}
    assert listed(view="mine") == {mine}
    assert listed(view="free") == {free}
    assert listed(view="resolved") == {done}
    assert listed(desk="dispatch") == {far}
    assert listed(q=far.number) == {far}


def test_changed_to_what_it_is_really_about_and_whose_it_is(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    neighbour = house("99").subscribers[0]
    mistaken, path = ticket.subscriber, f"/tickets/{ticket.number}/edit/"
    topic = Topic.objects.get(code="no_tv")
    said = {"subject": " Не работает ТВ ", "topic": topic.pk, "priority": 1, "account": neighbour.account}
    wrong = browser.post(path, {**said, "account": "000", "subject": " "})
    assert wrong.status_code == 422
    assert 'value="000"' in wrong.content.decode()
    assert browser.post(path, said).headers["Location"] == f"/tickets/{ticket.number}/"
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.topic, ticket.priority) == ("Не работает ТВ", topic, 1)
    assert (ticket.subscriber, ticket.building) == (neighbour, neighbour.premise.building)
    assert dict(OpenTicketNote.objects.values_list("subscriber", "number")) == {neighbour.pk: ticket.number}
    assert mistaken
    assert browser.get(path).status_code == 200
    browser.post(path, {**said, "account": ""})  # a slip takes nobody's ticket away
    ticket.refresh_from_db()
    assert ticket.subscriber == neighbour
    assert ticket.history.filter(kind="edited").count() == 1
