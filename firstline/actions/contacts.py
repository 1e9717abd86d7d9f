"""What the first line does with a contact: learns who speaks, and ends it with all that the ending leaves behind."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from common import clock, history, live
from common.errors import DomainError
from contacts import actions as contacts
from contacts.actions import NoSuchOutcome, NoTopic
from contacts.events import contact_not_verified, contact_verified
from contacts.models import Contact, Outcome, Topic
from customers import actions as customers
from customers.models import CardReading
from firstline import queries
from firstline.actions.call_backs import ask_call_back, withdraw_promise
from firstline.models import Verification
from firstline.queries import MOST_TRIES
from firstline.verifying import fits
from firstline.wrapping import BY_HAND
from incidents import actions as incidents
from incidents.queries import topic_of
from staff import actions as staff
from staff.models import Desk, Role, User
from tickets import actions as tickets
from tickets.actions import WrongDesk

if TYPE_CHECKING:
    from incidents.models import Incident
    from tickets.models import Ticket

MOST_GUESSES = 10
GUESSES_WITHIN = timedelta(hours=1)
DESKS = (Desk.SUPPORT, Desk.FINANCE, Desk.DISPATCH)


class NobodyNamed(DomainError):
    code = "nobody_named"


class NothingHandedOver(DomainError):
    code = "nothing_handed_over"


class EndedMeanwhile(DomainError):
    code = "ended_meanwhile"


class ToldAlready(DomainError):
    code = "told_already"


class NotVerified(DomainError):
    code = "not_verified"
    status = 422


def is_verified(contact: Contact) -> bool:
    """Has whoever speaks in this contact shown that he is its subscriber?"""
    tries = Verification.objects.filter(contact=contact, subscriber=contact.subscriber_id, is_right=True)
    return contact.subscriber_id is not None and tries.exists()


def verify(*, contact: Contact, said: str, by: User) -> None:
    """Open the card of whoever knows his account, or his flat and the last digits of the account.

    Each try is kept; after three wrong ones the caller stays a stranger. Raises NobodyNamed, NotVerified, TooManyCards.
    """
    subscriber = contact.subscriber
    if subscriber is None:
        raise NobodyNamed(_("First say who is calling."))
    if is_verified(contact):
        return
    wrong = queries.wrong_tries(contact)
    if wrong >= MOST_TRIES:
        raise NotVerified(_("Three wrong answers: go on as with a stranger, and name nothing of the card."))
    flat = subscriber.premise.number if subscriber.premise else ""
    how = fits(said, account=subscriber.account, flat=flat)
    if how is None:
        _keep_wrong(contact, by=by)
        left = MOST_TRIES - wrong - 1
        text = ngettext("It does not fit. %(n)d try is left.", "It does not fit. %(n)d tries are left.", left)
        raise NotVerified(text % {"n": left}, fields={"said": text % {"n": left}})
    customers.read_card(subscriber=subscriber, by=by, why=CardReading.Why.VERIFIED, contact_id=contact.pk)
    _keep(contact, how=how, is_right=True, by=by)


def open_card(*, contact: Contact, reason: str, by: User) -> None:
    """Open the card without the caller's answers, with a reason that stays in the log.

    Raises NobodyNamed, NotVerified without a reason, TooManyCards.
    """
    subscriber, reason = contact.subscriber, reason.strip()
    if subscriber is None:
        raise NobodyNamed(_("First say who is calling."))
    if not reason:
        raise NotVerified(_("Say why: the supervisor reads it."), fields={"reason": _("Required.")})
    customers.read_card(subscriber=subscriber, by=by, why=CardReading.Why.BY_HAND, reason=reason, contact_id=contact.pk)
    if not is_verified(contact):
        _keep(contact, how=Verification.How.BY_HAND, is_right=True, by=by, reason=reason)


@transaction.atomic
def _keep(contact: Contact, *, how: str, is_right: bool, by: User, reason: str = "") -> None:
    facts = {"contact": contact, "subscriber": contact.subscriber, "is_right": is_right}
    if is_right:  # of two who verify at once one is noted
        _row, is_new = Verification.objects.get_or_create(**facts, defaults={"how": how, "by": by})
    else:
        _row, is_new = Verification.objects.create(**facts, how=how, by=by), True
    if is_new:
        fact = contact_verified if is_right else contact_not_verified
        history.record(contact, fact, by=by, **({"how": how, "reason": reason} if is_right else {}))


_GUESSES = gettext_noop("%(who)s: more than %(n)s wrong answers of callers within an hour")
_LOG = "/settings/personal-data/readings/"


@transaction.atomic
def _keep_wrong(contact: Contact, *, by: User) -> None:
    """A wrong answer; too many within an hour by one operator look like guessing, and the supervisors are told."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)  # two windows of his count one by one
    _keep(contact, how=Verification.How.ADDRESS, is_right=False, by=by)
    recent = Verification.objects.filter(by=by, is_right=False, at__gt=clock.now() - GUESSES_WITHIN)
    if recent.count() == MOST_GUESSES + 1:
        for one in User.objects.filter(is_active=True, role=Role.SUPERVISOR):
            staff.notify(user=one, text=_GUESSES, url=_LOG, by=by, who=by.title, n=MOST_GUESSES)


