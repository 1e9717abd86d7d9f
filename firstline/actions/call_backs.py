"""People who are to be called: who gave up waiting, and who asked for it. Nobody is forgotten, nobody called twice."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, When
from django.utils.translation import gettext as _

from common import clock, history, phones
from common.errors import DomainError
from common.history import System
from contacts import actions as contacts
from contacts.models import Contact, Outcome
from firstline import events, queries
from firstline.models import CallBack
from staff.models import User

Actor = User | System

MISSED_WITHIN = timedelta(minutes=15)
ASKED_WITHIN = timedelta(hours=1)
AGAIN_AFTER = timedelta(minutes=30)
MOST_TRIES = 3
LATEST = timedelta(days=14)
AT_ONCE = 200


class NotOpen(DomainError):
    code = "call_back_done"


class AlreadyTaken(DomainError):
    code = "already_taken"


class WrongMoment(DomainError):
    code = "wrong_moment"
    status = 422


class NoNumber(DomainError):
    code = "no_number"
    status = 422


def _locked(call_back: CallBack) -> CallBack:
    found = CallBack.objects.select_for_update(of=("self",), no_key=True).get(pk=call_back.pk)
    if found.done_at is not None:
        raise NotOpen(_("Somebody has finished this call-back already."))
    return found


def _open(contact: Contact, phone: str, *, why: str, due_at: datetime, note: str, by: Actor) -> CallBack:
    """The open promise for this number, made now or known before: of two moments the earlier one holds."""
    made, is_new = CallBack.objects.get_or_create(
        phone=phone,
        done_at=None,
        defaults={
            "code": _free_code(),
            "contact": contact,
            "subscriber": contact.subscriber,
            "building": contact.building,
            "why": why,
            "note": note[:500],
            "due_at": due_at,
            "missed": int(why == CallBack.Why.MISSED),
        },
    )
    if is_new:
        history.record(made, events.call_back_opened, by=by, why=[None, why], contact=contact.pk)
        return made
    made = _locked(made)
    if why == CallBack.Why.MISSED:
        made.missed = F("missed") + 1
    made.due_at, made.note = min(made.due_at, due_at), made.note or note[:500]
    made.subscriber, made.building = made.subscriber or contact.subscriber, made.building or contact.building
    made.save(update_fields=["missed", "due_at", "note", "subscriber", "building"])
    made.refresh_from_db()
    history.record(made, events.call_back_missed, by=by, contact=contact.pk)
    return made


def _free_code() -> str:
    """Six digits; a guess at random hits one of a handful of open promises once in a hundred thousand tries."""
    while True:
        code = f"{secrets.randbelow(1_000_000):06d}"
        if not CallBack.objects.open().filter(code=code).exists():
            return code


def _checked(due_at: datetime | None) -> datetime:
    now = clock.now()
    if due_at is None or not now < due_at <= now + LATEST:
        raise WrongMoment(
            _("Choose a moment to come, within two weeks."), fields={"due_at": _("Choose a moment to come.")}
        )
    return due_at


@transaction.atomic
def ask_call_back(
    *, contact: Contact, by: User, due_at: datetime | None = None, note: str = "", phone: str = ""
) -> CallBack:
    """The caller asked to be called; in an hour unless he named a moment.

    `phone`: as typed, where it is to be another number than the one he calls from. Raises NoNumber, WrongMoment.
    """
    number = phones.normalise(phone or contact.phone)
    if phone.strip() and number is None:
        raise NoNumber(_("This is no phone number."), fields={"call_back_phone": _("Check the number.")})
    if number is None or (not phone.strip() and number != contact.phone):
        raise NoNumber(_("The number is hidden: ask for one."), fields={"call_back_phone": _("Required.")})
    due_at = _checked(due_at) if due_at else clock.now() + ASKED_WITHIN
    return _open(contact, number, why=CallBack.Why.ASKED, due_at=due_at, note=note, by=by)


@transaction.atomic
def withdraw_promise(*, contact: Contact, by: User) -> None:
    """This contact did not end with a promise to call after all. One that others gave up waiting on since stays."""
    own = CallBack.objects.open().filter(contact=contact)
    for one in own.filter(missed__lte=Case(When(why=CallBack.Why.MISSED, then=1), default=0)):
        try:
            finish(call_back=one, result=CallBack.Result.WITHDRAWN, by=by, contact=contact)
        except NotOpen:
            continue  # a colleague has just reached him


@transaction.atomic
def take_call_back(*, call_back: CallBack, by: User) -> CallBack:
    """Make it mine. Of two who try at once exactly one succeeds; the other gets AlreadyTaken."""
    call_back = _locked(call_back)
    if call_back.owner_id == by.pk:
        return call_back
    if call_back.owner is not None:
        raise AlreadyTaken(_("%(who)s is calling already.") % {"who": call_back.owner.title})
    call_back.owner = by
    call_back.save(update_fields=["owner"])
    history.record(call_back, events.call_back_taken, by=by, old=None, new=by.pk)
    return call_back


@transaction.atomic
def release_call_back(*, call_back: CallBack, by: User) -> CallBack:
    """Anybody's again: also a colleague's, who has gone home."""
    call_back = _locked(call_back)
    if call_back.owner_id is not None:
        old, call_back.owner = call_back.owner_id, None
        call_back.save(update_fields=["owner"])
        history.record(call_back, events.call_back_taken, by=by, old=old, new=None)
    return call_back


@transaction.atomic
def nobody_answered(*, call_back: CallBack, by: User) -> CallBack:
    """Called, and nobody was there: again in half an hour; after the third time it is over."""
    call_back = _locked(call_back)
    call_back.tries += 1
    if call_back.tries >= MOST_TRIES:
        call_back.save(update_fields=["tries"])
        return finish(call_back=call_back, result=CallBack.Result.NOT_REACHED, by=by)
    old, call_back.due_at, call_back.owner = call_back.due_at, clock.now() + AGAIN_AFTER, None
    call_back.save(update_fields=["tries", "due_at", "owner"])
    said = {"due_at": [old.isoformat(), call_back.due_at.isoformat()], "tries": [call_back.tries - 1, call_back.tries]}
    history.record(call_back, events.call_back_tried, by=by, **said)
    return call_back


@transaction.atomic
def put_off(*, call_back: CallBack, due_at: datetime | None, by: User) -> CallBack:
    """Call at another moment. Raises WrongMoment."""
    call_back = _locked(call_back)
    old, call_back.due_at = call_back.due_at, _checked(due_at)
    call_back.save(update_fields=["due_at"])
    history.record(call_back, events.call_back_moved, by=by, due_at=[old.isoformat(), call_back.due_at.isoformat()])
    return call_back


@transaction.atomic
def finish(*, call_back: CallBack, result: str, by: Actor, contact: Contact | None = None) -> CallBack:
    """Nobody is to be called any more. Raises NotOpen, WrongMoment for a result that is none."""
    if result not in CallBack.Result.values:
        raise WrongMoment(_("Say how it ended."))
    call_back = _locked(call_back)
    call_back.done_at, call_back.result, call_back.ended_by = clock.now(), result, contact or call_back.ended_by
    call_back.done_by = by if isinstance(by, User) else None
    call_back.save(update_fields=["done_at", "result", "ended_by", "done_by"])
    said = {"contact": contact.pk} if contact else {}
    history.record(call_back, events.call_back_done, by=by, result=[None, result], **said)
    return call_back


def catch_missed() -> int:
    """For the sweep: promise a call to whoever gave up, and end what a later conversation has settled; how many.

    Who had misdialled, was reached since, or gave up longer than a day ago is promised nothing: his line dropped.
    """
    return _promise() + _settle()


def _promise() -> int:
    made = 0
    for pk, may_wait in queries.missed(limit=AT_ONCE):
        with transaction.atomic():
            contact = Contact.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if contact is None or contact.closed_at is not None:
                continue
            outcome = Outcome.DROPPED
            if may_wait and phones.normalise(contact.phone) == contact.phone and not queries.reached_since(contact):
                due_at, outcome = clock.now() + MISSED_WITHIN, Outcome.CALL_BACK
                _open(contact, contact.phone, why=CallBack.Why.MISSED, due_at=due_at, note="", by=System.SWEEP)
                made += 1
            contacts.close(contact=contact, outcome=outcome, by=System.SWEEP)
    return made


def _settle() -> int:
    ended = 0
    for call_back, contact, result in queries.settled():
        with transaction.atomic():
            try:
                finish(call_back=call_back, result=result, by=System.SWEEP, contact=contact)
            except NotOpen:
                continue
            ended += 1
    return ended
