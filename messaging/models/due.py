"""What every row that waits to leave has in common: `messaging.delivery` claims such rows and tries them again."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Received is an incoming message's only state; webhooks know queued, sending, sent and failed."""

    RECEIVED = "received", _("Received")
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    FAILED = "failed", _("Not delivered")


IN_WORK = (State.QUEUED, State.SENDING)


class Due(models.Model):
    """`next_try_at`: when a queued row may leave; of a row being sent, until when its worker has it to itself."""

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=IN_WORK, next_try_at__isnull=False)
                | (~models.Q(state__in=IN_WORK) & models.Q(next_try_at=None)),
                name="%(app_label)s_%(class)s_due_while_in_work",
            ),
        )