@transaction.atomic
def wrap_up(
    *,
    contact: Contact,
    outcome: str,
    note: str | None,
    by: User,
    topic: Topic | None = None,
    seen: str | None = None,
    call_back_at: datetime | None = None,
    call_back_phone: str = "",
) -> Contact:
    """End the contact with an outcome that a person chooses; a promised call becomes a call-back.

    Another outcome than before takes back what the earlier one left behind. `topic`: taken where none is chosen yet.
    `seen`: the outcome that stood on the screen; another one by now means that a colleague was faster.
    `call_back_phone`: where it is not the number he calls from. Raises NoSuchOutcome, NoTopic, EndedMeanwhile,
    NoNumber, WrongMoment.
    """
    if outcome not in BY_HAND:
        raise NoSuchOutcome(_("Choose how the contact ended."), fields={"outcome": _("Required.")})
    now = Contact.objects.select_for_update(of=("self",)).select_related("handled_by").get(pk=contact.pk)
    if seen is not None and now.outcome != seen and now.handled_by != by:
        who = now.handled_by.title if now.handled_by else _("Somebody")
        told = {"who": who, "outcome": now.get_outcome_display()}
        raise EndedMeanwhile(_("%(who)s has just ended this contact: “%(outcome)s”. Your note is kept here.") % told)
    if topic is not None and now.topic_id is None:
        contacts.set_topic(contact=contact, topic=topic, by=by)
    if outcome == Outcome.CALL_BACK:
        ask_call_back(contact=contact, by=by, due_at=call_back_at, note=note or "", phone=call_back_phone)
    return _end(contact, outcome, note=note, by=by)


def _end(contact: Contact, outcome: str, *, by: User, note: str | None = None) -> Contact:
    """Close it; where another outcome stood, a slip of the hand, take back what that one had left behind."""
    before = Contact.objects.select_for_update(of=("self",)).values_list("outcome", flat=True).get(pk=contact.pk)
    if before == Outcome.CALL_BACK != outcome:
        withdraw_promise(contact=contact, by=by)
    if before == Outcome.INCIDENT != outcome:
        incidents.take_back_word(contact=contact, by=by)
    return contacts.close(contact=contact, outcome=outcome, note=note, by=by)


_COMES = gettext_noop("%(who)s hands a caller over to you and stays on the line: № %(number)s")


@transaction.atomic
def pass_on(
    *,
    contact: Contact,
    desk: str,
    subject: str,
    note: str | None,
    by: User,
    is_warm: bool = False,
    topic: Topic | None = None,
    values: Mapping[str, str] | None = None,
) -> "Ticket":
    """Hand the contact to a desk as a ticket; the same desk twice is one ticket.

    `note`: what is said to the desk; None: what the contact's note says. `topic`: taken where none is chosen yet.
    `values`: of the desk's custom fields, by their keys; what it demands must be there. Raises WrongDesk, NoTopic,
    EmptyText, FieldErrors, MissingFields.

    Warm (`is_warm`): whoever of the desk is there is told at once, and the contact stays open until `let_go`, so that
    its operator sees who takes it.
    """
    if desk not in DESKS:
        raise WrongDesk(_("Choose a desk."))
    if topic is not None and contact.topic_id is None:
        contact = contacts.set_topic(contact=contact, topic=topic, by=by)
    if contact.topic_id is None:
        raise NoTopic(_("Choose what it was about: the topic."), fields={"topic": _("Required.")})
    ticket = tickets.open_from_contact(
        contact=contact,
        desk=desk,
        subject=subject,
        text=contact.note if note is None else note,
        by=by,
        handed_from=Desk.FIRST_LINE,
    )
    if values:
        ticket = tickets.set_fields(ticket=ticket, values=values, by=by)
    tickets.check_arrival(ticket)
    if not is_warm:
        _end(contact, Outcome.TICKET, note=note, by=by)
        return ticket
    for one in queries.there_at(desk):
        staff.notify(user=one, text=_COMES, url=ticket.get_absolute_url(), by=by, who=by.title, number=ticket.number)
    live.hint(*contact.live_topics())
    return ticket


@transaction.atomic
def let_go(*, contact: Contact, note: str | None, by: User) -> None:
    """The desk has taken the caller over, or will: the contact is over. Raises NothingHandedOver."""
    if not queries.handed(contact, by):
        raise NothingHandedOver(_("Nothing has been handed over yet."))
    _end(contact, Outcome.TICKET, note=note, by=by)


@transaction.atomic
def tell_of_incident(
    *, contact: Contact, incident: "Incident", by: User, note: str | None = None, wants_word: bool = False
) -> None:
    """The caller was told about the incident: the contact belongs to it and is over.

    A contact without a topic takes what the incident is about. `wants_word`: he gets a message when it is restored.
    """
    # The contact before the incident, as the detector locks them: the other way round they would wait for each other.
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    incidents.attach(incident=incident, contact=contact, by=by, wants_word=wants_word)
    if contact.topic_id is None:
        contacts.set_topic(contact=contact, topic=topic_of(incident), by=by)
    _end(contact, Outcome.INCIDENT, note=note, by=by)


@transaction.atomic
def set_apart(*, contact: Contact, by: User) -> None:
    """The contact that the detector attached is about something else. Raises ToldAlready."""
    if Contact.objects.filter(pk=contact.pk, outcome=Outcome.INCIDENT).exists():
        raise ToldAlready(_("The caller was told of the incident: choose another outcome first."))
    incidents.detach(contact=contact, by=by)
    live.hint(*contact.live_topics())
