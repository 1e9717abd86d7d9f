from django.conf import settings
from django.db import models

from common import clock


class Heartbeat(models.Model):
    """When a recurring piece of work last finished; silence is the alarm (`/readyz`)."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class StoredAnswer(models.Model):
    """What an unsafe request with an `Idempotency-Key` was answered, for whoever sends it again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="common_answer_once"),)
        indexes = (models.Index(fields=["at"], name="common_answer_at"),)

    def __str__(self) -> str:
        return self.key
