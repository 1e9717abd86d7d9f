"""What people asked for and did not find."""

from django.db import models
from django.db.models import Q

from common import clock
from common.history import Event
from knowledge.models.article import Article
from knowledge.words import LONGEST


class MissingAnswer(models.Model):
    """A phrase, as `knowledge.words.phrase` leaves it. `asked`: how often somebody said that the answer is missing;
    `sought`: how often a search for it found nothing. `article` answers it since `done_at`; without one it was set
    aside. Asked for again, it is open again. `draft`: what is being written about it; published, it answers.
    """

    phrase = models.CharField(max_length=LONGEST, unique=True)
    asked = models.PositiveIntegerField(default=0)
    sought = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    draft = models.ForeignKey(Article, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked", "-sought", "phrase")
        constraints = (
            models.CheckConstraint(condition=~Q(phrase=""), name="knowledge_missing_has_phrase"),
            models.CheckConstraint(
                condition=Q(article=None) | Q(done_at__isnull=False), name="knowledge_missing_answered_when"
            ),
        )
        indexes = (
            models.Index(fields=["-asked", "-sought"], name="knowledge_missing_open", condition=Q(done_at=None)),
        )

    def __str__(self) -> str:
        return f"missing answer {self.pk}"

    def live_topics(self) -> list[str]:
        return ["knowledge:missing"]


class MissingArticleVersion(Event):
    thing = models.ForeignKey(MissingAnswer, on_delete=models.PROTECT, related_name="history")
