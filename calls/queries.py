from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from calls.models import Announcement, Call, OpenTicketNote
from common import clock, phones
from customers.models import Phone, short_name
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


def callers(number: str) -> list[Caller]:
    """Everybody who shares this phone, with what the PBX must tell them. One statement, none for a hidden number."""
    if not number.startswith("+"):
        return []
    rows = (
        Phone.objects.filter(number=number)
        .order_by("subscriber_id")
        .annotate(announcement=_announcement(), open_ticket=_open_ticket())
        .values_list(
            "subscriber_id",
            "subscriber__name",
            "subscriber__premise__building_id",
            "subscriber__premise__switch_id",
            "announcement",
            "open_ticket",
        )[:MAX_CALLERS]
    )
    return [Caller(*row) for row in rows]


def _announcement() -> Subquery:
    """The narrowest announcement for the phone's building, its switch, its node, the core above, or the town."""
    premise = "subscriber__premise__"
    return Subquery(
        Announcement.objects.filter(ended_at=None)
        .filter(
            Q(building=OuterRef(f"{premise}building"))
            | Q(node=OuterRef(f"{premise}switch"))
            | Q(node=OuterRef(f"{premise}building__node"))
            | Q(node=OuterRef(f"{premise}building__node__parent"))
            | Q(building=None, node=None)
        )
        .order_by(F("building").asc(nulls_last=True), F("node").asc(nulls_last=True))
        .values(found=JSONObject(id="reference", text="text", eta="eta"))[:1]
    )


def _open_ticket() -> Subquery:
    return Subquery(OpenTicketNote.objects.filter(subscriber=OuterRef("subscriber")).values("number")[:1])


def user_id_by_name(name: str) -> int | None:
    """Who answered: by extension, login or full name, as the PBX calls him. None when nobody or several fit."""
    by_name = Q(extension=name) | Q(username=name)
    first, _, last = name.partition(" ")
    if last:
        by_name |= Q(first_name=first, last_name=last) | Q(first_name=last, last_name=first)
    found = list(User.objects.filter(by_name, is_active=True).values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def live_calls(viewer: User) -> QuerySet[Call]:
    """Calls that ring or talk now, the longest waiting first."""
    return (
        Call.objects.visible_to(viewer)
        .live()
        .filter(first_at__gt=clock.now() - LIVE_FOR)
        .select_related("operator", "contact__topic", "contact__building__street", "contact__subscriber")
        .order_by("first_at", "id")
    )


def calls_of(contact_ids: list[int]) -> QuerySet[Call]:
    return Call.objects.filter(contact_id__in=contact_ids)


def since(at: datetime) -> QuerySet[Call]:
    return Call.objects.filter(first_at__gte=at)


def number_for(viewer: User, number: str) -> str:
    """A phone as this viewer may see it: the outsourcer sees only its end."""
    return phones.masked(number) if viewer.is_outsourced else number
