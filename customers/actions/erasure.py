"""Erasing a subscriber's personal data: asked for, confirmed, carried out, put into an act.

Each section is a transaction of its own, so that a large firm's thousands of rows go in steps that people can watch
and a worker that dies goes on where it stopped. The last transaction goes over everything once more, writes the act,
and only there may the words in history rows be masked.
"""

import hashlib
import logging
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from common import clock, history, live
from common.errors import DomainError
from common.history import System
from customers import events, personal_data
from customers.models import Erasure, ErasureAct, Subscriber
from customers.personal_data import Holding
from staff.models import User

log = logging.getLogger(__name__)
State = Erasure.State


class Blocked(DomainError):
    code = "erasure_blocked"


class AlreadyAsked(DomainError):
    code = "erasure_already_asked"


class NotOpen(DomainError):
    code = "erasure_not_open"


class NotConfirmed(DomainError):
    code = "erasure_not_confirmed"
    status = 422


class NoReason(DomainError):
    code = "no_reason"
    status = 422


def _locked(erasure: Erasure) -> Erasure:
    return Erasure.objects.select_for_update(of=("self",)).select_related("subscriber").get(pk=erasure.pk)


def _must_be_free(subscriber: Subscriber) -> None:
    found = personal_data.blockers(subscriber)
    if found:
        raise Blocked(_("First this must end: %(what)s.") % {"what": "; ".join(found)})


@transaction.atomic
def ask_erasure(*, subscriber: Subscriber, basis: str, reason: str, by: User) -> Erasure:
    """Ask to erase; nothing is erased yet. Raises NoReason, AlreadyAsked, Blocked (what is still open)."""
    reason = reason.strip()
    if not reason:
        raise NoReason(_("Say why: the act will hold it."), fields={"reason": _("Required.")})
    if basis not in Erasure.Basis.values:
        raise NoReason(_("Choose the legal basis."), fields={"basis": _("Required.")})
    if subscriber.erased_at:
        raise AlreadyAsked(_("This subscriber's data is erased already."))
    _must_be_free(subscriber)
    try:
        with transaction.atomic():
            erasure = Erasure.objects.create(subscriber=subscriber, basis=basis, reason=reason, asked_by=by)
    except IntegrityError as error:
        raise AlreadyAsked(_("Somebody has already asked for it: confirm or cancel that request.")) from error
    history.record(subscriber, events.erasure_asked, by=by, erasure=erasure.pk, basis=basis, reason=reason)
    return erasure


@transaction.atomic
def cancel_erasure(*, erasure: Erasure, by: User) -> Erasure:
    """Call a request off, before it is confirmed. Raises NotOpen."""
    erasure = _locked(erasure)
    if erasure.state != State.ASKED:
        raise NotOpen(_("The request is not waiting any more: it is confirmed, done or cancelled."))
    erasure.state, erasure.ended_at = State.CANCELLED, clock.now()
    erasure.save(update_fields=["state", "ended_at"])
    history.record(erasure.subscriber, events.erasure_cancelled, by=by, erasure=erasure.pk)
    return erasure


@transaction.atomic
def confirm_erasure(*, erasure: Erasure, by: User, account: str = "") -> Erasure:
    """Say yes: a second person, or the one who asked if she types the account. A worker does the rest.

    Raises NotOpen, NotConfirmed, Blocked.
    """
    erasure = _locked(erasure)
    if erasure.state != State.ASKED:
        raise NotOpen(_("The request is not waiting any more: it is confirmed, done or cancelled."))
    alone = by.pk == erasure.asked_by_id
    if alone and account.strip() != erasure.subscriber.account:
        raise NotConfirmed(
            _("You asked for it yourself: type the account, or let a colleague confirm."),
            fields={"account": _("This is not the account.")},
        )
    _must_be_free(erasure.subscriber)
    erasure.state, erasure.confirmed_by, erasure.confirmed_at = State.CONFIRMED, by, clock.now()
    erasure.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    history.record(erasure.subscriber, events.erasure_confirmed, by=by, erasure=erasure.pk, alone=alone)
    return erasure


def carry_out_erasures() -> int:
    """Do what is confirmed; how many are done. For the worker and the sweep, in any number of copies."""
    waiting = Erasure.objects.filter(state=State.CONFIRMED).order_by("pk").values_list("pk", flat=True)
    done = 0
    for pk in list(waiting):
        try:
            done += _carry_out(pk)
        except DatabaseError:
            raise
        except Exception:  # one that cannot be done must not stop the others
            log.exception("erasure %s failed", pk)
    return done


def _carry_out(pk: int) -> bool:
    for holding in personal_data.holdings():
        if holding.erase and not _section(pk, holding):
            return False
    return _finish(pk)


