"""What the first line keeps of its own."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock


class Verification(models.Model):
    """One try to learn whether the caller is who he seems: caller id proves nothing. Tries are kept, good and bad."""

    class How(models.TextChoices):
        ACCOUNT = "account", _("Name and account")
        ADDRESS = "address", _("Flat and last digits")
        BY_HAND = "by_hand", _("Opened with a reason")

    contact = models.ForeignKey("contacts.Contact", on_delete=models.PROTECT, related_name="+")
    subscriber = models.ForeignKey("customers.Subscriber", on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=How.choices)
    is_right = models.BooleanField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["contact", "subscriber"],
                condition=models.Q(is_right=True),
                name="firstline_verified_once",
            ),
        )
        indexes = (models.Index(fields=["contact"], name="firstline_tries"),)

    def __str__(self) -> str:
        return f"verification {self.pk}"
