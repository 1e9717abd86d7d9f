from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from calls.models import Call
from common import clock, phones
from common.prepared import Prepared
from customers.models import short_name
from staff.models import User

MAX_CALLERS = 20
LIVE_FOR = timedelta(hours=3)  # a call whose end was never reported is shown no longer than this


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose phone this is, and the announcement for where he lives."""

    subscriber_id: int
    name: str
    building_id: int | None
    switch_id: int | None
    announcement: dict[str, Any] | None
    open_ticket: str | None

    @property
    def name_short(self) -> str:
        return short_name(self.name)


# In SQL, for every ring costs it and putting it together from the ORM took longer than all of PostgreSQL's work for the
# event. The announcement is the narrowest for the phone's building, its switch, its node, the core above, or the town.
_CALLERS = Prepared(
    "callers",
    """
SELECT phone.subscriber_id, who.name, premise.building_id, premise.switch_id,
    (SELECT json_build_object('id', told.reference, 'text', told.text, 'eta', told.eta)
     FROM calls_announcement told
     WHERE told.ended_at IS NULL AND (
         told.building_id = premise.building_id
         OR told.node_id IN (premise.switch_id, building.node_id, above.parent_id)
         OR (told.building_id IS NULL AND told.node_id IS NULL))
     ORDER BY told.building_id NULLS LAST, told.node_id NULLS LAST LIMIT 1),
    (SELECT number FROM calls_openticketnote note WHERE note.subscriber_id = phone.subscriber_id)
FROM customers_phone phone
JOIN customers_subscriber who ON who.id = phone.subscriber_id
LEFT JOIN network_premise premise ON premise.id = who.premise_id
LEFT JOIN network_building building ON building.id = premise.building_id
LEFT JOIN network_node above ON above.id = building.node_id
WHERE phone.number = %(number)s
ORDER BY phone.subscriber_id
LIMIT %(most)s
""",
    number="text",
    most="int",
)


def callers(number: str) -> list[Caller]:
    """Everybody who shares this phone, with what the PBX must tell them. One statement, none for a hidden number."""
    if not number.startswith("+"):
        return []
    with connection.cursor() as cursor:
        _CALLERS.execute(cursor, {"number": number, "most": MAX_CALLERS})
        return [Caller(*row) for row in cursor.fetchall()]


def user_id_by_name(name: str) -> int | None:
    """Who answered: by extension, login or full name, as the PBX calls him. None when nobody or several fit."""
    by_name = Q(extension=name) | Q(username=name)
    first, _, last = name.partition(" ")
    if last:
        by_name |= Q(first_name=first, last_name=last) | Q(first_name=last, last_name=first)
    found = list(User.objects.filter(by_name, is_active=True).values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def live_calls(viewer: User) -> QuerySet[Call]:
    """Calls that ring or talk now: who waits comes before who talks, the longest waiting first."""
    heard = clock.now() - LIVE_FOR
    return (
        Call.objects.visible_to(viewer)
        .live()
        .filter(Q(contact__created_at__gt=heard) | Q(contact=None, first_at__gt=heard))
        .select_related("operator", "contact__topic", "contact__building__street", "contact__subscriber")
        .order_by("state", "first_at", "id")
    )


def calls_of(contact_ids: list[int]) -> QuerySet[Call]:
    return Call.objects.filter(contact_id__in=contact_ids)


def since(at: datetime) -> QuerySet[Call]:
    return Call.objects.filter(first_at__gte=at)


def number_for(viewer: User, number: str) -> str:
    """A phone as this viewer may see it: the outsourcer sees only its end."""
    return phones.masked(number) if viewer.is_outsourced else number
