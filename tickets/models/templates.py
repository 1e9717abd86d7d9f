"""Tickets that are opened often, half written."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.history import Event
from staff.models import Desk
from tickets.models.checklists import ChecklistTemplate
from tickets.models.ticket import TICKET_DESKS, Priority


class TicketTemplate(models.Model):
    """What a new ticket starts with. Switched off, never deleted."""

    title = models.CharField(_("title"), max_length=80, unique=True)
    desk = models.CharField(_("desk"), max_length=20, choices=Desk.choices)
    topic = models.ForeignKey(
        "contacts.Topic", verbose_name=_("topic"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.P3)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=4000, blank=True)
    checklist = models.ForeignKey(
        ChecklistTemplate,
        verbose_name=_("checklist"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    fields = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("position", "title")
        constraints = (
            models.CheckConstraint(condition=~Q(title="") & ~Q(subject=""), name="tickets_template_has_words"),
            models.CheckConstraint(condition=Q(desk__in=TICKET_DESKS), name="tickets_template_desk"),
        )

    def __str__(self) -> str:
        return self.title

    def live_topics(self) -> list[str]:
        return []


class TicketTemplateEvent(Event):
    thing = models.ForeignKey(TicketTemplate, on_delete=models.PROTECT, related_name="history")
