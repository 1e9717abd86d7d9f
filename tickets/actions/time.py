"""Minutes that no page noticed: a call from one's own phone, a letter, a walk to the archive."""

from django.db import transaction
from django.utils.translation import gettext as _

from common import cards, history
from common.errors import DomainError
from staff.models import User
from tickets import events
from tickets.actions.common import locked, touch
from tickets.models import Ticket, TimeEntry

MOST = 1440


class WrongTime(DomainError):
    code = "wrong_time"
    status = 422


@transaction.atomic
def add_time(*, ticket: Ticket, minutes: int, by: User, note: str = "") -> TimeEntry:
    """Write down 1 to 1440 minutes of one's own work, also on a resolved ticket. Raises WrongTime."""
    if not 1 <= minutes <= MOST:
        raise WrongTime(_("Minutes are from 1 to 1440: a day at most."), fields={"minutes": _("From 1 to 1440.")})
    ticket = locked(ticket)
    made = TimeEntry.objects.create(ticket=ticket, user=by, minutes=minutes, note=cards.mask(note.strip())[:200])
    touch(ticket)
    history.record(ticket, events.time_added, by=by, minutes=[None, minutes], text=made.note)
    return made


@transaction.atomic
def take_back_time(*, entry: TimeEntry, by: User) -> TimeEntry:
    """Make one's own entry count no more; both stay to be read. Raises WrongTime."""
    ticket = locked(entry.ticket)
    if entry.user_id != by.pk:
        raise WrongTime(_("It is a colleague's entry: only its writer takes it back."))
    if entry.takes_back_id is not None or TimeEntry.objects.filter(takes_back=entry).exists():
        raise WrongTime(_("This entry has been taken back already."))
    made = TimeEntry.objects.create(ticket=ticket, user=by, minutes=-entry.minutes, takes_back=entry)
    touch(ticket)
    history.record(ticket, events.time_taken_back, by=by, minutes=[entry.minutes, None])
    return made
