"""Other systems are told of facts: signed, again until they answer, and never led to where only we can go."""

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from contactcenter.sweep import sweep
from messaging import actions, calling
from messaging.models import State, Webhook, WebhookDelivery
from staff.actions import issue_api_key
from staff.models import User
from tests.messaging.receiver import Receiver, receiving
from tests.tickets.test_story import opened
from tickets import actions as tickets

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HOOKS = "/settings/webhooks/"


@pytest.fixture(autouse=True)
def near(settings: Any) -> None:
    settings.WEBHOOK_HTTP = True
    settings.WEBHOOK_PRIVATE_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def hook(by: User, url: str, *facts: str) -> Webhook:
    return actions.create_webhook(title="Учёт", url=url, facts=facts or ("tickets.opened",), by=by)


def last() -> WebhookDelivery:
    return WebhookDelivery.objects.latest("id")


def test_a_supervisor_sets_one_up_and_a_fact_arrives_signed(
    at_noon: time_machine.Traveller, vera: User, sergey: User, signed_in: Browser, other: Receiver
) -> None:
    browser = signed_in(vera)
    page = browser.post(
        f"{HOOKS}new/", {"title": "Учёт", "url": other.url, "facts": ["tickets.opened"]}
    ).content.decode()
    secret = re.search(r"whsec_[0-9a-f]{64}", page)
    assert secret, "the secret is told once"
    webhook = Webhook.objects.get()
    for path in (HOOKS, f"{HOOKS}{webhook.pk}/"):
        assert secret[0] not in browser.get(path).content.decode()
    ticket = opened(sergey)
    tickets.take(ticket=ticket, by=sergey)  # nobody asked for this one
    assert actions.deliver_webhooks() == 1
    [(headers, body)] = other.got
    said = json.loads(body)
    assert said["fact"] == "tickets.opened"
    assert said["thing"] == {"kind": "ticket", "id": ticket.pk, "number": ticket.number}
    assert said["by"] == {"kind": "user", "id": sergey.pk}
    signature = hmac.new(
        secret[0].encode(),
        f"{headers['X-Webhook-Id']}.{headers['X-Webhook-Timestamp']}.".encode() + body,
        hashlib.sha256,
    ).hexdigest()
    assert headers["X-Webhook-Signature"] == f"v1={signature}"
    assert headers["X-Webhook-Id"] == said["id"]
    page = browser.get(f"{HOOKS}{webhook.pk}/").content.decode()
    assert "thank you" in page
    assert secret[0] not in str(webhook.history.values("data"))


def test_nothing_personal_and_nothing_of_words_leaves(
    at_noon: time_machine.Traveller, vera: User, sergey: User, other: Receiver
) -> None:
    hook(vera, other.url, "*")
    ticket = opened(sergey)
    tickets.comment(ticket=ticket, text="Звонить Ивановой на +79125551452", by=sergey)
    tickets.edit(ticket=ticket, subject="Иванова просит перезвонить", by=sergey)
    tickets.resolve(ticket=ticket, text="Иванова довольна", by=sergey)
    assert actions.deliver_webhooks() >= 4
    everything = b"".join(body for _, body in other.got).decode()
    for word in ("Иванов", "912555", "просит", "довольна", ticket.subject):
        assert word not in everything, word


def test_a_failing_receiver_is_tried_again(
    at_noon: time_machine.Traveller, vera: User, sergey: User, other: Receiver
) -> None:
    webhook = hook(vera, other.url)
    other.answers = [500, 200]
    opened(sergey)
    assert actions.deliver_webhooks() == 1
    assert (last().state, last().code, last().attempts) == (State.QUEUED, 500, 1)
    assert actions.deliver_webhooks() == 0, "not at once"
    at_noon.shift(7)
    assert actions.deliver_webhooks() == 1
    assert (last().state, last().code, last().attempts) == (State.SENT, 200, 2)
    ids = {headers["X-Webhook-Id"] for headers, _ in other.got}
    assert len(ids) == 1, "the receiver must know a copy"
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.quiet_until) == (0, None)


def test_a_lost_nudge_is_found_by_the_sweep(
    at_noon: time_machine.Traveller, vera: User, sergey: User, other: Receiver
) -> None:
    hook(vera, other.url)
    opened(sergey)
    at_noon.shift(31)
    sweep()
    assert last().state == State.SENT


def test_a_redirect_is_not_followed(at_noon: time_machine.Traveller, vera: User, sergey: User, other: Receiver) -> None:
    with receiving() as trap:
        other.answers, other.location = [302], trap.url
        hook(vera, other.url)
        opened(sergey)
        actions.deliver_webhooks()
        assert (last().state, last().code) == (State.QUEUED, 302)
        assert trap.got == []


def test_a_silent_receiver_costs_seconds_not_minutes(
    at_noon: time_machine.Traveller, vera: User, sergey: User, other: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "TIMEOUT_S", 0.3)
    other.hold = threading.Event()
    hook(vera, other.url)
    opened(sergey)
    actions.deliver_webhooks()
    assert (last().state, last().error, last().code) == (State.QUEUED, "timeout", None)


def test_nobody_there(at_noon: time_machine.Traveller, vera: User, sergey: User) -> None:
    hook(vera, "http://127.0.0.1:9/hook")
    opened(sergey)
    actions.deliver_webhooks()
    assert last().error == "unreachable"


