"""Who looked at financial data, and who tried from elsewhere."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common import clock


class FinanceReading(models.Model):
    """Somebody opened a page, a part of one or a file of the finance desk. Nothing changes a row or takes it away.

    `accounts` are the numbers of those whose data the answer held: who saw one of them is one look into its index.
    """

    at = models.DateTimeField(default=clock.now, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    # The name of the address (`billing:account`), what it was called with, and how.
    page = models.CharField(max_length=80, editable=False)
    of = models.CharField(max_length=80, blank=True, editable=False)
    accounts = ArrayField(models.CharField(max_length=20), default=list, editable=False)
    method = models.CharField(max_length=8, editable=False)
    address = models.GenericIPAddressField(null=True, editable=False)

    append_only: ClassVar[bool] = True
    words: "str | Promise"  # what the page is called; filled by the list of readings

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=["-at", "-id"], name="billing_reading_newest"),
            models.Index(fields=["user", "-at"], name="billing_reading_by"),
            GinIndex(fields=["accounts"], name="billing_reading_accounts"),
        )

    def __str__(self) -> str:
        return f"reading {self.pk}"


class OfficeAlarm(models.Model):
    """A session of the finance desk was used outside the office: it was ended, and this says so."""

    at = models.DateTimeField(default=clock.now, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    address = models.CharField(_("address"), max_length=60, editable=False)
    path = models.CharField(max_length=200, editable=False)

    append_only: ClassVar[bool] = True

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"alarm {self.pk}"
