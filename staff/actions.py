from django.db import transaction
from django.utils.translation import gettext as _

from common import clock, history
from common.errors import DomainError
from staff import events
from staff.models import ApiKey, Presence, Role, User, hash_key


class UnknownPresence(DomainError):
    code = "unknown_presence"


@transaction.atomic
def set_presence(*, user: User, state: str, reason: str = "", by: User | history.System) -> Presence:
    """Say what a person is doing now. A break needs a reason; the same state twice changes nothing."""
    if state not in Presence.State.values or (reason and reason not in Presence.Reason.values):
        raise UnknownPresence(_("There is no such status."))
    if (state == Presence.State.BREAK) != bool(reason):
        raise UnknownPresence(_("Choose a reason for the break."))
    Presence.objects.get_or_create(user=user)
    presence = Presence.objects.select_for_update().get(user=user)
    old = presence.state
    if (old, presence.reason) == (state, reason):
        return presence
    presence.state, presence.reason, presence.since = state, reason, clock.now()
    presence.save(update_fields=["state", "reason", "since"])
    history.record(presence, events.presence_changed, by=by, old=old, new=state, reason=reason)
    return presence


def issue_api_key(*, user: User, name: str, key: str | None = None) -> str:
    """Make a key that acts as the user and return it: it can't be shown again."""
    key = key or ApiKey.generate()
    ApiKey.objects.create(user=user, name=name, hash=hash_key(key))
    return key


@transaction.atomic
def create_first_admin(*, password: str) -> User | None:
    """Create the administrator of an empty system; None where anybody works already."""
    if User.objects.exists():
        return None
    return User.objects.create_superuser("admin", password=password, role=Role.ADMIN)
