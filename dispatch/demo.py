"""Masters of the demo and their shifts."""

from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from common import clock
from dispatch.models import Master, Shift, Skill
from staff.models import Role, User

DAYS = 60


def load() -> None:
    """Every master works every day, in two overlapping shifts, for two months from yesterday."""
    masters = [
        Master.objects.create(user=user, skills=list(Skill.values), base_latitude=59.72, base_longitude=30.41)
        for user in User.objects.filter(role=Role.MASTER).order_by("pk")
    ]
    today = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    shifts = []
    for n, master in enumerate(masters):
        start_hour = 0 if n % 2 else 8
        for day in range(-1, DAYS):
            start = today + timedelta(days=day, hours=start_hour)
            shifts.append(Shift(master=master, hours=DateTimeTZRange(start, start + timedelta(hours=16))))
    Shift.objects.bulk_create(shifts)
