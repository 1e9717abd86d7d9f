from django.db import connection

from staff.models import Notice, Presence, User


def presence_of(user: User) -> Presence:
    """What a person is doing now; away until somebody says otherwise."""
    return Presence.objects.filter(user=user).first() or Presence(user=user)


MANY = 100


def unseen(user: User) -> int:
    """How many notices a person has not seen; MANY stands for that many or more. One query over an index of unseen."""
    return Notice.objects.filter(user=user, seen_at=None)[:MANY].count()


_BAR = """
SELECT presence.state, presence.reason, presence.since, (SELECT count(*) FROM (
    SELECT FROM staff_notice WHERE user_id = %(user)s AND seen_at IS NULL LIMIT %(many)s) AS unseen)
FROM (VALUES (1)) AS one LEFT JOIN staff_presence presence ON presence.user_id = %(user)s
"""


def bar(user: User) -> tuple[Presence, int]:
    """`presence_of` and `unseen` in one statement and without the ORM: every page of everybody asks for both."""
    with connection.cursor() as cursor:
        cursor.execute(_BAR, {"user": user.pk, "many": MANY})
        state, reason, since, notices = cursor.fetchone()
    return Presence(user=user, state=state, reason=reason, since=since) if state else Presence(user=user), notices