def _claimed(pk: int) -> Erasure | None:
    """The erasure, locked, with its subscriber; None while another worker has it, or something must end first."""
    erasure = (
        Erasure.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, state=State.CONFIRMED).first()
    )
    if erasure is None:
        return None
    erasure.subscriber = Subscriber.objects.select_for_update(of=("self",)).get(pk=erasure.subscriber_id)
    found = personal_data.blockers(erasure.subscriber)
    if found != erasure.waits_for:
        erasure.waits_for = found
        erasure.save(update_fields=["waits_for"])
    return None if found else erasure


@transaction.atomic
def _section(pk: int, holding: Holding) -> bool:
    """One section, if it is not done yet. False: not now."""
    erasure = _claimed(pk)
    if erasure is None:
        return False
    if holding.name not in erasure.progress:
        assert holding.erase is not None
        _note(erasure, holding, holding.erase(erasure.subscriber))
        erasure.save(update_fields=["progress"])
        live.hint(*erasure.subscriber.live_topics())
    return True


def _note(erasure: Erasure, holding: Holding, count: int) -> None:
    before = erasure.progress.get(holding.name, {}).get("count", 0)
    erasure.progress[holding.name] = {"count": before + count, "at": clock.now().isoformat()}


@transaction.atomic
def _finish(pk: int) -> bool:
    """Everything once more, the act, the words of history, the end: all in one transaction."""
    erasure = _claimed(pk)
    if erasure is None:
        return False
    subscriber, holdings = erasure.subscriber, personal_data.holdings()
    texts = {holding.name: holding.texts(subscriber) for holding in holdings if holding.texts}
    for holding in holdings:
        if holding.erase and (more := holding.erase(subscriber)):
            _note(erasure, holding, more)
    act = _write_act(erasure, holdings, texts)
    for holding in holdings:
        if holding.erase_texts:
            done = holding.erase_texts(act.pk)
            assert done == texts.get(holding.name, 0), f"{holding.name}: the act says otherwise"
    subscriber.erased_at = act.at
    subscriber.save(update_fields=["erased_at"])
    erasure.state, erasure.ended_at = State.DONE, act.at
    erasure.save(update_fields=["state", "ended_at", "progress"])
    history.record(
        subscriber, events.subscriber_erased, by=System.SWEEP, erasure=erasure.pk, act=act.pk, counts=act.counts
    )
    log.info("erasure %s: act %s", erasure.pk, act.pk)
    return True


def _write_act(erasure: Erasure, holdings: list[Holding], texts: dict[str, int]) -> ErasureAct:
    """The act, and in it the export of the event log: what was erased, when, from which section, why, at whose word."""
    assert erasure.confirmed_by is not None
    now = clock.now()
    counts = {name: done["count"] for name, done in erasure.progress.items()}
    for name, count in texts.items():
        counts[f"{name}: history"] = count
    with override("ru"):  # the act is a document of a Russian operator, whoever's browser it is read in
        exported = _document(erasure, holdings, texts, now)
    return ErasureAct.objects.create(
        erasure=erasure,
        subscriber=erasure.subscriber,
        at=now,
        asked_by=erasure.asked_by,
        confirmed_by=erasure.confirmed_by,
        basis=erasure.basis,
        reason=erasure.reason,
        counts=counts,
        document=exported,
        sha256=hashlib.sha256(exported.encode()).hexdigest(),
    )


def _category(holding: Holding) -> str:
    """ "Phones: number, note"."""
    return f"{holding.title}: {', '.join(str(title).lower() for title in holding.columns.values())}"


def _document(erasure: Erasure, holdings: list[Holding], texts: dict[str, int], now: Any) -> str:
    assert erasure.confirmed_by is not None
    rows: list[dict[str, Any]] = []
    for holding in holdings:
        done = erasure.progress.get(holding.name)
        if done and done["count"]:
            rows.append({"at": done["at"], "section": str(holding.title), "records": done["count"], "what": "erased"})
        if texts.get(holding.name):
            rows.append(
                {"at": now, "section": str(holding.title), "records": texts[holding.name], "what": "history masked"}
            )
    return personal_data.document(
        {
            "document": "выгрузка из журнала регистрации событий в информационной системе персональных данных",
            "erasure": erasure.pk,
            "subject": {"account": erasure.subscriber.account, "record": erasure.subscriber_id},
            "basis": str(Erasure.Basis(erasure.basis).label),
            "reason": erasure.reason,
            "asked": {"at": erasure.asked_at, "by": erasure.asked_by.title},
            "confirmed": {"at": erasure.confirmed_at, "by": erasure.confirmed_by.title},
            "categories": [_category(holding) for holding in holdings if holding.erase or holding.erase_texts],
            "events": rows,
            "kept": [f"{holding.title}: {holding.kept}" for holding in holdings if holding.kept],
            "finished_at": now,
        }
    )
