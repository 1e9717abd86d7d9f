"""Who has a contact on his screen, so that two who open the same call know of each other."""

from django.db import connection, transaction

from common import clock, live
from contacts.models import Contact
from firstline.models import ContactViewer
from firstline.queries import VIEWS_FOR
from staff.models import User

_SEE = """
INSERT INTO firstline_contactviewer AS row (contact_id, user_id, seen_at) VALUES (%(contact)s, %(user)s, %(now)s)
ON CONFLICT (contact_id, user_id) DO UPDATE SET seen_at = excluded.seen_at
RETURNING xmax = 0
"""


@transaction.atomic
def see(*, contact: Contact, by: User) -> None:
    """He has the contact on his screen; the others learn it when he is new there."""
    with connection.cursor() as cursor:
        cursor.execute(_SEE, {"contact": contact.pk, "user": by.pk, "now": clock.now()})
        is_new = cursor.fetchone()[0]
    if is_new:
        _hint(contact.pk)


@transaction.atomic
def leave(*, contact: Contact, by: User) -> None:
    """He looks at something else now."""
    if ContactViewer.objects.filter(contact=contact, user=by).delete()[0]:
        _hint(contact.pk)


@transaction.atomic
def forget_viewers() -> None:
    """Drop rows of screens that went silent, and tell those who still look. For the sweep."""
    gone = ContactViewer.objects.filter(seen_at__lte=clock.now() - VIEWS_FOR).select_for_update(skip_locked=True)
    rows = list(gone[:500])
    ContactViewer.objects.filter(pk__in=[row.pk for row in rows]).delete()
    live.hint(*{f"callviewers:{row.contact_id}" for row in rows})


def _hint(contact_id: int) -> None:
    live.hint(f"callviewers:{contact_id}")
