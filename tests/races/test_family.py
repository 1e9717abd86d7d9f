"""Merges, undoings and common answers at the very same moment: no circle, no double answer, nobody waits for ever."""

from functools import partial

import pytest

from common.errors import DomainError
from messaging.models import Message
from staff.models import User
from tests.races.together import errors, together
from tests.tickets.talk import home, opened
from tickets import actions
from tickets.models import CommonAnswer, Merge, Ticket, TicketMessage

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_two_merges_in_opposite_directions_make_no_circle(sergey: User, vera: User) -> None:
    house = home()
    for _ in range(5):
        one, other = opened(sergey, house), opened(sergey, house)
        outcomes = together(
            partial(actions.merge, ticket=one, into=other, by=sergey),
            partial(actions.merge, ticket=other, into=one, by=vera),
        )
        refused = errors(outcomes)
        assert [type(error) for error in refused] == [actions.CannotMerge]
        assert {fresh(one).merged_into_id, fresh(other).merged_into_id} in ({other.pk, None}, {one.pk, None})


def test_a_ring_of_merges_leaves_one_end(sergey: User) -> None:
    house = home()
    for _ in range(3):
        ring = [opened(sergey, house) for _ in range(4)]
        outcomes = together(
            *[partial(actions.merge, ticket=ring[n], into=ring[(n + 1) % 4], by=sergey) for n in range(4)]
        )
        assert len(errors(outcomes)) == 1
        assert sum(fresh(one).merged_into_id is None for one in ring) == 1


def test_undoing_while_replying_and_while_resolving(sergey: User, vera: User) -> None:
    house = home()
    for n in range(4):
        source, target = opened(sergey, house), opened(sergey, house)
        actions.merge(ticket=source, into=target, by=sergey)
        outcomes = together(
            partial(actions.undo_merge, ticket=source, by=vera),
            partial(actions.reply, ticket=source, text=f"Ответ {n}", by=sergey),
            partial(actions.resolve, ticket=target, by=vera),
        )
        assert errors(outcomes) == []
        assert fresh(source).merged_into is None
        assert fresh(source).status == "new"
        assert TicketMessage.objects.filter(message__text=f"Ответ {n}").count() == 1


def test_undone_by_two_it_is_undone_once(sergey: User, vera: User) -> None:
    house = home()
    source, target = opened(sergey, house), opened(sergey, house)
    actions.merge(ticket=source, into=target, by=sergey)
    outcomes = together(*[partial(actions.undo_merge, ticket=source, by=who) for who in (sergey, vera, sergey)])
    assert [type(error) for error in errors(outcomes)] == [actions.CannotUndoMerge] * 2
    assert Merge.objects.filter(undone_at=None).count() == 0
    assert source.history.filter(kind="unmerged").count() == 1


def test_a_cause_does_not_close_over_a_ticket_put_in_meanwhile(sergey: User, vera: User) -> None:
    house = home()
    for _ in range(6):
        cause, child = opened(sergey, house), opened(sergey, house)
        outcomes = together(
            partial(actions.resolve, ticket=cause, by=sergey),
            partial(actions.attach, ticket=child, to=cause, by=vera),
        )
        assert len(errors(outcomes)) == 1, outcomes
        assert isinstance(errors(outcomes)[0], DomainError)
        assert (fresh(cause).status == "resolved") == (fresh(child).parent is None)


def test_two_workers_give_each_answer_once(sergey: User) -> None:
    house = home()
    cause = actions.open_ticket(desk="support", subject="Авария", channel="phone", by=sergey)
    inside = [opened(sergey, house) for _ in range(8)]
    for one in inside:
        actions.attach(ticket=one, to=cause, by=sergey)
    actions.answer_children(ticket=cause, text="Готово", code="solved", by=sergey)
    outcomes = together(*[actions.give_answers for _ in range(3)])
    assert errors(outcomes) == []
    assert sum(outcomes) == 8
    actions.give_answers()  # whoever ended before the last line was done left the end to the next pass
    assert Message.objects.filter(direction="out").count() == 8
    assert CommonAnswer.objects.get().ended_at
    assert fresh(cause).status == "resolved"
    assert cause.history.filter(kind="resolved").count() == 1
