"""Two tickets about one thing become one, and a wrong merge is undone. A merge is a pointer: nothing is moved."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from common import clock, history
from common.errors import DomainError
from staff.models import User
from tickets import events
from tickets.actions.common import final, locked, move, save
from tickets.actions.lifecycle import OpenChildren, tell_lookup
from tickets.models import MERGED, UNDO_FOR, Merge, ResolutionCode, Status, Ticket

_LOCK = 0x6D657267  # advisory: whoever changes the shape of the family does it alone, so that no circle can close


class CannotMerge(DomainError):
    code = "cannot_merge"


class OtherSubscriber(DomainError):
    """Two people's tickets: asked first, done with `sure`."""

    code = "other_subscriber"


class CannotUndoMerge(DomainError):
    code = "cannot_undo_merge"


def alone() -> None:
    """Wait until nobody else binds tickets, and hold the others off until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def both(one: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """The two as they are now, locked in the order that everybody keeps."""
    found = {ticket.pk: locked(ticket) for ticket in sorted((one, other), key=lambda ticket: ticket.pk)}
    return found[one.pk], found[other.pk]


@transaction.atomic
def merge(*, ticket: Ticket, into: Ticket, by: User, sure: bool = False) -> Ticket:
    """Let `into`, or the ticket that took it in, take this one in; answers with that one.

    This one is resolved as merged and keeps what it has; later words for it go to the other. What the subscriber waits
    for, he now waits for there. Raises CannotMerge, OpenChildren, OtherSubscriber unless `sure`; an open visit refuses
    through its desk. `undo_merge` puts it back for an hour.
    """
    alone()
    end = final(Ticket.objects.get(pk=into.pk))
    if end.pk == ticket.pk:
        raise _refused(_("A ticket cannot be merged into itself."))
    source, target = both(ticket, end)
    _must_be_free(source, target)
    if not sure and source.subscriber_id and target.subscriber_id and source.subscriber_id != target.subscriber_id:
        raise OtherSubscriber(
            _("These are two subscribers' tickets: the other one's words would be read under this name."),
            fields={"sure": _("Say that you are sure.")},
        )
    made = Merge.objects.create(source=source, target=target, by=by, was=_as_it_is(source))
    old = source.status
    fields = [] if source.is_resolved else move(source, Status.RESOLVED, within=True)
    source.merged_into = target
    source.resolution_code = ResolutionCode.objects.get(code=MERGED)
    save(source, *dict.fromkeys([*fields, "merged_into", "resolution_code"]))
    asked = source.awaits_reply_since
    made.was |= _inherit(source, target)
    made.save(update_fields=["was"])
    history.record(source, events.ticket_merged, by=by, old=old)
    said = {"asked": asked.isoformat()} if asked else {}
    history.record(target, events.ticket_took_in, by=by, other=[None, source.number], merge=made.pk, **said)
    tell_lookup(source.subscriber_id)
    return target


def _refused(text: str) -> CannotMerge:
    return CannotMerge(text, fields={"into": text})


def _must_be_free(source: Ticket, target: Ticket) -> None:
    if source.merged_into_id is not None:
        raise CannotMerge(_("The ticket is merged into another one already."))
    if target.is_resolved:
        raise _refused(
            _("№ %(number)s is resolved: reopen it, or merge the other way round.") % {"number": target.number}
        )
    if source.children.unresolved().exists():
        raise OpenChildren(_("Tickets that belong to this one are still open: resolve or detach them first."))


def _as_it_is(source: Ticket) -> dict[str, Any]:
    return {
        "status": source.status,
        "wait_until": _iso(source.wait_until),
        "resolved_at": _iso(source.resolved_at),
        "code": source.resolution_code_id,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _inherit(source: Ticket, target: Ticket) -> dict[str, Any]:
    """The subscriber is answered where he spoke last, and has waited since he first asked; what that replaced."""
    was: dict[str, Any] = {}
    last = target.last_in_at
    if source.conversation_id and (last is None or (source.last_in_at is not None and source.last_in_at > last)):
        was["conversation"] = [target.conversation_id, source.conversation_id]
        target.conversation_id = source.conversation_id
    asked = source.awaits_reply_since
    if asked and (target.awaits_reply_since is None or asked < target.awaits_reply_since):
        was["awaits"] = [_iso(target.awaits_reply_since), _iso(asked)]
        target.awaits_reply_since = asked
    save(target, "conversation", "awaits_reply_since")
    return was


@transaction.atomic
def undo_merge(*, ticket: Ticket, by: User) -> Ticket:
    """Put a merged ticket back as it was, within an hour. What was said meanwhile stays with the other one.

    Raises CannotUndoMerge.
    """
    alone()
    made = Merge.objects.filter(source=ticket, undone_at=None).select_related("target").first()
    if made is None:
        raise CannotUndoMerge(_("The ticket is not merged, or somebody has undone it already."))
    if clock.now() > made.at + UNDO_FOR:
        raise CannotUndoMerge(_("More than an hour has passed: open a new ticket that continues this one."))
    # Down the chain, as a word for a merged ticket walks it.
    source = locked(ticket)
    target = locked(made.target)
    was = made.was
    source.merged_into = None
    source.status = was["status"]
    source.wait_until = _moment(was["wait_until"])
    source.resolved_at = _moment(was["resolved_at"])
    source.resolution_code_id = was["code"]
    save(source, "merged_into", "status", "wait_until", "resolved_at", "resolution_code")
    _give_back(target, was)
    made.undone_at, made.undone_by = clock.now(), by
    made.save(update_fields=["undone_at", "undone_by"])
    history.record(source, events.ticket_unmerged, by=by)
    history.record(target, events.ticket_parted, by=by, other=[source.number, None], merge=made.pk)
    tell_lookup(source.subscriber_id)
    return source


def _moment(said: str | None) -> datetime | None:
    return parse_datetime(said) if said else None


def _give_back(target: Ticket, was: dict[str, Any]) -> None:
    """What the target inherited goes back, where nothing newer has taken its place."""
    before, inherited = was.get("conversation", [None, None])
    spoken = target.messages.filter(message__conversation=inherited).exists() if inherited else True
    if target.conversation_id == inherited and not spoken:
        target.conversation_id = before
    before, inherited = was.get("awaits", [None, None])
    if inherited and _iso(target.awaits_reply_since) == inherited:
        target.awaits_reply_since = _moment(before)
    save(target, "conversation", "awaits_reply_since")