def test_of_a_long_answer_two_kilobytes_are_kept(
    at_noon: time_machine.Traveller, vera: User, sergey: User, other: Receiver
) -> None:
    other.body = b"\x00<script>" * 10_000
    hook(vera, other.url)
    opened(sergey)
    actions.deliver_webhooks()
    assert last().state == State.SENT
    assert 0 < len(last().answer) <= 2048


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://0.0.0.0/",
        "http://2852039166/",
        "http://0x0a000001/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "http://user@example.com/",
        "http://8.8.8.8@10.0.0.1/",
        "http://example.com/#fragment",
        "http://exa mple.com/",
        "http://example.com:99999/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "//example.com/",
        "http://",
        "http://пример.рф/",
        "http://127.0.0.1/" + "a" * 500,
    ],
)
def test_an_address_that_only_we_can_reach_is_refused(vera: User, signed_in: Browser, url: str) -> None:
    reply = signed_in(vera).post(f"{HOOKS}new/", {"title": "Учёт", "url": url, "facts": ["*"]})
    assert reply.status_code == 422
    assert "Учёт" in reply.content.decode(), "what was typed is kept"
    assert not Webhook.objects.exists()


def test_a_name_that_later_leads_inside_is_not_called(
    at_noon: time_machine.Traveller, vera: User, sergey: User, other: Receiver, settings: Any
) -> None:
    hook(vera, other.url.replace("127.0.0.1", "localhost"))
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    opened(sergey)
    actions.deliver_webhooks()
    assert (last().error, other.got) == ("private_address", [])


def test_plain_http_is_refused_unless_it_is_allowed(vera: User, settings: Any) -> None:
    settings.WEBHOOK_HTTP = False
    with pytest.raises(actions.BadWebhook) as refusal:
        hook(vera, "http://127.0.0.1/")
    assert set(refusal.value.fields) == {"url"}


def test_after_a_day_of_failures_it_is_switched_off_and_says_so(
    at_noon: time_machine.Traveller, vera: User, sergey: User, signed_in: Browser, other: Receiver
) -> None:
    webhook = hook(vera, other.url)
    other.answers = [500]
    opened(sergey)
    opened(sergey)
    for _attempt in range(200):
        webhook.refresh_from_db()
        if not webhook.is_active:
            break
        at_noon.shift(3700)
        actions.deliver_webhooks()
    assert not webhook.is_active
    assert len(other.got) < 50, "a dead address was called for each fact"
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {State.FAILED}
    assert webhook.history.filter(kind="switched_off").exists()
    page = signed_in(vera).get(f"{HOOKS}{webhook.pk}/").content.decode()
    assert "отключ" in page
    opened(sergey)
    assert WebhookDelivery.objects.count() == 2, "a switched off one is told nothing"


def test_a_test_and_a_replay_from_the_page(
    at_noon: time_machine.Traveller, vera: User, sergey: User, signed_in: Browser, other: Receiver
) -> None:
    webhook, browser = hook(vera, other.url), signed_in(vera)
    browser.post(f"{HOOKS}{webhook.pk}/test/")
    actions.deliver_webhooks()
    assert json.loads(other.got[-1][1])["fact"] == "test"
    opened(sergey)
    actions.deliver_webhooks()
    told = last()
    browser.post(f"{HOOKS}deliveries/{told.pk}/replay/")
    actions.deliver_webhooks()
    assert last().replay_of == told
    assert other.got[-1][1] == other.got[-2][1]
    browser.post(f"{HOOKS}{webhook.pk}/switch/", {"on": "0"})
    before = WebhookDelivery.objects.count()
    browser.post(f"{HOOKS}deliveries/{told.pk}/replay/")
    assert WebhookDelivery.objects.count() == before


def test_a_new_secret_signs_from_now_on(vera: User, signed_in: Browser, other: Receiver) -> None:
    webhook = hook(vera, other.url)
    old = webhook.secret
    page = signed_in(vera).post(f"{HOOKS}{webhook.pk}/secret/").content.decode()
    new = Webhook.objects.get().secret
    assert new in page
    assert new != old


def test_what_is_not_saved_changes_nothing(vera: User, signed_in: Browser, other: Receiver) -> None:
    webhook, browser = hook(vera, other.url), signed_in(vera)
    for data in (
        {"title": "", "url": other.url, "facts": ["*"]},
        {"title": "Учёт", "url": other.url},
        {"title": "Учёт", "url": other.url, "facts": ["billing.charged"]},
    ):
        assert browser.post(f"{HOOKS}{webhook.pk}/", data).status_code == 422, data
    assert webhook.history.count() == 1


def test_by_rest(at_noon: time_machine.Traveller, vera: User, sergey: User, olga: User, other: Receiver) -> None:
    key = issue_api_key(user=vera, name="test")
    api = Client(headers={"Authorization": f"Token {key}"})
    path = "/api/v1/webhooks/"
    made = api.post(path, {"title": "Учёт", "url": other.url, "facts": ["*"]}, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    one = f"{path}{made.json()['id']}/"
    assert "secret" not in api.get(one).json()
    assert api.post(f"{one}test/").status_code == 201
    actions.deliver_webhooks()
    [log] = api.get(f"{one}deliveries/").json()["results"]
    assert (log["state"], log["code"]) == ("sent", 200)
    assert api.post(f"{one}deliveries/{log['id']}/replay/").status_code == 201
    bad = api.post(path, {"title": "x", "url": "http://10.0.0.1/", "facts": ["*"]}, content_type="application/json")
    assert (bad.status_code, set(bad.json()["fields"])) == (422, {"url"})
    off = api.patch(one, {"is_active": False}, content_type="application/json")
    assert off.json()["is_active"] is False
    assert api.post(f"{one}test/").status_code == 409
    olgas = Client(headers={"Authorization": f"Token {issue_api_key(user=olga, name='test')}"})
    assert olgas.get(path).status_code == 403
