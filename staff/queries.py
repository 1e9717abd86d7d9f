from staff.models import Notice, Presence, User


def presence_of(user: User) -> Presence:
    """What a person is doing now; away until somebody says otherwise."""
    return Presence.objects.filter(user=user).first() or Presence(user=user)


MANY = 100


def unseen(user: User) -> int:
    """How many notices a person has not seen; MANY stands for that many or more. One query over an index of unseen."""
    return Notice.objects.filter(user=user, seen_at=None)[:MANY].count()
