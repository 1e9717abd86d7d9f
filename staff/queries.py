from staff.models import Presence, User


def presence_of(user: User) -> Presence:
    """What a person is doing now; away until somebody says otherwise."""
    return Presence.objects.filter(user=user).first() or Presence(user=user)
