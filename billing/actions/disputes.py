"""A charges question from the first word to the posted sum, in one contact."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing import events, limits, money, proposing, queries
from billing.actions.applications import mark_signed, open_application, withdraw_application
from billing.actions.ledger import BadAmount, post
from billing.actions.letters import tell_posted
from billing.models import Account, Book, Dispute, Entry, Kind, Reason, Rule
from common import clock, history
from common.errors import DomainError
from contacts import actions as contacts
from contacts.models import Contact, Outcome, Topic
from customers.models import Subscriber
from staff.actions import notify
from staff.models import Role, User

State = Dispute.State
# Where the money of a reason comes from; the rest are corrections of charges.
_LEGS = {Rule.ADVANCE: (Kind.REFUND, Book.BANK), Rule.DOWNTIME: (Kind.COMPENSATION, Book.COMPENSATIONS)}
TOPIC = "billing"
_WAITS = gettext_noop("A correction waits for your confirmation at the finance desk.")


class TooMuch(DomainError):
    code = "too_much"
    status = 422


class SamePerson(DomainError):
    code = "same_person"


class DisputeMoved(DomainError):
    code = "dispute_moved"


class AnswerNeeded(DomainError):
    code = "answer_needed"
    status = 422


class ChargeNeeded(DomainError):
    code = "charge_needed"
    status = 422


def receive_question(*, subscriber: Subscriber, channel: str, key: str, by: User) -> Contact:
    """The contact that a charges question comes in when no other desk has handed one over. The same key, the same
    contact."""
    return contacts.receive(
        channel=channel,
        key=f"question:{key}",
        at=clock.now(),
        by=by,
        subscriber_id=subscriber.pk,
        building_id=subscriber.building.pk if subscriber.building else None,
        topic_id=Topic.objects.filter(code=TOPIC).values_list("pk", flat=True).first(),
    )


@transaction.atomic
def raise_dispute(
    *,
    account: Account,
    reason: Reason,
    amount: Decimal,
    contact: Contact,
    key: str,
    by: User,
    about: Entry | None = None,
    hours: Decimal | None = None,
    on: date | None = None,
    note: str = "",
) -> Dispute:
    """Correct a charge: posted at once within what `billing.limits` leaves, else a supervisor is asked; a key once.

    `amount` in roubles above zero, whichever way the reason moves it. What the rule proposed is kept beside it.
    Raises BadAmount, TooMuch (more than the charge, or than the balance for a refund), ChargeNeeded.
    """
    account = Account.objects.select_for_update(of=("self",)).select_related("subscriber").get(pk=account.pk)
    if known := Dispute.objects.filter(key=key).first():
        return known
    about = None if reason.rule == Rule.ADVANCE else about  # an advance is of the account, not of a charge
    _check(account, reason, amount, about)
    left = _left(account, reason, by)
    proposal = queries.proposal(account, reason, about=about, hours=hours, on=on)
    moved = -amount if reason.rule == Rule.ADVANCE else amount
    dispute = Dispute.objects.create(
        account=account,
        contact=contact,
        reason=reason,
        about=about,
        amount=moved,
        proposed=proposal.amount,
        formula=proposal.formula,
        limit=left,
        note=note.strip()[:500],
        state=State.WAITS if amount > left else State.PAPER,
        key=key,
        asked_by=by,
    )
    history.record(dispute, events.dispute_raised, by=by, reason=reason.code, state=dispute.state)
    if dispute.state == State.WAITS:
        for boss in User.objects.filter(role=Role.SUPERVISOR, is_active=True):
            notify(user=boss, text=_WAITS, url=f"/questions/{dispute.pk}/", by=by)
    elif reason.needs_paper:
        open_application(dispute=dispute, by=by)
    else:
        _post(dispute, by=by)
    return dispute


@transaction.atomic
def confirm(*, dispute: Dispute, by: User) -> Dispute:
    """A second person agrees: the sum is posted, or waits for the paper.

    Raises SamePerson, DisputeMoved; TooMuch, ChargeNeeded when meanwhile the charge was given back or the balance went.
    """
    dispute = _locked(dispute, State.WAITS)
    if dispute.asked_by_id == by.pk:
        raise SamePerson(_("Another person confirms: you asked for it yourself."))
    _check_again(dispute)
    dispute.confirmed_by = by
    if dispute.reason.needs_paper:
        _move(dispute, State.PAPER, by=by)
        open_application(dispute=dispute, by=dispute.asked_by)
    else:
        _post(dispute, by=by)
    return dispute


@transaction.atomic
def refuse(*, dispute: Dispute, answer: str, by: User) -> Dispute:
    """Say no, and why: the subscriber hears it now. Raises SamePerson, AnswerNeeded, DisputeMoved."""
    dispute = _locked(dispute, State.WAITS)
    if dispute.asked_by_id == by.pk:
        raise SamePerson(_("Another person decides: you can withdraw it instead."))
    if not answer.strip():
        raise AnswerNeeded(_("Say why, so that the subscriber can be told."), fields={"answer": _("Required.")})
    dispute.answer = answer.strip()[:500]
    _move(dispute, State.REFUSED, by=by)
    return dispute


@transaction.atomic
def withdraw(*, dispute: Dispute, by: User) -> Dispute:
    """It is not wanted any more; nothing was posted. Raises DisputeMoved."""
    dispute = _locked(dispute, State.WAITS, State.PAPER)
    withdraw_application(dispute=dispute, by=by)
    _move(dispute, State.WITHDRAWN, by=by)
    return dispute


@transaction.atomic
def paper_signed(*, dispute: Dispute, by: User) -> Dispute:
    """The signed application is here: post what it asks for.

    Raises TooMuch, ChargeNeeded as `confirm` does, ScanNeeded without a page, DisputeMoved.
    """
    dispute = _locked(dispute, State.PAPER)
    mark_signed(application=dispute.application, by=by)
    _check_again(dispute)
    _post(dispute, by=by)
    return dispute


def _left(account: Account, reason: Reason, by: User) -> Decimal:
    """What the accountant may still post alone. The account is locked; two questions of one accountant about two
    accounts could still both take the rest of the day, so they stand in line for the accountant's row."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    return limits.left(account, reason, by=by).amount


