from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save
from django.dispatch import receiver

from common import live
from staff import actions
from staff.models import Presence, User


@receiver(user_logged_out)
def leave_on_sign_out(user: User | None, **_: Any) -> None:
    """Open streams close, and who has left is not shown as ready."""
    if user is not None:
        live.revoke(user.pk)
        if Presence.objects.filter(user=user).exists():
            actions.set_presence(user=user, state=Presence.State.AWAY, by=user)


@receiver(post_save, sender=User)
def close_streams_on_change(instance: User, created: bool, **_: Any) -> None:
    """A changed password, role or a deactivation must reach streams that are already open."""
    if not created:
        live.revoke(instance.pk)
