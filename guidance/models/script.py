"""What is asked: scripts, their published versions, and phrases for an upset caller."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from guidance.tree import Tree
from guidance.tree import read as read_tree

_KEY = RegexValidator(r"^[a-z][a-z0-9_]{0,39}$", _("Small Latin letters, digits and underscores; a letter first."))


def in_english() -> bool:
    return (get_language() or "").startswith("en")


class ScriptQuerySet(models.QuerySet["Script"]):
    def published(self) -> "ScriptQuerySet":
        return self.filter(is_active=True).exclude(published=None)


class Script(models.Model):
    """A script: its name, its topics, the draft that is being written, and the version that is walked."""

    key = models.CharField(_("key"), max_length=40, unique=True, validators=[_KEY])
    title_ru = models.CharField(_("name in Russian"), max_length=80)
    title_en = models.CharField(_("name in English"), max_length=80)
    topics = models.ManyToManyField("contacts.Topic", verbose_name=_("topics"), blank=True, related_name="+")
    is_active = models.BooleanField(_("in use"), default=True)
    draft = models.JSONField(default=dict, blank=True)
    drafted_at = models.DateTimeField(null=True, editable=False)
    published = models.ForeignKey(
        "guidance.ScriptVersion", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    objects = ScriptQuerySet.as_manager()

    class Meta:
        ordering = ("title_ru", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(title_ru="") & ~Q(title_en=""), name="guidance_script_has_names"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_en if in_english() else self.title_ru

    def live_topics(self) -> list[str]:
        return []


class ScriptEvent(Event):
    thing = models.ForeignKey(Script, on_delete=models.PROTECT, related_name="history")


class ScriptVersion(models.Model):
    """A published tree. Nobody edits it: walks refer to it."""

    script = models.ForeignKey(Script, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    tree = models.JSONField()
    at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    append_only: ClassVar[bool] = True

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["script", "number"], name="guidance_version_once"),)

    def __str__(self) -> str:
        return f"{self.script_id}/{self.number}"

    def read(self) -> Tree:
        return read_tree(self.tree)


class CalmingPhrase(models.Model):
    """A sentence for an upset caller."""

    text_ru = models.CharField(_("text in Russian"), max_length=300)
    text_en = models.CharField(_("text in English"), max_length=300)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["text_ru"], name="guidance_phrase_once"),
            models.CheckConstraint(condition=~Q(text_ru="") & ~Q(text_en=""), name="guidance_phrase_has_words"),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return self.text_en if in_english() else self.text_ru

    title = text

    def live_topics(self) -> list[str]:
        return []


class CalmingPhraseEvent(Event):
    thing = models.ForeignKey(CalmingPhrase, on_delete=models.PROTECT, related_name="history")
