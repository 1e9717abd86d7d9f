"""Whose work a ticket is: taken, given, taken over with a reason, given back, and brought back from who left."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.test import Client

from contactcenter.sweep import sweep
from staff.actions import set_presence
from staff.models import Role, User
from tests.races.together import errors, together
from tests.refusals import refused
from tests.tickets.test_story import opened
from tickets import actions

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def nikita(person: Callable[..., User]) -> User:
    return person("nikita", Role.SUPPORT, "Никита", "Орлов")


def test_given_to_a_colleague_with_a_word(
    at_noon: time_machine.Traveller, sergey: User, nikita: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    assert "Никита Орлов" in browser.get(f"/tickets/{ticket.number}/colleagues/").content.decode()
    browser.post(f"/tickets/{ticket.number}/give/", {"assignee": nikita.pk, "reason": "твой дом"})
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.status) == (nikita, "in_work")
    given = ticket.history.get(kind="given")
    assert given.data == {"assignee": nikita.pk, "old": None, "reason": "твой дом"}
    assert "твой дом" in signed_in(nikita).get(f"/tickets/{ticket.number}/").content.decode()


def test_a_ticket_is_given_only_within_its_desk(
    at_noon: time_machine.Traveller, sergey: User, dmitry: User, boris: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey), signed_in(sergey)
    for stranger in (dmitry.pk, boris.pk, 0, "", "сосед"):
        reply = browser.post(f"/tickets/{ticket.number}/give/", {"assignee": stranger})
        assert reply.status_code == 404, stranger
    with pytest.raises(actions.WrongPerson):
        actions.give(ticket=ticket, to=dmitry, by=sergey)
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_a_colleagues_work_is_taken_over_with_a_reason_not_given_away(
    at_noon: time_machine.Traveller,
    sergey: User,
    nikita: User,
    vera: User,
    person: Callable[..., User],
    signed_in: Browser,
) -> None:
    third = person("oleg", Role.SUPPORT, "Олег", "Рудин")
    ticket, path = opened(sergey), ""
    path = f"/tickets/{ticket.number}/"
    actions.take(ticket=ticket, by=sergey)
    other = signed_in(nikita)
    assert "перехватите" in refused(other, f"{path}give/", {"assignee": third.pk})
    assert "перехватите" in refused(other, f"{path}release/")
    assert refused(other, f"{path}take-over/", {"reason": "  "})
    other.post(f"{path}take-over/", {"reason": "Сергей заболел"})
    ticket.refresh_from_db()
    assert ticket.assignee == nikita
    assert ticket.history.get(kind="taken_over").data == {
        "assignee": nikita.pk,
        "old": sergey.pk,
        "reason": "Сергей заболел",
    }
    signed_in(vera).post(f"{path}give/", {"assignee": third.pk})  # the supervisor decides whose work it is
    ticket.refresh_from_db()
    assert ticket.assignee == third


def test_another_desk_does_not_take_over(
    at_noon: time_machine.Traveller, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    ticket = opened(sergey)
    actions.take(ticket=ticket, by=sergey)
    assert refused(signed_in(dmitry), f"/tickets/{ticket.number}/take-over/", {"reason": "мне нужнее"})


def test_given_back_to_the_desk(at_noon: time_machine.Traveller, sergey: User, signed_in: Browser) -> None:
    ticket = opened(sergey)
    actions.take(ticket=ticket, by=sergey)
    signed_in(sergey).post(f"/tickets/{ticket.number}/release/")
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.status) == (None, "new")
    signed_in(sergey).post(f"/tickets/{ticket.number}/release/")  # pressed twice
    assert ticket.history.filter(kind="released").count() == 1


def test_work_of_who_goes_away_returns_after_the_desks_minutes(
    at_noon: time_machine.Traveller, sergey: User, nikita: User
) -> None:
    left, waiting, others = opened(sergey), opened(sergey), opened(sergey)
    for ticket in (left, waiting):
        actions.take(ticket=ticket, by=sergey)
    actions.take(ticket=others, by=nikita)
    actions.set_status(ticket=waiting, status="waiting", by=sergey)
    set_presence(user=sergey, state="ready", by=sergey)
    set_presence(user=nikita, state="ready", by=nikita)
    set_presence(user=sergey, state="away", by=sergey)
    at_noon.shift(timedelta(minutes=29))
    sweep()
    left.refresh_from_db()
    assert left.assignee == sergey
    at_noon.shift(timedelta(minutes=2))
    sweep()
    for ticket in (left, waiting, others):
        ticket.refresh_from_db()
    assert (left.assignee, left.status) == (None, "new")
    assert left.history.get(kind="released").by_system == "sweep"
    assert waiting.assignee == sergey  # nothing is to be done on it now
    assert others.assignee == nikita
    sweep()
    assert left.history.filter(kind="released").count() == 1


def test_who_signs_out_is_away_and_who_is_let_go_leaves_his_work_at_once(
    at_noon: time_machine.Traveller, sergey: User, nikita: User, signed_in: Browser
) -> None:
    hers, his = opened(sergey), opened(sergey)
    actions.take(ticket=hers, by=sergey)
    actions.take(ticket=his, by=nikita)
    set_presence(user=sergey, state="ready", by=sergey)
    signed_in(sergey).post("/logout/")
    sergey.presence.refresh_from_db()
    assert sergey.presence.state == "away"
    nikita.is_active = False
    nikita.save()
    sweep()
    for ticket in (hers, his):
        ticket.refresh_from_db()
    assert (hers.assignee, his.assignee) == (sergey, None)


@pytest.mark.django_db(transaction=True)
def test_taken_over_by_two_at_once_it_has_one_owner_and_true_history(
    sergey: User, nikita: User, person: Callable[..., User], signed_in: Browser
) -> None:
    third = person("oleg", Role.SUPPORT, "Олег", "Рудин")
    for _ in range(3):
        ticket = opened(sergey)
        actions.take(ticket=ticket, by=sergey)
        deeds = [partial(actions.take_over, ticket=ticket, by=who, reason="срочно") for who in (nikita, third)]
        assert errors(together(*deeds)) == []
        ticket.refresh_from_db()
        first, second = ticket.history.filter(kind="taken_over").order_by("pk")
        assert first.data["old"] == sergey.pk
        assert second.data["old"] == first.data["assignee"]
        assert ticket.assignee_id == second.data["assignee"]


@pytest.mark.django_db(transaction=True)
def test_given_back_while_a_colleague_takes_it_over_it_is_never_lost(
    sergey: User, nikita: User, signed_in: Browser
) -> None:
    for _ in range(5):
        ticket = opened(sergey)
        actions.take(ticket=ticket, by=sergey)
        outcomes = together(
            partial(actions.release, ticket=ticket, by=sergey),
            partial(actions.take_over, ticket=ticket, by=nikita, reason="срочно"),
        )
        ticket.refresh_from_db()
        assert all(isinstance(error, actions.NotYours) for error in errors(outcomes)), outcomes
        assert ticket.assignee == nikita
        assert ticket.status == "in_work"
