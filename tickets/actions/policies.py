from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common import history
from common.errors import DomainError
from staff.models import User
from tickets import events
from tickets.models import MOVES, DeskPolicy, Status


class WrongMoves(DomainError):
    code = "wrong_moves"
    status = 422


@transaction.atomic
def save_policy(*, desk: str, by: User, **changes: Any) -> DeskPolicy:
    """Set a desk's rules. A state must keep a way on to “in work” or “resolved”: nothing gets stuck. WrongMoves."""
    assert changes.keys() <= {"moves", "reopening", "reopen_days", "return_after_min", "needs_code"}
    policy = DeskPolicy.objects.select_for_update().filter(desk=desk).first() or DeskPolicy.objects.create(desk=desk)
    for status, allowed in changes.get("moves", {}).items():
        if status not in MOVES or not MOVES[status].issuperset(allowed):
            raise WrongMoves(_("There is no such move."))
        if not {Status.IN_WORK, Status.RESOLVED} & set(allowed):
            stuck = _("From “%(state)s” nothing would lead on: allow “In work” or “Resolved”.")
            text = stuck % {"state": Status(status).label}
            raise WrongMoves(text, fields={"moves": text})
    differs = {name: value for name, value in changes.items() if getattr(policy, name) != value}
    if not differs:
        return policy
    said = {name: [getattr(policy, name), value] for name, value in differs.items()}
    for name, value in differs.items():
        setattr(policy, name, value)
    policy.save(update_fields=list(differs))
    history.record(policy, events.policy_changed, by=by, **said)
    return policy
