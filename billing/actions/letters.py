"""What subscribers hear from the finance desk: rows of its own outbox, sent by its own worker."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import override

from billing import events, money
from billing.models import Account, Dispute, Letter
from common import clock, live
from contacts.models import Channel
from customers.models import Phone
from messaging import delivery
from messaging.gateways import OutgoingMessage, Refused, Unreachable, gateway_for
from messaging.models import IN_WORK, State

log = logging.getLogger(__name__)
LANGUAGE = "ru"  # subscribers are written to in Russian, whatever the accountant reads
BUDGET_S = 20.0
BATCH = 1000
ERASED = "—"


class Words(NamedTuple):
    """What one subscriber is to hear. The same `key` is never said twice."""

    account: Account
    key: str
    text: str


def write(words: Sequence[Words]) -> None:
    """An SMS to the first number and an e-mail where an address is known; nothing where there is neither.

    The account's subscriber is loaded. Three statements, however many they are.
    """
    subscribers = [one.account.subscriber_id for one in words]
    phones = Phone.objects.filter(subscriber__in=subscribers).order_by("-pk").values_list("subscriber", "number")
    numbers, now = dict(phones), clock.now()  # the first number of each stays: it comes last
    letters = [
        Letter(
            account=one.account,
            channel=channel,
            address=address,
            text=one.text,
            key=Letter.key_of(one.key, channel),
            at=now,
            next_try_at=now,
        )
        for one in words
        for channel, address in (
            (Channel.PHONE, numbers.get(one.account.subscriber_id)),
            (Channel.EMAIL, one.account.subscriber.email),
        )
        if address
    ]
    Letter.objects.bulk_create(letters, batch_size=BATCH, ignore_conflicts=True)
    events.letters_due.send(sender=Letter)


def tell_posted(dispute: Dispute) -> None:
    """The number and the sum, as soon as it is posted."""
    account = dispute.account
    with override(LANGUAGE):
        words = {"account": account.subscriber.account, "sum": money.words(abs(dispute.amount)), "n": dispute.pk}
        if dispute.amount > 0:
            text = _("Account %(account)s: %(sum)s was credited, decision No. %(n)s.") % words
        else:
            text = _("Account %(account)s: %(sum)s will be paid back, decision No. %(n)s.") % words
    write([Words(account, f"dispute:{dispute.pk}", text)])


def was_told(dispute: Dispute) -> bool:
    """Was he written to of the decision?"""
    return Letter.objects.about(f"dispute:{dispute.pk}").exists()


def tell_taken_back(dispute: Dispute) -> None:
    """The decision he was told of does not hold any more. The account's subscriber is loaded."""
    account = dispute.account
    with override(LANGUAGE):
        words = {"account": account.subscriber.account, "sum": money.words(abs(dispute.amount)), "n": dispute.pk}
        text = _("Account %(account)s: decision No. %(n)s for %(sum)s was taken back. Call us if you have questions.")
    write([Words(account, f"dispute:{dispute.pk}:reversed", text % words)])


def deliver_letters(*, seconds: float = BUDGET_S) -> int:
    """Send what is due, until nothing is left or the time is up; how many."""
    return delivery.work_off(_deliver_one, seconds=seconds)


def _deliver_one() -> bool:
    row = delivery.claim(Letter.objects.all())
    if row is None:
        return False
    message = OutgoingMessage(f"letter-{row.pk}", row.channel, row.address, row.text, secret=True)
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
        live.hint(f"account:{row.account_id}", "letters:all")
    return True


def forget_addresses() -> int:
    """Of whom was erased, letters keep their text, for the books, and no number or e-mail; how many."""
    done = Letter.objects.filter(account__subscriber__erased_at__isnull=False).exclude(state__in=IN_WORK)
    return done.exclude(address=ERASED).update(address=ERASED)
