"""What every action on a visit shares: the lock, the moves, the errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.history import System
from dispatch.models import MOVES, Master, Visit, VisitState
from staff.models import User

Actor = User | System


class CannotMove(DomainError):
    code = "cannot_move"


class SlotTaken(DomainError):
    code = "slot_taken"


class NotYours(DomainError):
    code = "not_yours"


def locked(visit: Visit) -> Visit:
    return Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)


def lock_masters(master_ids: list[int]) -> list[Master]:
    """Take the masters' row locks in one fixed order: without them two bookings may deadlock on the constraint."""
    return list(Master.objects.filter(pk__in=master_ids).order_by("pk").select_for_update())


def move(visit: Visit, to: str) -> None:
    """Set the state if the move is allowed; the caller saves. Raises CannotMove."""
    if to not in MOVES[visit.state]:
        raise CannotMove(
            _("The visit is “%(old)s”; it cannot become “%(new)s”.")
            % {"old": visit.get_state_display(), "new": VisitState(to).label}
        )
    visit.state = to


@contextmanager
def no_double_booking() -> Iterator[None]:
    """The database has the last word on overlaps; say it in words a dispatcher can use."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "dispatch_visit_no_overlap" not in str(error):
            raise
        raise SlotTaken(_("This master is already busy then. Choose another window.")) from error
