"""Which answer was given to whom, and whether it helped."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common import clock
from contacts.models import Contact
from knowledge.models.article import Article, Audience
from knowledge.models.place import PlaceCard
from messaging.models import Message
from staff.models import User


class ArticleUseQuerySet(models.QuerySet["ArticleUse"]):
    def visible_to(self, user: User) -> "ArticleUseQuerySet":
        """What our own people read among themselves is not shown beside a call to anybody else."""
        return self.exclude(article__audience=Audience.STAFF) if user.is_outsourced else self


class ArticleUse(models.Model):
    """An article or a place that somebody chose, in a contact or outside of one. In a contact once each.

    `is_useful`: what was said of it; None: nothing. `sms`, `vk`: the message that carried it to the caller.
    """

    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.PROTECT, related_name="uses")
    place = models.ForeignKey(PlaceCard, null=True, blank=True, on_delete=models.PROTECT, related_name="uses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)  # chosen last
    first_at = models.DateTimeField(default=clock.now, editable=False)
    is_useful = models.BooleanField(null=True, blank=True)
    sms = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    vk = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ArticleUseQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(article__isnull=False, place=None) | Q(article=None, place__isnull=False),
                name="knowledge_use_of_one",
            ),
            models.UniqueConstraint(
                fields=["contact", "article"],
                name="knowledge_use_article_once",
                condition=Q(contact__isnull=False, article__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["contact", "place"],
                name="knowledge_use_place_once",
                condition=Q(contact__isnull=False, place__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=False) | Q(sms=None, vk=None), name="knowledge_use_sent_in_contact"
            ),
        )
        indexes = (models.Index(fields=["at"], name="knowledge_use_at"),)

    def __str__(self) -> str:
        return f"use {self.pk}"
