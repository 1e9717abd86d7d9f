"""Other systems that are told what happens here."""

import hashlib
import hmac
import json
import logging
import random
import time
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from common import clock, history, live
from common.errors import DomainError
from common.history import Event, Fact, System
from messaging import calling, delivery, events, facts, schedule
from messaging.actions.outbox import BUDGET_S, LATE, LATE_BUDGET_S
from messaging.models import IN_WORK, State, Webhook, WebhookDelivery
from messaging.models.webhook import EVERYTHING
from staff.models import User

log = logging.getLogger(__name__)
KEPT = timedelta(days=30)
SWITCHED_OFF = "switched_off"
_ANY, _ANY_S = "webhooks-any", 5


class BadWebhook(DomainError):
    code = "bad_webhook"
    status = 422


class SwitchedOff(DomainError):
    code = "switched_off"


def _checked(*, title: str, url: str, facts_wanted: Iterable[str]) -> dict[str, Any]:
    title, url, wanted = title.strip(), url.strip(), sorted(set(facts_wanted))
    wrong: dict[str, str] = {}
    if not title or len(title) > 80:
        wrong["title"] = _("Give it a name of at most 80 characters.")
    unknown = set(wanted) - {code for code, _label in facts.known()} - {EVERYTHING}
    if unknown or not wanted:
        wrong["facts"] = _("Choose what it is to be told.")
    try:
        if len(url) > 500:
            raise calling.NotAllowed("bad_url")
        calling.check(url)
    except calling.NotAllowed as reason:
        if reason.code != "unknown_host":  # in production this process sees no name server; the worker will
            wrong["url"] = _why(reason.code)
    if wrong:
        raise BadWebhook(_("The webhook is not saved: see the marked fields."), fields=wrong)
    return {"title": title, "url": url, "facts": [EVERYTHING] if EVERYTHING in wanted else wanted}


def _why(code: str) -> str:
    return {
        "https_only": _("Only https:// is allowed: the facts would cross the network in the open."),
        "private_address": _(
            "This host is inside a private network. An administrator may allow it: WEBHOOK_PRIVATE_NETWORKS."
        ),
    }.get(code, _("This is not an address we can call. Write it as https://host/path."))


def _known_again() -> None:
    """This process looks anew at once, the others within seconds."""
    cache.delete(_ANY)
    transaction.on_commit(lambda: cache.delete(_ANY))


@transaction.atomic
def create_webhook(*, title: str, url: str, facts: Iterable[str], by: User) -> Webhook:
    """Set up a webhook; `secret` of what it returns is told once. Raises BadWebhook. Asks the name server."""
    webhook = Webhook.objects.create(**_checked(title=title, url=url, facts_wanted=facts), created_by=by)
    history.record(webhook, events.webhook_created, by=by, facts=webhook.facts)
    _known_again()
    return webhook


def _locked(webhook: Webhook) -> Webhook:
    return Webhook.objects.select_for_update(of=("self",)).get(pk=webhook.pk)


@transaction.atomic
def change_webhook(
    *,
    webhook: Webhook,
    by: User,
    title: str | None = None,
    url: str | None = None,
    facts: Iterable[str] | None = None,
    is_active: bool | None = None,
) -> Webhook:
    """Change what is given. Switched on again it starts anew; switched off, it gives up what waited.

    Raises BadWebhook.
    """
    webhook = _locked(webhook)
    new: dict[str, Any] = {}
    if not (title is None and url is None and facts is None):
        new = _checked(
            title=webhook.title if title is None else title,
            url=webhook.url if url is None else url,
            facts_wanted=webhook.facts if facts is None else facts,
        )
    if is_active is not None:
        new["is_active"] = is_active
    changed = sorted(name for name, value in new.items() if getattr(webhook, name) != value)
    if not changed:
        return webhook
    if "is_active" in changed or "url" in changed:
        new |= {"failures": 0, "quiet_until": None}
    for name, value in new.items():
        setattr(webhook, name, value)
    webhook.save(update_fields=[*new])
    if not webhook.is_active:
        _give_up_waiting(webhook)
    history.record(webhook, events.webhook_changed, by=by, fields=changed, active=webhook.is_active)
    _known_again()
    return webhook


@transaction.atomic
def replace_secret(*, webhook: Webhook, by: User) -> Webhook:
    """From now on a new secret signs; the old one is worth nothing. Its `secret` is told once."""
    webhook = _locked(webhook)
    webhook.salt = uuid.uuid4()
    webhook.save(update_fields=["salt"])
    history.record(webhook, events.webhook_secret_replaced, by=by)
    return webhook


def note_fact(thing: Any, fact: Fact, event: Event, by: Any, data: dict[str, Any]) -> None:
    """Hears every fact: puts a delivery for each webhook that asked for it, in the fact's own transaction.

    Whether there is any webhook at all is remembered for five seconds, so that an ordinary deed costs no statement.
    """
    code = facts.code_of(thing, fact)
    if code is None:
        return
    any_active: bool | None = cache.get(_ANY)
    if any_active is None:
        any_active = Webhook.objects.filter(is_active=True).exists()
        cache.set(_ANY, any_active, _ANY_S)
    if not any_active:
        return
    now, told = clock.now(), facts.payload(thing, code, event, by, data)
    made = [
        WebhookDelivery(webhook_id=pk, fact=code, fact_id=told["id"], payload=told, at=now, next_try_at=now)
        for pk in Webhook.objects.wanting(code).values_list("pk", flat=True)
    ]
    if made:
        WebhookDelivery.objects.bulk_create(made)
        events.work_is_due.send(sender=WebhookDelivery)


