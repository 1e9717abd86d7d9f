"""The fake gateway's own tables: what a subscriber would have received, and how the fake behaves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from contacts.models import Channel


class FakeMessage(models.Model):
    key = models.CharField(max_length=60, unique=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    address = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    files = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.key


class FakeGateway(models.Model):
    """One row: does the fake work, is it away for a while, or does it refuse for good?"""

    class Mood(models.TextChoices):
        WORKS = "works", _("Delivers")
        AWAY = "away", _("Is away: tried again later")
        REFUSES = "refuses", _("Refuses for good")

    mood = models.CharField(max_length=10, choices=Mood.choices, default=Mood.WORKS)

    def __str__(self) -> str:
        return self.mood
