"""Two workers at once, two copies of one message at once: one of each."""

import threading
from functools import partial

import pytest

from messaging import actions, gateways
from messaging.models import FakeMessage, Message, State, WebhookDelivery
from staff.models import User
from tests.messaging.receiver import receiving
from tests.races.together import errors, together
from tests.tickets.test_story import opened

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_never_send_one_message_twice(sergey: User, monkeypatch: pytest.MonkeyPatch) -> None:
    talks = [actions.conversation(channel="vk", address=str(n)) for n in range(5)]
    for n in range(20):
        actions.send(conversation=talks[n % 5], text=f"{n:02}", by=sergey)
    calls: list[str] = []
    lock, real = threading.Lock(), gateways.gateway_for

    class Counting:
        def send(self, message: gateways.OutgoingMessage, /) -> str:
            with lock:
                calls.append(message.key)
            return real("vk").send(message)

    monkeypatch.setattr("messaging.actions.outbox.gateway_for", lambda _: Counting())
    for _round in range(5):  # a worker that finds the rest locked goes home; the next nudge finds it
        assert not errors(together(*[actions.deliver_messages] * 4))
    assert Message.objects.filter(state=State.SENT).count() == 20
    assert len(calls) == len(set(calls)) == 20
    for talk in talks:
        texts = list(FakeMessage.objects.filter(address=talk.address).order_by("id").values_list("text", flat=True))
        assert texts == sorted(texts), "a later message overtook an earlier one"


def test_one_incoming_message_that_comes_twice_at_once_is_stored_once(db: None) -> None:
    for n in range(5):
        come = partial(actions.receive, channel="vk", address=f"a{n}", text="Здравствуйте", key=f"vk:{n}")
        outcomes = together(*[come] * 4)
        assert not errors(outcomes)
        assert len({one.pk for one in outcomes}) == 1
    assert Message.objects.count() == 5


def test_cancelling_and_sending_at_once_agree(sergey: User) -> None:
    for n in range(10):
        talk = actions.conversation(channel="vk", address=f"b{n}")
        message = actions.send(conversation=talk, text="Раз", by=sergey)
        cancelled, _sent = together(partial(actions.cancel, message=message, by=sergey), actions.deliver_messages)
        assert cancelled in {True, False}
        actions.deliver_messages()
        message.refresh_from_db()
        reached = FakeMessage.objects.filter(address=talk.address).exists()
        assert (message.state, reached) == ((State.FAILED, False) if cancelled else (State.SENT, True))


def test_two_workers_tell_a_webhook_once(vera: User, sergey: User, settings: object) -> None:
    settings.WEBHOOK_HTTP, settings.WEBHOOK_PRIVATE_NETWORKS = True, ["127.0.0.0/8"]  # type: ignore[attr-defined]
    with receiving() as other:
        actions.create_webhook(title="Учёт", url=other.url, facts=["tickets.opened"], by=vera)
        for _n in range(5):
            opened(sergey)
        assert not errors(together(*[actions.deliver_webhooks] * 3))
        ids = [headers["X-Webhook-Id"] for headers, _ in other.got]
    assert len(ids) == len(set(ids)) == WebhookDelivery.objects.filter(state=State.SENT).count() == 5
