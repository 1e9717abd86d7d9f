"""The demo's last night: a house that was without internet, so that the finance desk has something to make good."""

from datetime import timedelta

from django.db.models import Count

from common import clock
from customers.models import Subscriber
from incidents.models import Incident, Resolution, ScopeKind, State
from network.models import Building

AGO, LASTED = timedelta(hours=30), timedelta(hours=8)
SMALLEST, LARGEST = 8, 19  # subscribers: fewer than a real outage needs to be played on the same house


def load() -> None:
    """Put it into the demo town, over since; it is old enough to hinder no outage that is played."""
    homes = Subscriber.objects.filter(active=True).values("premise__building").annotate(n=Count("pk"))
    place = homes.filter(n__gte=SMALLEST, n__lte=LARGEST).order_by("premise__building").first()
    if place is None:
        return
    house = Building.objects.select_related("street").get(pk=place["premise__building"])
    start = clock.now() - AGO
    Incident.objects.create(
        scope_kind=ScopeKind.BUILDING,
        building=house,
        state=State.CLOSED,
        resolution=Resolution.RESTORED,
        started_at=start,
        suspected_at=start,
        opened_at=start,
        restored_at=start + LASTED,
        closed_at=start + LASTED,
        public_text=f"{house.title}: нет связи, мы уже знаем. Мастер выезжает.",
    )
