"""What contacts are about, in two levels, and how they end."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.history import Event
from staff.models import Desk

_CODE = r"^[a-z][a-z0-9_]{0,49}$"
_code = RegexValidator(_CODE, _("Small Latin letters, digits and underscores; a letter first."))


class Outcome(models.TextChoices):
    ANSWERED = "answered", _("Answered")
    SOLVED = "solved", _("Solved")
    TICKET = "ticket", _("Ticket opened")
    HANDED_OVER = "handed_over", _("Handed over")
    INCIDENT = "incident", _("Told about the incident")
    CALL_BACK = "call_back", _("Will call back")
    DROPPED = "dropped", _("Line dropped")
    NOT_OURS = "not_ours", _("Not for us")


# Nobody said what it was about: the line broke, or it was not for us.
WITHOUT_TOPIC = (Outcome.DROPPED, Outcome.NOT_OURS)


class Named(models.Model):
    """A thing with a name in both languages, and a code by which files, rules and other systems know it for ever."""

    code = models.SlugField(_("code"), unique=True, validators=[_code])
    title_ru = models.CharField(_("name in Russian"), max_length=80)
    title_en = models.CharField(_("name in English"), max_length=80)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") else self.title_ru

    def live_topics(self) -> list[str]:
        return []


class TopicGroup(Named):
    """The first level: what an operator chooses before she knows more."""

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(title_ru="") & ~Q(title_en=""), name="contacts_group_has_names"),
        )


class TopicGroupEvent(Event):
    thing = models.ForeignKey(TopicGroup, on_delete=models.PROTECT, related_name="history")


class TopicQuerySet(models.QuerySet["Topic"]):
    def active(self) -> "TopicQuerySet":
        """What can be chosen now; what was chosen before keeps its topic, in use or not."""
        return self.filter(is_active=True, group__is_active=True)


class Topic(Named):
    """What a contact is about. Only a fault can be part of an incident."""

    group = models.ForeignKey(
        TopicGroup, verbose_name=_("group"), on_delete=models.PROTECT, related_name="topics", db_index=False
    )
    is_fault = models.BooleanField(_("a fault: counts for spikes"), default=False)
    desk = models.CharField(_("desk"), max_length=20, choices=Desk.choices, default=Desk.FIRST_LINE)
    # How such a contact mostly ends; the wrap-up offers it.
    outcome = models.CharField(_("usual outcome"), max_length=12, choices=Outcome.choices, default=Outcome.ANSWERED)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ("group__position", "group_id", "position", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(title_ru="") & ~Q(title_en=""), name="contacts_topic_has_names"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="contacts_topic_outcome_known"),
        )
        indexes = (models.Index(fields=["group", "position"], name="contacts_topic_group"),)


class TopicEvent(Event):
    thing = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="history")
