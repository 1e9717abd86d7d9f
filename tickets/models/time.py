"""How much work a ticket took: what its pages noticed, and what people add by hand."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from common import clock
from tickets.models.ticket import Ticket


def today() -> date:
    return timezone.localtime(clock.now()).date()


class Handling(models.Model):
    """Seconds of a day in which a person had the ticket open before him and was doing something.

    Grows by each word of his page (`tickets.actions.presence`); a second window of the same person adds nothing.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="handling")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(default=today)
    seconds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["ticket", "user", "day"], name="tickets_handling_of_a_day"),)

    def __str__(self) -> str:
        return f"{self.seconds} s"


class TimeEntry(models.Model):
    """Minutes of work that no page could notice. Never changed: a mistake is taken back by an entry of its own."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="time_entries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    minutes = models.SmallIntegerField()
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)
    takes_back = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="taken_back_by")

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(takes_back=None, minutes__gte=1, minutes__lte=1440)
                | Q(takes_back__isnull=False, minutes__gte=-1440, minutes__lte=-1),
                name="tickets_time_is_of_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.minutes} min"
