"""Two tickets about one thing become one; a wrong merge is undone within an hour and leaves nothing behind."""

import contextlib
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import clock
from dispatch import actions as dispatch
from dispatch.receivers import VisitUnderWay
from staff.models import User
from tests.incidents.test_spike_to_visit import on_shift
from tests.tickets.talk import home, opened, writes
from tests.tickets.test_api import Caller
from tickets import actions
from tickets.models import Merge, Ticket, TicketClock

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_a_repeated_call_is_merged_and_read_in_one_place(
    at_noon: time_machine.Traveller, sergey: User, vera: User, signed_in: Browser
) -> None:
    house = home()
    first, second = opened(sergey, house), opened(sergey, house, subject="Опять нет интернета")
    actions.take(ticket=second, by=sergey)
    actions.comment(ticket=second, text="Обещал перезвонить", by=sergey)
    browser = signed_in(sergey)
    page = browser.get(f"/tickets/{second.number}/merge/").content.decode()
    assert first.number in page, "the same subscriber's open ticket is offered"
    reply = browser.post(f"/tickets/{second.number}/merge/", {"into": f"№ {int(first.number)}"})
    assert (reply.status_code, reply["Location"]) == (302, first.get_absolute_url())
    page = browser.get(first.get_absolute_url()).content.decode()
    assert "Обещал перезвонить" in page and "Из объединённой заявки" in page
    assert "Объединена сюда" in page and "merge/undo/" in page
    there = browser.get(second.get_absolute_url()).content.decode()
    assert f"Объединена: перейти к № {first.number}" in there
    assert 'data-key="F2"' not in there, "nobody works on a merged ticket"
    assert fresh(second).resolution_code.code == "merged"  # type: ignore[union-attr]
    # Undone from the page of the ticket that took it in.
    at_noon.shift(timedelta(minutes=59))
    reply = browser.post(
        f"/tickets/{second.number}/merge/undo/", {"here": first.number}, headers={"HX-Request": "true"}
    )
    assert "Обещал перезвонить" not in reply.content.decode()
    again = fresh(second)
    assert (again.status, again.assignee, again.merged_into, again.resolution_code) == ("in_work", sergey, None, None)
    assert [one.kind for one in second.history.order_by("pk")][-2:] == ["merged", "unmerged"]
    assert [one.kind for one in first.history.order_by("pk")][-2:] == ["took_in", "parted"]
    history = browser.get(f"/tickets/{first.number}/history/").content.decode()
    assert "сюда объединена другая заявка" in history and second.number in history


def test_two_subscribers_tickets_are_asked_about(sergey: User, signed_in: Browser) -> None:
    house = home()
    one, other = opened(sergey, house), opened(sergey, house, subscriber=house.subscribers[1])
    browser = signed_in(sergey)
    page = browser.post(f"/tickets/{one.number}/merge/", {"into": other.number})
    assert page.status_code == 422
    words = page.content.decode()
    assert "Это заявки двух абонентов" in words and f'value="{other.number}"' in words and 'type="checkbox"' in words
    assert fresh(one).merged_into is None
    assert browser.post(f"/tickets/{one.number}/merge/", {"into": other.number, "sure": "on"}).status_code == 302
    assert fresh(one).merged_into == other


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("itself", "с самой собой"),
        ("resolved", "решена: откройте её снова"),
        ("parent", "сначала решите их или уберите"),
        ("nothing", "Такой заявки нет"),
        ("hidden", "Такой заявки нет"),
        ("round", "с самой собой"),
    ],
)
def test_what_cannot_be_merged_is_said_beside_the_field(
    case: str, words: str, sergey: User, anna: User, signed_in: Browser
) -> None:
    house = home()
    one, other = opened(sergey, house), opened(sergey, house)
    into = other.number
    if case == "itself":
        into = one.number
    elif case == "resolved":
        actions.resolve(ticket=other, by=sergey)
    elif case == "parent":
        actions.attach(ticket=opened(sergey, house), to=one, by=sergey)
    elif case == "nothing":
        into = "999999"
    elif case == "hidden":
        into = opened(anna, house, desk="finance").number
    elif case == "round":
        actions.merge(ticket=other, into=one, by=sergey)
    before = fresh(one).changed_at
    page = signed_in(sergey).post(f"/tickets/{one.number}/merge/", {"into": into})
    assert page.status_code == 422
    assert words.lower() in page.content.decode().lower()
    assert f'value="{into}"' in page.content.decode(), "what was typed is kept"
    assert (fresh(one).merged_into, fresh(one).changed_at) == (None, before)


