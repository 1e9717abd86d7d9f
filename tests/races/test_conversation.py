"""Messages, replies, merges and ends of tickets at the very same moment: nothing is lost, nobody waits in a circle."""

from functools import partial

import pytest

from staff.models import User
from tests.races.together import errors, together
from tests.tickets.talk import home, opened, writes
from tickets import actions
from tickets.models import Ticket, TicketMessage

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_that_comes_while_the_ticket_closes_is_not_lost(sergey: User) -> None:
    house = home()
    for n in range(6):
        ticket = opened(sergey, house)
        actions.reply(ticket=ticket, text="Проверьте", by=sergey)
        outcomes = together(
            partial(actions.resolve, ticket=ticket, by=sergey),
            partial(writes, f"Не работает {n}", phone=house.phone(0)),
        )
        assert errors(outcomes) == []
        said = TicketMessage.objects.get(message__text=f"Не работает {n}")
        holder = Ticket.objects.get(pk=said.ticket_id)
        # Closed first: reopened by the message. Message first: closed over it, and it is there to be read.
        assert holder == ticket
        kinds = [event.kind for event in ticket.history.order_by("pk")]
        if kinds.index("resolved") < kinds.index("subscriber_wrote"):
            assert holder.status == "new" and "reopened" in kinds
        actions.resolve(ticket=ticket, by=sergey)


def test_two_replies_over_one_message_one_is_sent_and_the_other_asks(sergey: User, vera: User) -> None:
    house = home()
    for _ in range(4):
        ticket = opened(sergey, house)
        actions.reply(ticket=ticket, text="Здравствуйте", by=sergey)
        writes("Когда мастер?", phone=house.phone(0))
        ticket.refresh_from_db()
        seen = ticket.last_message_id
        outcomes = together(
            partial(actions.reply, ticket=ticket, text="В пять", by=sergey, seen=seen),
            partial(actions.reply, ticket=ticket, text="В шесть", by=vera, seen=seen),
        )
        refusals = errors(outcomes)
        assert [type(one) for one in refusals] == [actions.NewerMessage]
        assert ticket.messages.filter(pk__gt=seen).count() == 1
        actions.resolve(ticket=ticket, by=sergey)


def test_a_reply_while_the_ticket_is_merged_lands_on_one_of_them_and_is_seen(sergey: User, vera: User) -> None:
    house = home()
    for n in range(4):
        source, target = opened(sergey, house), opened(sergey, house)
        merge = partial(actions.merge, ticket=source, into=target, by=vera)
        outcomes = together(merge, partial(actions.reply, ticket=source, text=f"Ответ {n}", by=sergey))
        assert errors(outcomes) == []
        said = TicketMessage.objects.get(message__text=f"Ответ {n}")
        kinds = [event.kind for event in source.history.order_by("pk")]
        assert said.ticket == (source if "replied" in kinds else target)
        later = actions.reply(ticket=Ticket.objects.get(pk=source.pk), text="Ещё", by=sergey)
        assert later.ticket == target


def test_messages_of_somebody_new_make_one_ticket(sergey: User) -> None:
    phone = home().phone(1)
    texts = [f"Раз, два {n}" for n in range(4)]
    assert errors(together(*[partial(writes, text, phone=phone) for text in texts])) == []
    ticket = Ticket.objects.get()
    assert sorted(one.message.text for one in ticket.messages.all()) == texts


def test_replies_and_messages_crossing_never_wait_in_a_circle(sergey: User, vera: User) -> None:
    house = home()
    ticket = opened(sergey, house)
    actions.reply(ticket=ticket, text="Здравствуйте", by=sergey)
    deeds = [partial(actions.reply, ticket=ticket, text=f"Ответ {n}", by=vera) for n in range(3)]
    deeds += [partial(writes, f"Вопрос {n}", phone=house.phone(0)) for n in range(3)]
    deeds += [partial(actions.note, ticket=ticket, text=f"Заметка {n}", by=sergey) for n in range(2)]
    assert errors(together(*deeds)) == []
    assert ticket.messages.count() == 7
    ticket.refresh_from_db()
    newest = ticket.messages.last()
    assert ticket.last_message == newest
