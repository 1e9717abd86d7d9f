"""What subscribers hear from the finance desk: rows of its own outbox, sent by its own worker."""

import logging

from django.utils.translation import gettext as _
from django.utils.translation import override

from billing import events, money
from billing.models import Account, Dispute, Letter
from common import clock, live
from contacts.models import Channel
from customers.models import Phone
from messaging import delivery
from messaging.gateways import OutgoingMessage, Refused, Unreachable, gateway_for
from messaging.models import State

log = logging.getLogger(__name__)
LANGUAGE = "ru"  # subscribers are written to in Russian, whatever the accountant reads
BUDGET_S = 20.0


def write(*, account: Account, key: str, text: str) -> Letter | None:
    """An SMS to the subscriber's first number, once for a key; None where he has no number."""
    number = Phone.objects.filter(subscriber=account.subscriber_id).order_by("pk").values_list("number", flat=True)
    address = number.first()
    if address is None:
        return None
    letter, is_new = Letter.objects.get_or_create(
        key=key,
        defaults={
            "account": account,
            "channel": Channel.PHONE,
            "address": address,
            "text": text,
            "next_try_at": clock.now(),
        },
    )
    if is_new:
        events.letters_due.send(sender=Letter)
    return letter


def tell_posted(dispute: Dispute) -> Letter | None:
    """The number and the sum, as soon as it is posted."""
    account = dispute.account
    with override(LANGUAGE):
        words = {"account": account.subscriber.account, "sum": money.words(abs(dispute.amount)), "n": dispute.pk}
        if dispute.amount > 0:
            text = _("Account %(account)s: %(sum)s was credited, decision No. %(n)s.") % words
        else:
            text = _("Account %(account)s: %(sum)s will be paid back, decision No. %(n)s.") % words
    return write(account=account, key=f"dispute:{dispute.pk}", text=text)


def was_told(dispute: Dispute) -> bool:
    """Was he written to of the decision?"""
    return Letter.objects.filter(key=f"dispute:{dispute.pk}").exists()


def tell_taken_back(dispute: Dispute) -> Letter | None:
    """The decision he was told of does not hold any more. The account's subscriber is loaded."""
    with override(LANGUAGE):
        account = dispute.account
        words = {"account": account.subscriber.account, "sum": money.words(abs(dispute.amount)), "n": dispute.pk}
        text = _("Account %(account)s: decision No. %(n)s for %(sum)s was taken back. Call us if you have questions.")
        return write(account=account, key=f"dispute:{dispute.pk}:reversed", text=text % words)


def deliver_letters(*, seconds: float = BUDGET_S) -> int:
    """Send what is due, until nothing is left or the time is up; how many."""
    return delivery.work_off(_deliver_one, seconds=seconds)


def _deliver_one() -> bool:
    row = delivery.claim(Letter.objects.all())
    if row is None:
        return False
    message = OutgoingMessage(key=f"letter-{row.pk}", channel=row.channel, address=row.address, text=row.text)
    try:
        external_id = gateway_for(row.channel).send(message)
    except Refused as refusal:
        done = delivery.finish(row, state=State.FAILED, next_try_at=None, error=delivery.code_of(refusal))
    except Unreachable as trouble:
        done = delivery.put_off(row, error=delivery.code_of(trouble))
    except Exception as error:
        log.exception("letter %s: its gateway broke", row.pk)
        done = delivery.put_off(row, error=delivery.code_of(error))
    else:
        sent = {"state": State.SENT, "next_try_at": None, "sent_at": clock.now(), "error": ""}
        done = delivery.finish(row, external_id=external_id[:200], **sent)
    if done:
        live.hint(f"account:{row.account_id}")
    return True
