"""What the detector knows of ordinary days: how many live where, and how often they reach us about anything."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, Count, F
from django.db.models.functions import Cast, Coalesce, TruncHour
from django.utils import timezone

from common import clock
from contacts.models import Contact
from customers.queries import scope_sizes
from incidents.detection import Ordinary
from incidents.models import IncidentContact, LearnedRates

EVERY = timedelta(hours=24)
LEARN_FROM = timedelta(weeks=8)


def load_rates() -> LearnedRates:
    """The learned row; made on the spot in a town that has none yet."""
    return LearnedRates.objects.filter(pk=1).first() or learn_rates()


@transaction.atomic
def learn_rates() -> LearnedRates:
    """Count the town and its ordinary contacts of the last weeks, without those of incidents."""
    now = clock.now()
    sizes = [list(row) for row in scope_sizes()]
    subscribers = sum(row[-1] or 0 for row in sizes)
    data = {"sizes": sizes, "subscribers": subscribers, "ordinary": _ordinary(now, subscribers)}
    row, _ = LearnedRates.objects.update_or_create(pk=1, defaults={"learned_at": now, "data": data})
    return row


def _ordinary(now: datetime, subscribers: int) -> dict[str, Any]:
    """Different people an hour and building, so that one annoyed caller does not make his house a loud one."""
    who = Coalesce(Cast("subscriber", CharField()), F("phone"))
    hours = (
        Contact.objects.filter(at__gt=now - LEARN_FROM, at__lte=now, merged_into=None)
        .exclude(pk__in=IncidentContact.objects.values("contact"))
        .order_by()
        .values_list("building", TruncHour("at"))
        .annotate(people=Count(who, distinct=True))
    )
    ordinary = Ordinary(subscribers, tz_offset_s())
    first = now
    for building, hour, people in hours:
        first = min(first, hour)
        for _ in range(people):
            ordinary.count(hour.timestamp(), building)
    ordinary.days = (now - first).total_seconds() / 86_400
    return ordinary.as_json()


def learn_rates_if_due() -> None:
    """Learn again once a day. For the sweep."""
    row = LearnedRates.objects.filter(pk=1).first()
    if row is None or row.learned_at < clock.now() - EVERY:
        learn_rates()


def tz_offset_s() -> float:
    """Seconds that the town's clock is ahead of UTC."""
    offset = timezone.localtime().utcoffset()
    return offset.total_seconds() if offset else 0.0
