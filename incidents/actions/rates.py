"""What the detector knows of ordinary days: how many live where, and how often they call about faults."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from common import clock
from contacts.models import Contact
from customers.queries import scope_sizes
from incidents.detection import HOURS_A_WEEK
from incidents.models import IncidentContact, LearnedRates

EVERY = timedelta(hours=24)
LEARN_FROM = timedelta(weeks=8)
# What a fresh town starts from: a centre of its size takes 100-200 calls a day, most of the day's by evening.
# The prior is worth PRIOR_CONTACTS of evidence, so that a few weeks of its own calls outweigh it.
PRIOR_A_DAY = 120.0
PRIOR_CONTACTS = 200.0
_HOURS = (2, 1, 1, 1, 1, 1, 2, 5, 9, 13, 14, 13, 12, 12, 11, 11, 12, 14, 16, 17, 15, 12, 7, 4)  # local time
PRIOR_DAY = [n * 24 / sum(_HOURS) for n in _HOURS]


def load_rates() -> LearnedRates:
    """The learned row; made on the spot in a town that has none yet."""
    return LearnedRates.objects.filter(pk=1).first() or learn_rates()


@transaction.atomic
def learn_rates() -> LearnedRates:
    """Count the town and its ordinary fault contacts of the last weeks, without those of incidents."""
    now = clock.now()
    sizes = [list(row) for row in scope_sizes()]
    subscribers = sum(row[-1] or 0 for row in sizes)
    data = {"sizes": sizes, **_ordinary(now, max(1, subscribers))}
    row, _ = LearnedRates.objects.update_or_create(pk=1, defaults={"learned_at": now, "data": data})
    return row


def _ordinary(now: datetime, subscribers: int) -> dict[str, Any]:
    ordinary = (
        Contact.objects.filter(at__gt=now - LEARN_FROM, at__lte=now, topic__is_fault=True, merged_into=None)
        .exclude(pk__in=IncidentContact.objects.values("contact"))
        .order_by()
    )
    by_hour = ordinary.values(day=ExtractIsoWeekDay("at"), hour=ExtractHour("at")).annotate(n=Count("pk"))
    counts = [0.0] * HOURS_A_WEEK
    for row in by_hour:
        counts[(row["day"] - 1) * 24 + row["hour"]] = row["n"]
    first = ordinary.order_by("at").values_list("at", flat=True).first()
    seconds = (now - first).total_seconds() if first else 0.0
    prior_s = PRIOR_A_DAY / 86_400 / subscribers
    rate = (sum(counts) + PRIOR_CONTACTS) / (seconds * subscribers + PRIOR_CONTACTS / prior_s)
    evidence = [n + PRIOR_CONTACTS / HOURS_A_WEEK * PRIOR_DAY[hour % 24] for hour, n in enumerate(counts)]
    week = [n * HOURS_A_WEEK / sum(evidence) for n in evidence]
    return {"per_subscriber_s": rate, "week": week}


def learn_rates_if_due() -> None:
    """Learn again once a day. For the sweep."""
    row = LearnedRates.objects.filter(pk=1).first()
    if row is None or row.learned_at < clock.now() - EVERY:
        learn_rates()
