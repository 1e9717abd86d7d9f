"""What a desk wants to know of its tickets beside what every ticket has."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.history import Event
from staff.models import Desk
from tickets import custom_fields

_KEY = r"^[a-z][a-z0-9_]{0,39}$"


class FieldKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("A number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")
    TREE = "tree", _("Nested choice")
    LOOK_UP = "look_up", _("Thing of ours")


class FieldDefinitionQuerySet(models.QuerySet["FieldDefinition"]):
    def of(self, *, desk: str, topic_id: int | None) -> "FieldDefinitionQuerySet":
        """The fields in use for a ticket of this desk and topic, in their order."""
        fits_topic = Q(topics=None) | Q(topics=topic_id) if topic_id else Q(topics=None)
        return self.filter(fits_topic, desk__in=["", desk], is_active=True).distinct()


class FieldDefinition(models.Model):
    """A custom field. Its key names its value on a ticket for ever; it is switched off, never deleted."""

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(_KEY, _("Small Latin letters, digits and underscores; a letter first."))],
    )
    label_ru = models.CharField(_("name in Russian"), max_length=80)
    label_en = models.CharField(_("name in English"), max_length=80)
    help_ru = models.CharField(_("hint in Russian"), max_length=200, blank=True)
    help_en = models.CharField(_("hint in English"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=FieldKind.choices, default=FieldKind.TEXT)
    options = models.JSONField(_("choices"), default=list, blank=True)
    look_up = models.CharField(_("what it points to"), max_length=40, blank=True)
    lowest = models.DecimalField(_("least"), max_digits=21, decimal_places=6, null=True, blank=True)
    highest = models.DecimalField(_("greatest"), max_digits=21, decimal_places=6, null=True, blank=True)
    desk = models.CharField(_("desk"), max_length=20, choices=Desk.choices, blank=True)
    topics = models.ManyToManyField("contacts.Topic", verbose_name=_("topics"), blank=True, related_name="+")
    on_arrival = models.BooleanField(_("needed when the first line hands over"), default=False)
    before_resolving = models.BooleanField(_("needed before resolving"), default=False)
    before_handing_over = models.BooleanField(_("needed before handing over"), default=False)
    before_visit = models.BooleanField(_("needed before a visit"), default=False)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = FieldDefinitionQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(condition=Q(key__regex=_KEY), name="tickets_field_key"),
            models.CheckConstraint(condition=~Q(label_ru="") & ~Q(label_en=""), name="tickets_field_has_names"),
            models.CheckConstraint(condition=Q(kind__in=FieldKind.values), name="tickets_field_kind_known"),
            models.CheckConstraint(
                condition=(Q(kind="look_up") & ~Q(look_up="")) | (~Q(kind="look_up") & Q(look_up="")),
                name="tickets_field_points_somewhere",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=["choice", "tree"]) & ~Q(options=[]))
                | (~Q(kind__in=["choice", "tree"]) & Q(options=[])),
                name="tickets_field_has_choices",
            ),
            models.CheckConstraint(
                condition=Q(lowest=None) | Q(highest=None) | Q(lowest__lte=F("highest")), name="tickets_field_range"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.label_en if _in_english() else self.label_ru

    @property
    def help(self) -> str:
        return (self.help_en if _in_english() else "") or self.help_ru

    @property
    def rules(self) -> custom_fields.Kind:
        """What its values must be."""
        options = custom_fields.unpack(self.options)
        return custom_fields.Kind(self.kind, self.lowest, self.highest, options)

    def live_topics(self) -> list[str]:
        return []


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


class FieldDefinitionEvent(Event):
    thing = models.ForeignKey(FieldDefinition, on_delete=models.PROTECT, related_name="history")
