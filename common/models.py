from django.db import models


class Heartbeat(models.Model):
    """When a recurring piece of work last finished; silence is the alarm (`/readyz`)."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