def test_a_visit_under_way_refuses_the_merge(
    at_noon: time_machine.Traveller, sergey: User, dmitry: User, maxim: User
) -> None:
    house = home()
    one, other = opened(sergey, house), opened(sergey, house)
    dispatch.book(ticket=one, start=clock.now() + timedelta(hours=1), by=dmitry, master=on_shift(maxim))
    with pytest.raises(VisitUnderWay):
        actions.merge(ticket=one, into=other, by=sergey)
    assert fresh(one).status == "visit"


def asked_on(ticket: Ticket, phone: str) -> Ticket:
    """The subscriber was answered on this ticket, and asks again."""
    actions.reply(ticket=ticket, text="Здравствуйте", by=ticket.opened_by)
    writes("Когда мастер?", phone=phone)
    assert fresh(ticket).awaits_reply_since
    return fresh(ticket)


def test_words_for_the_merged_ticket_come_to_the_other_one(at_noon: time_machine.Traveller, sergey: User) -> None:
    house = home()
    target, source = opened(sergey, house), asked_on(opened(sergey, house), house.phone(0))
    at_noon.shift(timedelta(minutes=7))
    actions.merge(ticket=source, into=target, by=sergey)
    target = fresh(target)
    assert target.awaits_reply_since == source.awaits_reply_since, "he has waited since he asked, not since the merge"
    assert target.conversation == source.conversation
    assert TicketClock.objects.get(ticket=target, kind="next").started_at == source.awaits_reply_since
    later = writes("Ау!", phone=house.phone(0))
    assert target.messages.filter(message=later).exists()
    said = actions.reply(ticket=source, text="Едет", by=sergey)
    assert said.ticket == target
    assert fresh(target).awaits_reply_since is None


def test_undone_the_inheritance_goes_back(sergey: User) -> None:
    house = home()
    target, source = opened(sergey, house), asked_on(opened(sergey, house), house.phone(0))
    actions.merge(ticket=source, into=target, by=sergey)
    actions.undo_merge(ticket=source, by=sergey)
    target, back = fresh(target), fresh(source)
    assert (target.awaits_reply_since, target.conversation) == (None, None)
    assert not TicketClock.objects.filter(ticket=target, kind="next").exists()
    assert (back.status, back.awaits_reply_since) == (source.status, source.awaits_reply_since)
    clocks = {one.kind: one.met_at for one in TicketClock.objects.filter(ticket=back)}
    assert clocks["resolution"] is None, "a merge that was undone never stopped a clock"


def test_a_resolved_ticket_comes_back_resolved(sergey: User, at_noon: time_machine.Traveller) -> None:
    house = home()
    target, source = opened(sergey, house), opened(sergey, house)
    actions.resolve(ticket=source, by=sergey, text="Перезагрузили", code="solved")
    was = fresh(source)
    at_noon.shift(timedelta(minutes=5))
    actions.merge(ticket=source, into=target, by=sergey)
    actions.undo_merge(ticket=source, by=sergey)
    back = fresh(source)
    assert (back.status, back.resolved_at, back.resolution_code) == ("resolved", was.resolved_at, was.resolution_code)
    met = TicketClock.objects.get(ticket=back, kind="resolution").met_at
    assert met == was.resolved_at


def test_after_an_hour_and_after_another_hand_there_is_nothing_to_undo(
    at_noon: time_machine.Traveller, sergey: User, vera: User, signed_in: Browser
) -> None:
    house = home()
    target, source = opened(sergey, house), opened(sergey, house)
    actions.merge(ticket=source, into=target, by=sergey)
    actions.undo_merge(ticket=source, by=vera)
    with pytest.raises(actions.CannotUndoMerge):
        actions.undo_merge(ticket=source, by=sergey)
    actions.merge(ticket=source, into=target, by=sergey)
    at_noon.shift(timedelta(minutes=61))
    page = signed_in(sergey).get(target.get_absolute_url()).content.decode()
    assert "merge/undo/" not in page
    with pytest.raises(actions.CannotUndoMerge):
        actions.undo_merge(ticket=source, by=sergey)


