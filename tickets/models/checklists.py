"""Steps that are ticked off on a ticket."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from staff.models import Desk
from tickets.models.ticket import Ticket


class ChecklistTemplate(models.Model):
    """Steps, one a line, that tickets of a desk and of topics get when they are opened, or by a ticket template."""

    title = models.CharField(_("title"), max_length=80, unique=True)
    lines = models.TextField(_("steps, one a line"), max_length=4000)
    must_be_done = models.BooleanField(_("must be done before resolving"), default=False)
    by_itself = models.BooleanField(_("joins new tickets by itself"), default=True)
    desk = models.CharField(_("desk"), max_length=20, choices=Desk.choices, blank=True)
    topics = models.ManyToManyField("contacts.Topic", verbose_name=_("topics"), blank=True, related_name="+")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("title",)
        constraints = (
            models.CheckConstraint(condition=~Q(title="") & ~Q(lines=""), name="tickets_checklist_has_words"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def steps(self) -> list[str]:
        return [line.strip() for line in self.lines.splitlines() if line.strip()]

    def live_topics(self) -> list[str]:
        return []


class ChecklistTemplateEvent(Event):
    thing = models.ForeignKey(ChecklistTemplate, on_delete=models.PROTECT, related_name="history")


class ChecklistItem(models.Model):
    """A step of a ticket. Who ticked it and when stand or fall together."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="checklist")
    text = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)
    is_required = models.BooleanField(default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="tickets_step_has_words"),
            models.CheckConstraint(
                condition=Q(done_by=None, done_at=None) | Q(done_by__isnull=False, done_at__isnull=False),
                name="tickets_step_done_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.text
