"""What passes between the billing system and us as files, besides what the ledger took in."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common import clock


class RefusedFile(models.Model):
    """A file of the exchange that could not be used; `code` says why: see `billing.files.BadFile`."""

    name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=10)
    at = models.DateTimeField(default=clock.now)

    append_only: ClassVar[bool] = True

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.name


class OrdersFile(models.Model):
    """Posting orders of some days for the billing system, written at `sent_at`. Its id is in the file's name."""

    since = models.DateField()
    until = models.DateField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(condition=Q(since__lte=F("until")), name="billing_orders_period"),)
        indexes = (models.Index(fields=["id"], name="billing_orders_due", condition=Q(sent_at=None)),)

    def __str__(self) -> str:
        return f"postings-{self.since}-{self.until}-{self.pk}.csv"
