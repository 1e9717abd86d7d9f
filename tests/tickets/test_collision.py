"""Two people on one ticket see each other."""

import html
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from staff.models import User
from tests.architecture.test_query_counts import cost
from tests.tickets.talk import home, opened
from tickets import actions
from tickets.models import TicketViewer

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def test_who_is_here_and_who_types_until_he_leaves_or_falls_silent(
    at_noon: time_machine.Traveller, sergey: User, vera: User, dmitry: User, signed_in: Browser
) -> None:
    ticket = opened(sergey, home())
    his, hers, third = (signed_in(one) for one in (sergey, vera, dmitry))
    path = f"/tickets/{ticket.number}/presence/"

    def seen(by: Client) -> str:
        return html.unescape(by.get(path).content.decode())

    his.post(path)
    assert "Сергей Титов тоже здесь" in seen(hers) and "Сергей" not in seen(his)
    his.post(path, {"typing": "reply"})
    assert "Сергей Титов пишет ответ" in seen(hers)
    third.post(path, {"typing": "note"})
    assert "Дмитрий Лапин пишет заметку" in seen(hers)
    at_noon.shift(timedelta(seconds=15))
    assert "Сергей Титов тоже здесь" in seen(hers)  # he only paused
    his.post(f"/tickets/{ticket.number}/leave/")
    assert "Сергей" not in seen(hers) and "Дмитрий" in seen(hers)
    at_noon.shift(timedelta(seconds=60))
    assert "Дмитрий" not in seen(hers)
    actions.forget_viewers()
    assert not TicketViewer.objects.exists()


def test_the_heartbeat_is_cheap_and_odd_words_are_nothing(sergey: User, signed_in: Browser) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"/tickets/{ticket.number}/presence/"
    for typing in ("", "reply", "poem", "x" * 5000):
        assert browser.post(path, {"typing": typing}).status_code == 200
    assert TicketViewer.objects.get().typing == ""
    statements, _ = cost(browser, path)
    assert len([one for one in statements if "tickets_ticketviewer" in one]) == 1
    browser.post(path)
    assert TicketViewer.objects.count() == 1


def test_a_hint_is_sent_when_something_changes_and_not_with_every_heartbeat(
    at_noon: time_machine.Traveller, sergey: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, told = opened(sergey, home()), []
    monkeypatch.setattr("tickets.actions.presence.live.hint", lambda *topics: told.extend(topics))
    topic = f"viewers:{ticket.number}"
    for typing, expected in (("", 1), ("", 1), ("reply", 2), ("reply", 2), ("", 3)):
        at_noon.shift(timedelta(seconds=20))
        actions.see(ticket=ticket, by=sergey, typing=typing)
        assert told == [topic] * expected
    at_noon.shift(timedelta(minutes=5))  # his computer slept
    actions.see(ticket=ticket, by=sergey)
    assert told == [topic] * 4
    actions.leave(ticket=ticket, by=sergey)
    actions.leave(ticket=ticket, by=sergey)
    assert told == [topic] * 5
