from datetime import timedelta

from django.db import models, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from common import clock, history, live
from common.errors import DomainError
from staff import events
from staff.models import ApiKey, Notice, Presence, Role, User, hash_key

PASSWORD_LENGTH = 12
SAYABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # told by voice: nothing that looks or sounds like another sign


class UnknownPresence(DomainError):
    code = "unknown_presence"


class OwnSignIn(DomainError):
    code = "own_sign_in"


class NothingToReset(DomainError):
    code = "nothing_to_reset"
    status = 422


class NoReason(DomainError):
    code = "no_reason"
    status = 422


class WrongPassword(DomainError):
    code = "wrong_password"
    status = 422


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


@transaction.atomic
def reset_sign_in(*, user: User, password: bool, second_factor: bool, reason: str, by: User) -> str | None:
    """Give a person a new password, take a lost second factor away, or both. The new password, to be told once.

    A new password ends every session. Raises NothingToReset, NoReason; OwnSignIn because one's own password and
    factor ask for the old ones first.
    """
    if user.pk == by.pk:
        raise OwnSignIn(_("Your own password and second step are changed under “Sign-in and security”."))
    if not (password or second_factor):
        raise NothingToReset(_("Choose what to reset."), fields={"password": _("Required.")})
    if not reason.strip():
        raise NoReason(_("Say why: it is kept."), fields={"reason": _("Required.")})
    user = User.objects.select_for_update().get(pk=user.pk)
    new = get_random_string(PASSWORD_LENGTH, SAYABLE) if password else None
    if new:
        user.set_password(new)
        user.save(update_fields=["password"])
    if second_factor:
        from allauth.mfa.models import Authenticator  # the bare server of the benchmarks has no sign-in library

        Authenticator.objects.filter(user=user).delete()
    history.record(
        user, events.sign_in_reset, by=by, password=password, second_factor=second_factor, reason=reason.strip()
    )
    return new


@transaction.atomic
def sign_out_elsewhere(*, user: User, password: str) -> None:
    """End the person's other sessions; the caller keeps his own alive. Raises WrongPassword.

    Sessions are bound to the password's hash: the same password with fresh salt ends them all, streams included.
    """
    if not user.check_password(password):
        raise WrongPassword(_("This is not your password."), fields={"password": _("Required.")})
    user.set_password(password)
    user.save(update_fields=["password"])
    history.record(user, events.signed_out_elsewhere, by=user)


def issue_api_key(*, user: User, name: str, key: str | None = None) -> str:
    """Make a key that acts as the user and return it: it can't be shown again."""
    key = key or ApiKey.generate()
    ApiKey.objects.create(user=user, name=name, hash=hash_key(key))
    return key


def note_key_used(*, key: ApiKey) -> None:
    """Somebody has just asked with this key. Bookkeeping, so no history row."""
    ApiKey.objects.filter(pk=key.pk).update(used_at=clock.now())


@transaction.atomic
def create_first_admin(*, password: str) -> User | None:
    """Create the administrator of an empty system; None where anybody works already."""
    if User.objects.exists():
        return None
    return User.objects.create_superuser("admin", password=password, role=Role.ADMIN)


def notify(*, user: User, text: str, url: str = "", by: User | history.System, **params: str | int) -> Notice | None:
    """Leave a word for a person; who did the thing himself is not told of it. `text`: a message marked with
    `gettext_noop`, its places filled from `params`; `url`: where it leads, a path of ours."""
    if user == by:
        return None
    assert url == "" or url.startswith("/"), "a notice leads nowhere but here"
    notice = Notice.objects.create(user=user, text=text, params=params, url=url)
    live.hint(f"notices:{user.pk}")
    return notice


def see_notices(*, by: User, only: int | None = None) -> int:
    """I have seen my notices, or one of them; how many were new."""
    mine = Notice.objects.filter(user=by, seen_at=None)
    seen = (mine.filter(pk=only) if only is not None else mine).update(seen_at=clock.now())
    if seen:
        live.hint(f"notices:{by.pk}")
    return seen


def forget_notices() -> int:
    """Seen ones are kept for a month, others for three; how many went. For the sweep."""
    now = clock.now()
    old = models.Q(seen_at__lt=now - timedelta(days=30)) | models.Q(at__lt=now - timedelta(days=90))
    return Notice.objects.filter(old).delete()[0]
