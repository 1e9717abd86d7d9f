"""One inbound contact by any channel. Most end without a ticket: a contact is not work to do later."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from staff.models import Desk, Role, User


class Channel(models.TextChoices):
    PHONE = "phone", _("Call")
    WEB_FORM = "web_form", _("Web form")
    CHAT = "chat", _("Online consultant")
    VK = "vk", _("VKontakte")
    MAX = "max", _("MAX")
    EMAIL = "email", _("E-mail")
    WALK_IN = "walk_in", _("Walk-in")


class Outcome(models.TextChoices):
    ANSWERED = "answered", _("Answered")
    SOLVED = "solved", _("Solved")
    TICKET = "ticket", _("Ticket opened")
    HANDED_OVER = "handed_over", _("Handed over")
    INCIDENT = "incident", _("Told about the incident")
    CALL_BACK = "call_back", _("Will call back")
    DROPPED = "dropped", _("Line dropped")
    NOT_OURS = "not_ours", _("Not for us")


class Topic(models.Model):
    """What a contact is about. Only a fault can be part of an incident."""

    code = models.SlugField(unique=True)
    title_ru = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    is_fault = models.BooleanField(default=False)
    desk = models.CharField(max_length=20, choices=Desk.choices, default=Desk.FIRST_LINE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") else self.title_ru


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> "ContactQuerySet":
        """Every desk that answers people sees contacts; masters see their visits instead."""
        return self.none() if user.role == Role.MASTER else self

    def not_evaluated(self) -> "ContactQuerySet":
        return self.filter(evaluated_at=None)


class Contact(models.Model):
    """Somebody reached us once.

    `at` is when, for detection; `created_at` is the server's clock. `evaluated_at` is set once spike detection has
    seen the contact in its present form; whatever changes its place or topic clears it, so nothing is missed.
    """

    channel = models.CharField(max_length=10, choices=Channel.choices)
    # `line:callId`, `vk:group:event`...: the channel's own name of the contact, so that a repeat finds it.
    key = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)
    phone = models.CharField(max_length=40, blank=True)
    subscriber = models.ForeignKey(
        "customers.Subscriber", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    building = models.ForeignKey("network.Building", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    switch = models.ForeignKey("network.Node", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    evaluated_at = models.DateTimeField(null=True, editable=False)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome="", closed_at=None) | models.Q(outcome__gt="", closed_at__isnull=False),
                name="contacts_contact_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(switch=None) | models.Q(building__isnull=False),
                name="contacts_contact_switch_has_building",
            ),
        )
        indexes = (
            models.Index(fields=["id"], name="contacts_not_evaluated", condition=models.Q(evaluated_at=None)),
            models.Index(fields=["at"], name="contacts_at"),
            models.Index(fields=["building", "-at"], name="contacts_building_at"),
            models.Index(fields=["subscriber", "-at"], name="contacts_subscriber_at"),
        )

    def __str__(self) -> str:
        return self.key

    def live_topics(self) -> list[str]:
        topics = [f"contact:{self.pk}", "desk:first_line", "desk:support"]
        return [*topics, f"user:{self.handled_by_id}"] if self.handled_by_id else topics


class ContactEvent(Event):
    thing = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="history")


TOPICS: list[dict[str, Any]] = [
    dict(code="no_internet", title_ru="Нет интернета", title_en="No internet", is_fault=True, desk=Desk.SUPPORT),
    dict(
        code="slow_internet", title_ru="Медленный интернет", title_en="Slow internet", is_fault=True, desk=Desk.SUPPORT
    ),
    dict(code="no_tv", title_ru="Не работает ТВ", title_en="TV does not work", is_fault=True, desk=Desk.SUPPORT),
    dict(code="payment_terminal", title_ru="Где оплатить", title_en="Where to pay"),
    dict(code="billing", title_ru="Начисления и баланс", title_en="Charges and balance", desk=Desk.FINANCE),
    dict(code="tariff", title_ru="Тарифы и услуги", title_en="Tariffs and services"),
    dict(code="new_connection", title_ru="Подключение", title_en="New connection", desk=Desk.DISPATCH),
    dict(code="equipment", title_ru="Оборудование", title_en="Equipment", desk=Desk.SUPPORT),
    dict(code="other", title_ru="Другое", title_en="Something else"),
]


def seed_topics(**_: Any) -> None:
    """The first topics of an empty system; a supervisor's edits are never overwritten."""
    Topic.objects.bulk_create([Topic(position=n, **row) for n, row in enumerate(TOPICS)], ignore_conflicts=True)
