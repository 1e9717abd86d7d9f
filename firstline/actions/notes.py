"""What is typed of a note is kept while the contact goes on: a key that opens another call loses nothing."""

from datetime import timedelta

from django.db import transaction

from common import clock
from contacts.models import Contact
from firstline.models import NoteDraft
from staff.models import User

KEPT_FOR = timedelta(days=7)


@transaction.atomic
def keep_note(*, contact: Contact, text: str, by: User) -> None:
    """Keep what he has typed so far, for himself alone. What the contact's note says already is no draft."""
    if text.strip() == Contact.objects.values_list("note", flat=True).get(pk=contact.pk):
        drop_note(contact=contact, by=by)
        return
    said = {"text": text, "at": clock.now()}
    NoteDraft.objects.update_or_create(contact=contact, user=by, defaults=said)


def drop_note(*, contact: Contact, by: User) -> None:
    """The contact has the note now."""
    NoteDraft.objects.filter(contact=contact, user=by).delete()


def forget_notes() -> None:
    """Drop drafts that their authors have left for a week. For the sweep."""
    NoteDraft.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()
