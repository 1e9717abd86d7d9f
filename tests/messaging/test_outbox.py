"""What we write to subscribers leaves once, in order, and survives whatever befalls its way."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from common import clock
from contactcenter.sweep import sweep
from messaging import actions, delivery, gateways
from messaging.models import FakeMessage, Message, State
from staff.models import User
from tests.factories.town import house

pytestmark = pytest.mark.django_db
OURS = "+79125551452"


def written(by: User, text: str = "Мастер будет в 14:00", **more: Any) -> Message:
    return actions.send(conversation=actions.conversation(channel="phone", address=OURS), text=text, by=by, **more)


def again(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def test_a_message_leaves_and_the_subscriber_has_it(at_noon: time_machine.Traveller, sergey: User) -> None:
    message = written(sergey)
    assert message.state == State.QUEUED
    assert actions.deliver_messages() == 1
    assert (again(message).state, again(message).attempts) == (State.SENT, 1)
    assert again(message).external_id.startswith("fake-")
    assert [(one.address, one.text) for one in FakeMessage.objects.all()] == [(OURS, "Мастер будет в 14:00")]
    assert actions.deliver_messages() == 0


def test_a_lost_nudge_is_found_by_the_sweep(at_noon: time_machine.Traveller, sergey: User) -> None:
    message = written(sergey)
    sweep()  # the workers have their chance first
    assert again(message).state == State.QUEUED
    at_noon.shift(31)
    sweep()
    assert again(message).state == State.SENT


def test_a_gateway_that_is_away_is_tried_again_and_the_order_is_kept(
    at_noon: time_machine.Traveller, sergey: User
) -> None:
    first, second = written(sergey, "Раз"), written(sergey, "Два")
    actions.set_mood(mood="away")
    assert actions.deliver_messages() == 1
    assert (again(first).state, again(first).error) == (State.QUEUED, "away")
    assert again(second).attempts == 0, "the second overtook the first"
    actions.set_mood(mood="works")
    assert actions.deliver_messages() == 0
    at_noon.shift(6)
    actions.deliver_messages()
    assert [one.text for one in FakeMessage.objects.all()] == ["Раз", "Два"]
    assert again(first).error == ""


def test_after_about_a_day_it_is_given_up_and_somebody_may_try_again(
    at_noon: time_machine.Traveller, sergey: User
) -> None:
    message, since = written(sergey), clock.now()
    actions.set_mood(mood="away")
    while again(message).state != State.FAILED:
        at_noon.move_to(again(message).next_try_at)
        assert actions.deliver_messages() == 1
    assert timedelta(hours=18) < clock.now() - since < timedelta(hours=30)
    actions.set_mood(mood="works")
    assert actions.deliver_messages() == 0
    actions.retry(message=message, by=sergey)
    actions.deliver_messages()
    assert again(message).state == State.SENT
    with pytest.raises(actions.NotFailed):
        actions.retry(message=message, by=sergey)


def test_a_refusal_is_final_and_frees_the_next(at_noon: time_machine.Traveller, sergey: User) -> None:
    first, second = written(sergey, "Раз"), written(sergey, "Два")
    actions.set_mood(mood="refuses")
    actions.deliver_messages(seconds=0.0001)
    assert again(first).state == State.FAILED
    actions.set_mood(mood="works")
    actions.deliver_messages()
    assert (again(first).error, again(second).state) == ("refused", State.SENT)


def test_a_channel_that_nobody_serves_says_so(sergey: User, settings: Any) -> None:
    settings.MESSAGE_GATEWAYS = {}
    message = written(sergey)
    actions.deliver_messages()
    assert (again(message).state, again(message).error) == (State.FAILED, "no_gateway")


def test_a_worker_killed_in_the_middle_loses_nothing(at_noon: time_machine.Traveller, sergey: User) -> None:
    message = written(sergey)
    claimed = delivery.claim(Message.objects.in_turn())
    assert claimed is not None
    gateways.gateway_for("phone").send(  # it reached the provider; then the worker died
        gateways.OutgoingMessage(f"message-{message.pk}", "phone", OURS, message.text)
    )
    assert actions.deliver_messages() == 0, "another worker took it within the lease"
    at_noon.shift(61)
    assert actions.deliver_messages() == 1
    assert (again(message).state, again(message).attempts) == (State.SENT, 2)
    assert FakeMessage.objects.count() == 1, "the provider's key did not catch the repeat"
    assert not delivery.finish(claimed, state=State.FAILED, next_try_at=None), "the dead worker came back and was heard"


def test_a_message_may_be_taken_back_until_it_leaves(at_noon: time_machine.Traveller, sergey: User) -> None:
    message = written(sergey, not_before=clock.now() + timedelta(seconds=10))
    assert actions.deliver_messages() == 0
    assert actions.cancel(message=message, by=sergey)
    at_noon.shift(11)
    assert actions.deliver_messages() == 0
    assert (again(message).state, again(message).error) == (State.FAILED, "cancelled")
    late = written(sergey)
    actions.deliver_messages()
    assert not actions.cancel(message=late, by=sergey)


def test_receipts_come_in_any_order(at_noon: time_machine.Traveller, sergey: User) -> None:
    message = written(sergey)
    delivery.claim(Message.objects.in_turn())
    for word, news in (("delivered", True), ("sent", False), ("read", True), ("delivered", False), ("failed", False)):
        assert actions.mark(message=message, state=word) is news, word
    assert (again(message).state, again(message).sent_at) == (State.READ, clock.now())


def test_an_incoming_message_is_stored_once_and_finds_its_subscriber(at_noon: time_machine.Traveller) -> None:
    home = house("21", flats=1)
    number = home.phone(0)
    first = actions.receive(channel="phone", address=number, text="Нет интернета\x00 \ud800", key="sms:1")
    twice = actions.receive(channel="phone", address=number, text="Нет интернета", key="sms:1")
    assert first.pk == twice.pk
    assert first.text == "Нет интернета ?"
    talk = Message.objects.get().conversation
    assert (talk.subscriber, talk.last_in_at) == (home.subscribers[0], clock.now())


def test_a_number_that_two_subscribers_share_is_nobodys(at_noon: time_machine.Traveller) -> None:
    home = house("21", flats=2)
    number = home.phone(0)
    home.subscribers[1].phones.create(number=number)
    message = actions.receive(channel="phone", address=number, text="Здравствуйте", key="sms:1")
    assert message.conversation.subscriber is None


def test_card_numbers_are_masked_before_they_are_stored(sergey: User) -> None:
    came = actions.receive(channel="vk", address="42", text="Моя карта 4111 1111 1111 1111", key="vk:1")
    went = written(sergey, "Ваша карта 2200 0000 0000 0004?")
    assert Message.objects.get(pk=came.pk).text == "Моя карта **** **** **** 1111"
    assert Message.objects.get(pk=went.pk).text == "Ваша карта **** **** **** 0004?"


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("phone", "not a number"),
        ("phone", "anonymous"),
        ("email", "no-at-sign"),
        ("email", "a@b.ru\nBcc: c@d.ru"),
        ("walk_in", "desk 3"),
        ("pigeon", "1"),
        ("vk", ""),
        ("vk", "4\x002"),
        ("vk", "4" * 201),
    ],
)
def test_an_address_that_cannot_be_written_to_is_refused(db: None, channel: str, address: str) -> None:
    with pytest.raises(actions.BadAddress):
        actions.conversation(channel=channel, address=address)


def test_empty_and_endless_messages_are_refused(sergey: User) -> None:
    with pytest.raises(actions.EmptyMessage):
        written(sergey, "  ")
    with pytest.raises(actions.TooLong):
        written(sergey, "я" * 10_001)
