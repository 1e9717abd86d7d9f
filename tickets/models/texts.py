"""Ready-made texts that people put into replies and notes with a few keys."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.history import Event
from staff.models import Desk

_SHORTCUT = r"^[0-9a-zа-яё][0-9a-zа-яё-]*$"


class TextModule(models.Model):
    """A text with variables, found by its shortcut after a slash. Used ones are switched off, never deleted."""

    shortcut = models.CharField(
        _("shortcut"),
        max_length=30,
        unique=True,
        validators=[RegexValidator(_SHORTCUT, _("Small letters, digits and hyphens, as one types after the slash."))],
    )
    title_ru = models.CharField(_("title in Russian"), max_length=80)
    title_en = models.CharField(_("title in English"), max_length=80)
    text_ru = models.TextField(_("text in Russian"), max_length=4000)
    text_en = models.TextField(_("text in English"), max_length=4000, blank=True)
    desk = models.CharField(_("desk"), max_length=20, choices=Desk.choices, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("shortcut",)
        constraints = (
            models.CheckConstraint(condition=Q(shortcut__regex=_SHORTCUT), name="tickets_text_shortcut"),
            models.CheckConstraint(
                condition=~Q(title_ru="") & ~Q(title_en="") & ~Q(text_ru=""), name="tickets_text_has_words"
            ),
        )

    def __str__(self) -> str:
        return f"/{self.shortcut}"

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") else self.title_ru

    def text(self, language: str) -> str:
        """The words in this language ("ru", "en"), or in Russian where there are no others."""
        return (self.text_en if language == "en" else "") or self.text_ru

    def live_topics(self) -> list[str]:
        return []


class TextModuleEvent(Event):
    thing = models.ForeignKey(TextModule, on_delete=models.PROTECT, related_name="history")


TEXTS: list[dict[str, Any]] = [
    dict(
        shortcut="привет",
        title_ru="Приветствие",
        title_en="Greeting",
        text_ru="Здравствуйте! Меня зовут {operator}, я занимаюсь вашей заявкой № {number}.",
        text_en="Hello! My name is {operator}, I am working on your ticket No. {number}.",
    ),
    dict(
        shortcut="роутер",
        title_ru="Перезагрузить роутер",
        title_en="Restart the router",
        text_ru="Пожалуйста, выключите роутер из розетки на одну минуту и включите снова. Напишите, что изменилось.",
        text_en="Please unplug the router for one minute and plug it in again. Write to us what has changed.",
        desk=Desk.SUPPORT,
    ),
    dict(
        shortcut="мастер",
        title_ru="Предложить выезд мастера",
        title_en="Offer a visit",
        text_ru="Удалённо неисправность устранить не удалось. Когда вам удобно принять мастера?",
        text_en="We could not mend it remotely. When would a visit of our engineer suit you?",
    ),
    dict(
        shortcut="проверьте",
        title_ru="Просим проверить",
        title_en="Please check",
        text_ru="Мы закончили работы. Проверьте, пожалуйста, всё ли работает, и ответьте на это сообщение.",
        text_en="We have finished. Please check whether everything works and answer this message.",
    ),
]


def seed_texts(**_: Any) -> None:
    """The first texts of an empty system; a supervisor's edits are never overwritten."""
    TextModule.objects.bulk_create([TextModule(**row) for row in TEXTS], ignore_conflicts=True)
