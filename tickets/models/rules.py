"""Rules of the supervisor, the work they have to look at, and what they did."""

from datetime import time
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from staff.models import Desk
from tickets.models.ticket import Ticket, TicketEvent


class RuleTrigger(models.TextChoices):
    """When a rule is looked at: the kinds of history rows, or a schedule."""

    OPENED = "opened", _("A ticket is opened")
    TAKEN = "taken", _("A ticket is taken")
    GIVEN = "given", _("A ticket is given to a colleague")
    HANDED_OVER = "handed_over", _("A ticket is handed over to a desk")
    MOVED = "moved", _("A ticket changes its state")
    WROTE = "subscriber_wrote", _("The subscriber writes")
    REPLIED = "replied", _("The subscriber is answered")
    NOTED = "commented", _("A note is written")
    RESOLVED = "resolved", _("A ticket is resolved")
    REOPENED = "reopened", _("A ticket is reopened")
    EDITED = "edited", _("Priority, topic or subject change")
    PROMISE = "promise_passed", _("A part of a promise's time has passed")
    SCHEDULE = "schedule", _("By the clock, over open tickets")


class Rule(models.Model):
    """`spec` is read by `tickets.rules.plan.read`. Rules are looked at by position. Removed ones stay for their log."""

    title = models.CharField(_("title"), max_length=120)
    trigger = models.CharField(max_length=20, choices=RuleTrigger.choices)
    spec = models.JSONField()
    is_on = models.BooleanField(default=False)
    stops = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    # Of a schedule: every so many minutes, or daily at an hour of Pushkin; `repeat_h`: again after so many hours while
    # it still holds, else only after it did not hold in between.
    every_min = models.PositiveIntegerField(null=True, blank=True)
    daily_at = models.TimeField(null=True, blank=True)
    repeat_h = models.PositiveSmallIntegerField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    # The last ticket that the present round has looked at; null between rounds.
    scanned_to = models.BigIntegerField(null=True, blank=True)
    # Why it can't run, in words; empty for a sound rule.
    broken = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(condition=Q(trigger__in=RuleTrigger.values), name="tickets_rule_trigger"),
            models.CheckConstraint(condition=~Q(title=""), name="tickets_rule_title"),
            models.CheckConstraint(
                condition=(
                    Q(trigger="schedule", every_min__gte=5, daily_at=None)
                    | Q(trigger="schedule", every_min=None, daily_at__isnull=False)
                    | (~Q(trigger="schedule") & Q(every_min=None, daily_at=None, repeat_h=None, next_at=None))
                ),
                name="tickets_rule_schedule",
            ),
            models.CheckConstraint(condition=Q(removed_at=None) | Q(is_on=False), name="tickets_rule_removed_is_off"),
        )
        indexes = (models.Index(fields=["trigger"], name="tickets_rule_on", condition=Q(is_on=True)),)

    def __str__(self) -> str:
        return self.title

    def live_topics(self) -> list[str]:
        return []


class RuleEvent(Event):
    thing = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="history")


class RuleTask(models.Model):
    """A history row that rules have to look at; written in the deed's own transaction, gone when looked at."""

    event = models.OneToOneField(TicketEvent, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    # How many rules stand between it and the deed of a person, and which one made it.
    depth = models.PositiveSmallIntegerField(default=0)
    rule = models.ForeignKey(Rule, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"task {self.pk}"


class RuleRun(models.Model):
    """A rule that held, and what came of it. Exactly one for a rule and a history row."""

    class Outcome(models.TextChoices):
        PENDING = "pending", _("Under way")
        DONE = "done", _("Carried out")
        PARTLY = "partly", _("Done in part")
        REFUSED = "refused", _("Refused")
        LOOPED = "looped", _("Stopped: a loop")
        BROKEN = "broken", _("The rule is broken")

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="runs")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(TicketEvent, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    depth = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    # What it was to do when it held, and what came of each step: `do`, `value`, `ok`, `why`.
    plan = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    why = models.CharField(max_length=500, blank=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["rule", "event"], condition=Q(event__isnull=False), name="tickets_rule_runs_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["pending", "done", "partly", "refused", "looped", "broken"]),
                name="tickets_rule_run_outcome",
            ),
        )
        indexes = (
            models.Index(fields=["ticket", "at"], name="tickets_rule_runs_of"),
            models.Index(fields=["rule", "-at"], name="tickets_rule_run_log"),
            models.Index(fields=["-at", "-id"], name="tickets_rule_run_newest"),
            models.Index(fields=["id"], name="tickets_rule_run_pending", condition=Q(outcome="pending")),
        )

    def __str__(self) -> str:
        return f"run {self.pk}"


class RulePause(models.Model):
    """The rule leaves this ticket alone: it was going round in a circle. Changing the rule ends it."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="pauses")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["rule", "ticket"], name="tickets_rule_pause_once"),)

    def __str__(self) -> str:
        return f"pause {self.pk}"


class RuleSpell(models.Model):
    """A scheduled rule holds for this ticket since it was first found so; gone when it holds no more."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="spells")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    fired_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["rule", "ticket"], name="tickets_rule_spell_once"),)

    def __str__(self) -> str:
        return f"spell {self.pk}"


def _in(fact: str, *values: str) -> dict[str, Any]:
    return {"fact": fact, "is": "in", "value": list(values)}


RULES: list[dict[str, Any]] = [
    dict(
        title="Пишут об обрыве — поднять срочность",
        trigger=RuleTrigger.WROTE,
        spec={
            "all": [{"fact": "text", "is": "has", "value": ["обрыв*", "искрит*", "провод на земле"]}],
            "any": [],
            "do": [
                {"do": "priority", "value": "1", "text": ""},
                {"do": "notify_desk", "value": Desk.DISPATCH, "text": "Возможен обрыв кабеля"},
            ],
        },
    ),
    dict(
        title="Открыли снова во второй раз — позвать старшего",
        trigger=RuleTrigger.REOPENED,
        spec={
            "all": [{"fact": "reopened", "is": "at_least", "value": 2}],
            "any": [],
            "do": [{"do": "note", "value": "", "text": "Заявка № {number} снова открыта: нужен старший."}],
        },
    ),
    dict(
        title="Ждём ответа трое суток — напомнить абоненту",
        trigger=RuleTrigger.SCHEDULE,
        daily_at=time(10),
        spec={
            "all": [_in("state", "waiting"), {"fact": "quiet", "is": "at_least", "value": 4320}],
            "any": [],
            "do": [
                {
                    "do": "reply",
                    "value": "",
                    "text": "Здравствуйте! Ждём вашего ответа по заявке № {number}. Всё ли работает?",
                }
            ],
        },
    ),
]


def seed_rules(**_: Any) -> None:
    """Examples for an empty system, switched off; a supervisor's edits are never overwritten."""
    if not Rule.objects.exists():
        Rule.objects.bulk_create([Rule(position=n, **row) for n, row in enumerate(RULES)])
