"""What makes a search forgiving: phrases that mean the same, and the words that there are."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.history import Event


class Synonyms(models.Model):
    """Phrases that mean the same to people who ask: "терминал, где оплатить, банкомат"."""

    phrases = models.CharField(_("phrases that mean the same"), max_length=500, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("phrases",)
        constraints = (models.CheckConstraint(condition=~Q(phrases=""), name="knowledge_synonyms_has_phrases"),)

    def __str__(self) -> str:
        return self.phrases

    def live_topics(self) -> list[str]:
        return []


class SynonymsEvent(Event):
    thing = models.ForeignKey(Synonyms, on_delete=models.PROTECT, related_name="history")


class Word(models.Model):
    """A word of some article or place, with its pieces of three letters: a mistyped one is looked for among them.

    A word whose last text is gone stays: it finds nothing, and does no harm.
    """

    word = models.CharField(max_length=30, primary_key=True)
    grams = ArrayField(models.CharField(max_length=3))

    class Meta:
        ordering = ("word",)
        indexes = (GinIndex(fields=["grams"], name="knowledge_word_grams", fastupdate=False),)

    def __str__(self) -> str:
        return self.word
