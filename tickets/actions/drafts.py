"""What is half-written: kept on the server as one types, gone when it is sent."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common import cards, clock
from common.errors import DomainError
from messaging import files as messaging_files
from messaging.models import Attachment
from staff.models import User
from tickets.models import Draft, Kind, Ticket, TicketFile, TicketMessage

LONGEST = 10_000
KEPT = timedelta(days=90)
MOST_FILES = 10


class WrongDraft(DomainError):
    code = "wrong_draft"
    status = 422


@transaction.atomic
def save_draft(
    *, ticket: Ticket, by: User, kind: str, text: str, seen: int = 0, read: int | None = None
) -> Draft | None:
    """Keep what a person has typed; None when nothing is left of it. Raises WrongDraft.

    `seen` (the newest TicketMessage he saw) is kept from the first words on: what comes while he types is newer.
    `read`: he says that he has read up to this one.
    """
    if kind not in Kind.values:
        raise WrongDraft(_("Choose a reply or a note."))
    if len(text) > LONGEST:
        raise WrongDraft(_("The text is longer than %(most)d characters.") % {"most": LONGEST})
    text = cards.mask(text)
    mine = Draft.objects.filter(ticket=ticket, user=by, kind=kind)
    if not text.strip():
        mine.filter(files=None).delete()
        mine.update(text="", saved_at=clock.now())
        return mine.first()
    draft, is_new = Draft.objects.get_or_create(
        ticket=ticket, user=by, kind=kind, defaults={"text": text, "seen": seen, "saved_at": clock.now()}
    )
    if not is_new:
        draft.text, draft.saved_at, draft.seen = text, clock.now(), read or draft.seen
        draft.save(update_fields=["text", "saved_at", "seen"])
    return draft


@transaction.atomic
def upload(*, ticket: Ticket, by: User, kind: str, upload: Any, seen: int = 0) -> TicketFile:
    """Check and store a file that a browser sent, and put it to the draft. Raises what `messaging.files` refuses."""
    attachment = messaging_files.accept(upload, by=by)
    return add_file(ticket=ticket, by=by, kind=kind, attachment=attachment, seen=seen)


@transaction.atomic
def add_file(*, ticket: Ticket, by: User, kind: str, attachment: Attachment, seen: int = 0) -> TicketFile:
    """Put an uploaded file to the draft of this kind. Raises WrongDraft for more than ten."""
    if kind not in Kind.values:
        raise WrongDraft(_("Choose a reply or a note."))
    draft, _new = Draft.objects.get_or_create(ticket=ticket, user=by, kind=kind, defaults={"seen": seen})
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    if draft.files.count() >= MOST_FILES:
        raise WrongDraft(_("At most %(most)d files go with one message.") % {"most": MOST_FILES})
    return TicketFile.objects.create(ticket=ticket, attachment=attachment, draft=draft)


@transaction.atomic
def remove_file(*, ticket: Ticket, by: User, attachment_id: int) -> None:
    """Take a file off my draft; it is destroyed. What was sent already stays."""
    mine = TicketFile.objects.filter(ticket=ticket, draft__user=by, attachment=attachment_id)
    for one in mine.select_related("attachment"):
        one.attachment.delete()


def files(*, ticket: Ticket, user: User, kind: str) -> list[Attachment]:
    """The files of this draft, in the order in which they were added."""
    rows = TicketFile.objects.filter(ticket=ticket, draft__user=user, draft__kind=kind).select_related("attachment")
    return [row.attachment for row in rows]


def forget(*, ticket: Ticket, user: User, kind: str) -> None:
    """The draft has been sent: its files belong to the message by now."""
    mine = Draft.objects.filter(ticket=ticket, user=user, kind=kind)
    _discard(mine)


def restore(*, ticket: Ticket, user: User, said: TicketMessage) -> None:
    """A reply is taken back: its words and files are a draft again, before what was typed since."""
    before = ticket.messages.filter(pk__lt=said.pk).last()
    draft, is_new = Draft.objects.get_or_create(
        ticket=ticket,
        user=user,
        kind=Kind.REPLY,
        defaults={"text": said.message.text, "seen": before.pk if before else 0},
    )
    if not is_new:
        draft.text, draft.saved_at = f"{said.message.text}\n{draft.text}".strip(), clock.now()
        draft.save(update_fields=["text", "saved_at"])
    said.files.update(said=None, draft=draft)


def _discard(drafts: Iterable[Draft]) -> None:
    for draft in drafts:
        for one in draft.files.select_related("attachment"):
            one.attachment.delete()
        draft.delete()


def forget_old_drafts() -> None:
    """Drop drafts that nobody has touched for long, with their files. For the sweep."""
    with transaction.atomic():
        old = Draft.objects.filter(saved_at__lt=clock.now() - KEPT)
        _discard(old.select_for_update(skip_locked=True)[:200])