def test_nobody_merges_what_he_does_not_see(sergey: User, anna: User, maxim: User, signed_in: Browser) -> None:
    house = home()
    theirs, ours = opened(anna, house, desk="finance"), opened(sergey, house)
    assert signed_in(sergey).post(f"/tickets/{theirs.number}/merge/", {"into": ours.number}).status_code == 404
    assert signed_in(maxim).post(f"/tickets/{ours.number}/merge/", {"into": ours.number}).status_code == 403
    assert signed_in(sergey).get(f"/tickets/{ours.number}/merge/undo/").status_code == 405
    assert not Merge.objects.exists()


def test_the_database_refuses_two_living_merges_of_one_ticket(sergey: User) -> None:
    house = home()
    one, two, three = (opened(sergey, house) for _ in range(3))
    actions.merge(ticket=one, into=two, by=sergey)
    for facts in ({"source": one, "target": three}, {"source": two, "target": two}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Merge.objects.create(by=sergey, **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.filter(source=one).update(undone_at=clock.now())


def test_merged_and_undone_over_rest(sergey: User) -> None:
    house, api = home(), Caller(sergey)
    target, source = opened(sergey, house), opened(sergey, house, subscriber=house.subscribers[1])
    refused = api.send("post", f"{source.number}/merge/", {"into": target.number})
    assert (refused.status_code, refused.json()["code"]) == (409, "other_subscriber")
    assert api.send("post", f"{source.number}/merge/", {"into": "000"}).json()["fields"].keys() == {"into"}
    done = api.send("post", f"{source.number}/merge/", {"into": target.number, "sure": True})
    assert done.json()["number"] == target.number
    back = api.send("post", f"{source.number}/undo-merge/", {})
    assert (back.json()["number"], back.json()["merged_into"]) == (source.number, None)


def test_merged_in_bulk_and_undone(sergey: User, signed_in: Browser) -> None:
    house, browser = home(), signed_in(sergey)
    target, *rest = (opened(sergey, house) for _ in range(4))
    said = {"numbers": ",".join(one.number for one in [target, *rest]), "deed": "merge", "go": "1"}
    page = browser.post("/tickets/bulk/", {**said, "into": "1"})
    assert (page.status_code, "Такой заявки нет" in page.content.decode()) == (422, True)
    page = browser.post("/tickets/bulk/", {**said, "into": target.number}).content.decode()
    assert "Готово: 3, отказано: 1" in page
    done = re.search(r'name="numbers" value="([^"]*)"><input type="hidden" name="deed" value="undo_merge"', page)
    assert done
    browser.post("/tickets/bulk/", {"numbers": done[1], "deed": "undo_merge", "go": "1"})
    assert not Ticket.objects.exclude(merged_into=None).exists()


DEEDS = st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 3)), max_size=12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_whatever_is_merged_and_undone_the_pointers_are_a_forest(
    sergey: User, deeds: list[tuple[bool, int, int]]
) -> None:
    family = [actions.open_ticket(desk="support", subject=f"{n}", channel="phone", by=sergey) for n in range(4)]
    for is_merge, one, other in deeds:
        with contextlib.suppress(actions.CannotMerge, actions.CannotUndoMerge):
            if is_merge:
                actions.merge(ticket=family[one], into=family[other], by=sergey)
            else:
                actions.undo_merge(ticket=family[one], by=sergey)
    pointers = dict(Ticket.objects.filter(pk__in=[one.pk for one in family]).values_list("pk", "merged_into"))
    for ticket in family:
        steps = 0
        at = ticket.pk
        while pointers[at]:
            at, steps = pointers[at], steps + 1
            assert steps < 4, "a circle"
        living = Merge.objects.filter(source=ticket, undone_at=None).values_list("target", flat=True)
        assert list(living) == [one for one in [pointers[ticket.pk]] if one]
        assert (fresh(ticket).status == "resolved") == (pointers[ticket.pk] is not None)