def _put(webhook: Webhook, payload: dict[str, Any], replay_of: WebhookDelivery | None = None) -> WebhookDelivery:
    if not webhook.is_active:
        raise SwitchedOff(_("This webhook is switched off. Switch it on first."))
    now = clock.now()
    made = WebhookDelivery.objects.create(
        webhook=webhook,
        fact=payload["fact"],
        fact_id=payload["id"],
        payload=payload,
        at=now,
        next_try_at=now,
        replay_of=replay_of,
    )
    # Somebody waits for the outcome and may have mended the other side: don't keep quiet any longer.
    Webhook.objects.filter(pk=webhook.pk).update(quiet_until=None)
    live.hint(*webhook.live_topics())
    events.work_is_due.send(sender=WebhookDelivery)
    return made


@transaction.atomic
def send_test(*, webhook: Webhook, by: User) -> WebhookDelivery:
    """Send a made-up fact "test". Raises SwitchedOff."""
    payload = {
        "id": f"test-{uuid.uuid4().hex}",
        "fact": "test",
        "at": clock.now().isoformat(),
        "thing": {"kind": "webhook", "id": webhook.pk},
        "by": {"kind": "user", "id": by.pk},
        "data": {},
    }
    return _put(_locked(webhook), payload)


@transaction.atomic
def replay(*, delivery: WebhookDelivery, by: User) -> WebhookDelivery:
    """Tell the same fact again under the same id. Raises SwitchedOff."""
    return _put(_locked(delivery.webhook), delivery.payload, replay_of=delivery)


def _deliverable() -> "QuerySet[WebhookDelivery]":
    awake = Q(webhook__quiet_until=None) | Q(webhook__quiet_until__lte=clock.now())
    return WebhookDelivery.objects.filter(awake, webhook__is_active=True)


def deliver_webhooks(*, seconds: float = BUDGET_S / 2) -> int:
    """Tell what is due until nothing is left or the time is up; how many attempts were made."""
    return delivery.work_off(_deliver_one, seconds=seconds)


def catch_up_webhooks() -> None:
    """For the sweep, as `catch_up_messages`."""
    due = _deliverable().filter(state__in=IN_WORK, next_try_at__lte=clock.now()).order_by("next_try_at")
    oldest = due.values_list("next_try_at", flat=True).first()
    if oldest is None:
        return
    with transaction.atomic():
        events.work_is_due.send(sender=WebhookDelivery)
    if oldest < clock.now() - LATE:
        deliver_webhooks(seconds=LATE_BUDGET_S)


def signed(secret: str, fact_id: str, timestamp: int, body: bytes) -> str:
    """ "v1=" and the hex HMAC-SHA256 of "id.timestamp.body"."""
    text = f"{fact_id}.{timestamp}.".encode() + body
    return "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def _deliver_one() -> bool:
    row = delivery.claim(_deliverable())
    if row is None:
        return False
    webhook, stamp = row.webhook, int(clock.now().timestamp())
    body = json.dumps(row.payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "contactcenter-webhooks/1",
        "X-Webhook-Id": row.fact_id,
        "X-Webhook-Timestamp": str(stamp),
        "X-Webhook-Signature": signed(webhook.secret, row.fact_id, stamp, body),
    }
    started, code, answer, error = time.monotonic(), None, "", ""
    try:
        said = calling.post(webhook.url, body, headers)
        code, answer = said.code, said.text
    except (calling.NotAllowed, calling.NoAnswer) as trouble:
        error = trouble.code
    except Exception as bug:
        log.exception("delivery %s broke", row.pk)
        error = type(bug).__name__.lower()[:50]
    took = round((time.monotonic() - started) * 1000)
    outcome = {"code": code, "answer": answer, "error": error, "took_ms": took}
    if code is not None and 200 <= code < 300:
        delivery.finish(row, state=State.SENT, next_try_at=None, sent_at=clock.now(), **outcome)
        Webhook.objects.filter(pk=webhook.pk).exclude(failures=0, quiet_until=None).update(failures=0, quiet_until=None)
    elif delivery.put_off(row, **outcome):
        _failed(row)
    with transaction.atomic():
        live.hint(*webhook.live_topics())
    return True


@transaction.atomic
def _failed(row: WebhookDelivery) -> None:
    """Leave the address alone for a while; after about a day without a success switch it off."""
    webhook = _locked(row.webhook)
    webhook.failures += 1
    wait = schedule.pause(webhook.failures, random.random)
    if wait is not None:
        webhook.quiet_until = clock.now() + wait
        webhook.save(update_fields=["failures", "quiet_until"])
        return
    webhook.is_active = False
    webhook.save(update_fields=["failures", "is_active"])
    _give_up_waiting(webhook)
    history.record(webhook, events.webhook_switched_off, by=System.SWEEP, failures=webhook.failures, delivery=row.pk)
    log.warning("webhook %s switched off after %d failures", webhook.pk, webhook.failures)
    _known_again()


def _give_up_waiting(webhook: Webhook) -> None:
    waiting = WebhookDelivery.objects.filter(webhook=webhook, state__in=IN_WORK)
    waiting.update(state=State.FAILED, next_try_at=None, error=SWITCHED_OFF, attempts=F("attempts"))


def forget_deliveries() -> None:
    """Drop deliveries of a month ago. For the sweep."""
    WebhookDelivery.objects.filter(at__lt=clock.now() - KEPT).exclude(state__in=IN_WORK).delete()
