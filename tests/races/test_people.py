"""Two people want the same thing at the same moment: one has it, the other reads why not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection, transaction

from common.errors import DomainError
from contacts.models import Contact, Topic
from dispatch import actions as dispatch
from dispatch.models import Visit
from firstline import actions as firstline
from staff.models import Role, User
from tests.conftest import NOW
from tests.factories.line import pbx
from tests.factories.town import house
from tests.incidents.test_spike_to_visit import on_shift
from tests.races.together import PATIENCE_S, errors, together, wait_until_one_waits_for_us
from tickets import actions as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def ticket(by: User, flat: int = 0) -> Ticket:
    home = house(str(20 + Ticket.objects.count()))
    who = home.subscribers[flat]
    return tickets.open_ticket(desk="support", subject="Нет интернета", channel="phone", by=by, subscriber=who)


@pytest.fixture
def rival(person: Callable[..., User]) -> User:
    return person("denis", Role.DISPATCHER, "Денис", "Фомин")


def test_one_slot_of_a_master_is_given_once(
    at_noon: time_machine.Traveller, maxim: User, dmitry: User, rival: User
) -> None:
    master = on_shift(maxim)
    for n in range(ROUNDS):
        start = NOW + timedelta(hours=1, minutes=90 * n)
        deeds = [
            lambda by=by, about=about, start=start: dispatch.book(
                ticket=about, start=start, by=by, master=master, length=timedelta(hours=1)
            )
            for by, about in ((dmitry, ticket(dmitry)), (rival, ticket(rival)))
        ]
        outcomes = together(*deeds)
        (refused,) = errors(outcomes)
        assert isinstance(refused, dispatch.SlotTaken), refused
        assert str(refused)
        assert Visit.objects.count() == n + 1


def test_two_visits_moved_onto_one_slot_leave_one_there(
    at_noon: time_machine.Traveller, maxim: User, pavel: User, dmitry: User, rival: User
) -> None:
    master, other = on_shift(maxim), on_shift(pavel)
    for n in range(3):
        free = NOW + timedelta(hours=1 + 2 * n)
        visits = [
            dispatch.book(
                ticket=ticket(dmitry),
                start=free + timedelta(hours=h),
                by=dmitry,
                master=other,
                length=timedelta(hours=1),
            )
            for h in (0, 1)
        ]
        deeds = [
            lambda visit=visit, by=by, free=free: dispatch.reschedule(visit=visit, master=master, start=free, by=by)
            for visit, by in zip(visits, (dmitry, rival), strict=True)
        ]
        (refused,) = errors(together(*deeds))
        assert isinstance(refused, dispatch.SlotTaken), refused
        assert Visit.objects.filter(master=master).count() == n + 1


def test_one_ticket_is_taken_by_one(at_noon: time_machine.Traveller, sergey: User, person: Callable[..., User]) -> None:
    nikita = person("nikita", Role.SUPPORT, "Никита", "Орлов")
    for _ in range(ROUNDS):
        one = ticket(sergey)
        outcomes = together(*[lambda by=by, one=one: tickets.take(ticket=one, by=by) for by in (sergey, nikita)])
        (refused,) = errors(outcomes)
        assert isinstance(refused, DomainError), refused
        assert refused.code == "already_taken"
        one.refresh_from_db()
        assert one.assignee is not None
        assert one.assignee.last_name in str(refused)
        assert one.history.filter(kind="taken").count() == 1


def test_a_call_handed_on_by_two_at_once_is_one_ticket(at_noon: time_machine.Traveller, olga: User, vera: User) -> None:
    home, line = house(), pbx()
    for n in range(ROUNDS):
        line.ring(home.phone(n))
        call = Contact.objects.latest("pk")
        topic = Topic.objects.get(code="no_internet")
        said = {"subject": "Нет связи", "note": "", "topic": topic, "values": {"what_fails": "всё"}}
        deed = partial(firstline.pass_on, contact=call, desk="support", **said)
        outcomes = together(*[partial(deed, by=by) for by in (olga, vera)])
        assert errors(outcomes) == []
        assert len({one.pk for one in outcomes}) == 1
        assert Ticket.objects.filter(contact=call).count() == 1


def test_a_visit_is_not_cancelled_under_a_master_who_has_just_arrived(
    at_noon: time_machine.Traveller, maxim: User, dmitry: User
) -> None:
    """The dispatcher's hand is already on the button when the master's step commits."""
    master = on_shift(maxim)
    visit = dispatch.book(ticket=ticket(dmitry), start=NOW + timedelta(hours=1), by=dmitry, master=master)
    dispatch.set_out(visit=visit, by=maxim)
    as_seen = Visit.objects.get()

    def cancel() -> object:
        try:
            return dispatch.cancel(visit=as_seen, by=dmitry, why="the subscriber called")
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            dispatch.arrive(visit=visit, by=maxim)
            late = pool.submit(cancel)
            wait_until_one_waits_for_us()
        assert isinstance(late.result(PATIENCE_S), dispatch.CannotMove)
    visit.refresh_from_db()
    assert (visit.state, visit.ended_at) == ("on_site", None)
    assert not visit.history.filter(kind="cancelled").exists()


def test_an_accepted_visit_that_is_cancelled_at_once_ends_cancelled(
    at_noon: time_machine.Traveller, maxim: User, dmitry: User
) -> None:
    master = on_shift(maxim)
    for _ in range(ROUNDS):
        visit = dispatch.book(ticket=ticket(dmitry), start=NOW + timedelta(hours=1), by=dmitry, master=master)
        accepted, cancelled = together(
            lambda visit=visit: dispatch.accept(visit=visit, by=maxim),
            lambda visit=visit: dispatch.cancel(visit=visit, by=dmitry, why="subscriber called"),
        )
        assert not isinstance(cancelled, Exception), cancelled
        if isinstance(accepted, Exception):
            assert isinstance(accepted, dispatch.CannotMove), accepted
        visit.refresh_from_db()
        assert visit.state == "cancelled"
        kinds = [event.kind for event in visit.history.order_by("pk")]
        assert kinds[-1] == "cancelled"
        assert ("accepted" in kinds) == (not isinstance(accepted, Exception))


def test_a_master_who_sets_out_while_another_is_given_the_visit_is_told(
    at_noon: time_machine.Traveller, maxim: User, pavel: User, dmitry: User
) -> None:
    mine, his = on_shift(maxim), on_shift(pavel)
    for n in range(3):
        start = NOW + timedelta(hours=1 + 2 * n)
        visit = dispatch.book(ticket=ticket(dmitry), start=start, by=dmitry, master=mine)
        left, moved = together(
            lambda visit=visit: dispatch.set_out(visit=visit, by=maxim),
            lambda visit=visit, start=start: dispatch.reschedule(visit=visit, master=his, start=start, by=dmitry),
        )
        assert not isinstance(moved, Exception), moved
        if isinstance(left, Exception):
            assert isinstance(left, dispatch.NotYours), left
        visit.refresh_from_db()
        assert (visit.state, visit.master) == ("scheduled", his)