def _check_again(dispute: Dispute) -> None:
    _check(dispute.account, dispute.reason, abs(dispute.amount), dispute.about, besides=dispute)


def _check(
    account: Account, reason: Reason, amount: Decimal, about: Entry | None, *, besides: Dispute | None = None
) -> None:
    """`besides`: the question itself, where it is there already."""
    if amount <= 0:
        raise BadAmount(_("Type a sum above zero."), fields={"amount": _("Type a sum above zero.")})
    if reason.rule == Rule.ADVANCE:
        if amount > account.balance:
            text = _("The account holds only %(sum)s.") % {"sum": money.words(account.balance)}
            raise TooMuch(text, fields={"amount": text})
        return
    if about is None:
        if reason.rule in proposing.NEEDS_CHARGE:
            raise ChargeNeeded(_("Choose the charge in question."), fields={"about": _("Choose the charge.")})
        return
    if about.account_id != account.pk or about.kind != Kind.CHARGE or Entry.objects.filter(reverses=about).exists():
        raise ChargeNeeded(_("This charge cannot be corrected: it is another's or reversed."))
    left = -about.amount - queries.given_back(about, besides=besides)
    if left <= 0:
        text = _("All of this charge has already been given back, or a question about it waits.")
        raise TooMuch(text, fields={"amount": text})
    if amount > left:
        text = _("At most %(left)s of this charge is left to give back.") % {"left": money.words(left)}
        raise TooMuch(text, fields={"amount": text})


def _locked(dispute: Dispute, *states: str) -> Dispute:
    """The account first: whoever posts takes its row, and everybody takes locks in the same order."""
    account = Account.objects.select_for_update(of=("self",)).select_related("subscriber").get(pk=dispute.account_id)
    found = Dispute.objects.select_for_update(of=("self",)).select_related("reason", "about", "asked_by", "contact")
    dispute = found.get(pk=dispute.pk)
    dispute.account = account
    if dispute.state not in states:
        text = _("It is already decided: %(state)s.") % {"state": dispute.get_state_display().lower()}
        raise DisputeMoved(text)
    return dispute


def _move(dispute: Dispute, state: str, *, by: User) -> None:
    assert state in Dispute.MOVES[dispute.state], f"{dispute.state} -> {state}"
    dispute.state = state
    if state != State.PAPER:
        dispute.decided_by, dispute.decided_at = by, clock.now()
    dispute.save(update_fields=["state", "decided_by", "decided_at", "answer", "entry", "confirmed_by"])
    history.record(dispute, events.dispute_decided, by=by, state=state)
    if state in {State.REFUSED, State.WITHDRAWN}:
        _close(dispute, Outcome.ANSWERED, by=by)


def _post(dispute: Dispute, *, by: User) -> None:
    kind, book = _LEGS.get(Rule(dispute.reason.rule), (Kind.ADJUSTMENT, Book.ADJUSTMENTS))
    dispute.entry = post(
        account=dispute.account,
        kind=kind,
        book=book,
        amount=dispute.amount,
        on=timezone.localdate(clock.now()),
        key=f"dispute:{dispute.pk}",
        by=dispute.asked_by,
        text=dispute.reason.title_ru,
        formula={"dispute": dispute.pk},
    )
    _move(dispute, State.POSTED, by=by)
    tell_posted(dispute)
    _close(dispute, Outcome.SOLVED, by=by)


def _close(dispute: Dispute, outcome: str, *, by: User) -> None:
    if dispute.contact.closed_at is None:
        if dispute.contact.topic_id is None:
            contacts.set_topic(contact=dispute.contact, topic=Topic.objects.get(code=TOPIC), by=by)
        contacts.close(contact=dispute.contact, outcome=outcome, by=by)
