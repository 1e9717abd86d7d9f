import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from calls import dialling, queries, store
from calls.models import Announcement, Line, OpenTicketNote, token_hash
from calls.report import Report
from common import clock, live
from common.history import System
from contacts import actions as contacts
from contacts.models import Channel, Contact

if TYPE_CHECKING:
    from network.models import Building, Node


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of an event: was it new, and what the PBX is told."""

    is_new: bool
    reply: dict[str, Any]


@transaction.atomic(durable=True)
def take_in(*, line: Line, report: Report) -> TakenIn:
    """Keep one CTI event and everything that follows from it: the call, its contact, the reply.

    Idempotent and indifferent to order. At most 6 statements: lock, event, who calls, contact with its history,
    who answered, call (a leg that turns out to belong to another call costs more, once).
    """
    kept = store.keep(line.pk, report)
    if kept is None:
        return TakenIn(False, _reply(line, report, queries.callers(report.caller)) if _asks(report) else {})
    is_first_leg = report.leg == kept.root
    known = kept.contact_id is not None or report.direction == "out" or not is_first_leg
    callers = [] if known and not _asks(report) else queries.callers(report.caller)
    contact_id = kept.contact_id
    if not known:
        contact_id = _receive_contact(line, kept.root, report, callers).pk
        for leg in kept.legs or ():  # its transferred legs came first and were taken for calls of their own
            _merge_orphan(_orphan_id(line, leg), contact_id)
    operator_id = queries.user_id_by_name(report.answered_by) if report.answered_by else None
    if kept.split:
        orphan = store.absorb(line.pk, kept.root, report.leg)
        _merge_orphan(orphan, contact_id)
    call_id = store.join(line.pk, kept.root, report, contact_id=contact_id, operator_id=operator_id)
    topics = ["desk:first_line", "calls:all", f"call:{call_id}"]
    topics += [f"contact:{contact_id}"] if contact_id else []
    topics += [f"user:{operator_id}"] if operator_id else []
    live.hint(*topics)
    if kept.blocked and report.kind == "newCall" and report.direction == "in":
        return TakenIn(True, {"action": "reject", "reason": "busy"})
    return TakenIn(True, _reply(line, report, callers))


def _asks(report: Report) -> bool:
    return report.kind == "newCall" and report.direction == "in"


def _receive_contact(line: Line, root: str, report: Report, callers: list[queries.Caller]) -> Contact:
    """The contact of an incoming call. Whose phone it is decides only when it is one person's; else only where."""
    only = callers[0] if len(callers) == 1 else None
    buildings = {caller.building_id for caller in callers}
    return contacts.receive(
        channel=Channel.PHONE,
        key=_key(line, root),
        at=report.at,
        by=System.PBX,
        phone=report.caller,
        subscriber_id=only.subscriber_id if only else None,
        building_id=buildings.pop() if len(buildings) == 1 else None,
        switch_id=only.switch_id if only else None,
    )


def _orphan_id(line: Line, leg: str) -> int | None:
    orphans = Contact.objects.filter(key=_key(line, leg), merged_into=None)
    return orphans.values_list("pk", flat=True).first()


def _key(line: Line, leg: str) -> str:
    return f"{line.pk}:{leg}"


def _merge_orphan(orphan_id: int | None, contact_id: int | None) -> None:
    if orphan_id is None or contact_id is None:
        return
    contacts.merge(contact=Contact.objects.get(pk=orphan_id), into=Contact.objects.get(pk=contact_id), by=System.PBX)


def _reply(line: Line, report: Report, callers: list[queries.Caller]) -> dict[str, Any]:
    if report.kind != "newCall":
        return {}
    if report.direction == "out":
        number = dialling.number_of(report.dialled)
        if not line.caller_id and number == report.dialled:
            return {}
        return {"action": "dial", "caller_id": line.caller_id, "number": number}
    known = [caller.announcement for caller in callers if caller.announcement]
    return {"action": "announce", "incident": known[0]} if known else {}


@transaction.atomic
def announce(
    *,
    reference: int,
    text: str,
    eta: datetime | None,
    building: "Building | None" = None,
    node: "Node | None" = None,
) -> None:
    """Let the PBX tell callers from this place (nowhere in particular = the whole town) about an incident."""
    Announcement.objects.update_or_create(
        reference=reference,
        defaults={"building": building, "node": node, "text": text, "eta": eta, "ended_at": None},
    )


@transaction.atomic
def stop_announcing(*, reference: int, at: datetime) -> None:
    Announcement.objects.filter(reference=reference, ended_at=None).update(ended_at=at)


@transaction.atomic
def note_open_ticket(*, subscriber_id: int, number: str | None) -> None:
    """Remember, or forget, the open ticket that a caller's lookup names."""
    if number:
        OpenTicketNote.objects.update_or_create(subscriber_id=subscriber_id, defaults={"number": number})
    else:
        OpenTicketNote.objects.filter(subscriber_id=subscriber_id).delete()


@transaction.atomic
def issue_token(*, line: Line) -> str:
    """Give a line, new or known, a token and return it: it cannot be shown again, only its hash is kept."""
    token = secrets.token_urlsafe(24)
    line.token_hash = token_hash(token)
    line.save()
    return token


def note_heard(*, line: Line) -> None:
    """The line has just spoken. Bookkeeping, so no history row."""
    Line.objects.filter(pk=line.pk).update(heard_at=clock.now())


@transaction.atomic
def add_line(*, name: str, token: str, may_replay: bool = False) -> Line:
    """Let a PBX report calls with this token; only its hash is kept."""
    return Line.objects.create(name=name, token_hash=token_hash(token), may_replay=may_replay)
