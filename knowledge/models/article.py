"""Articles: the sentence that is said first, then everything else."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from contacts.models import Outcome, Topic
from knowledge.markup import LONGEST
from knowledge.models.vector import vector
from staff.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

CODE = r"^[0-9a-z]+(?:-[0-9a-z]+)*$"
check_code = RegexValidator(CODE, _("Small Latin letters and digits, with hyphens between them."))


SOON = timedelta(days=14)  # before it is to be looked through


class Language(models.TextChoices):
    RU = "ru", "Русский"
    EN = "en", "English"


class Audience(models.TextChoices):
    """Each sees what those before it see too."""

    PUBLIC = "public", _("Everybody: it stands on the site")
    OPERATORS = "operators", _("Everybody who answers, the outsourcer too")
    STAFF = "staff", _("Our own people only")


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> "ArticleQuerySet":
        return self.filter(state=State.PUBLISHED)

    def public(self) -> "ArticleQuerySet":
        """What stands on the site, for people without a sign-in."""
        return self.published().filter(audience=Audience.PUBLIC)

    def visible_to(self, user: "User | AnonymousUser") -> "ArticleQuerySet":
        """Published ones of his audience. Drafts and retired ones are the editors' (`for_editors`)."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self.published().exclude(audience=Audience.STAFF) if user.is_outsourced else self.published()

    def to_remind_of(self, on: date) -> "ArticleQuerySet":
        """Whose owners have not been told that the day comes within a fortnight, or that it has come."""
        coming = Q(expires_on__lte=on + SOON) & (Q(reminded_on=None) | Q(reminded_on__lt=F("expires_on") - SOON))
        come = Q(expires_on__lte=on, reminded_on__lt=F("expires_on"))
        return self.published().filter(coming | come, owner__is_active=True)

    def stale(self, on: date) -> "ArticleQuerySet":
        """Published ones whose date has come: somebody has to say whether they are still true."""
        return self.published().filter(expires_on__lte=on)


class Article(models.Model):
    """`spoken`: one or two sentences to be said as they stand. `body`: the small markup of `knowledge.markup`.

    `topics`, `outcome`: what wrapping up a contact is filled with when this answered it. `expires_on`: from then on it
    waits to be looked through. `version` counts its changes; each one is a row of `history` with the whole content.
    """

    code = models.CharField(_("name in files"), max_length=80, unique=True, validators=[check_code])
    title = models.CharField(_("question or title"), max_length=200)
    spoken = models.CharField(_("said first"), max_length=400)
    body = models.TextField(_("everything else"), max_length=LONGEST, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.RU)
    audience = models.CharField(_("who reads it"), max_length=10, choices=Audience.choices, default=Audience.OPERATORS)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
    )
    expires_on = models.DateField(_("look through by"), null=True, blank=True)
    reminded_on = models.DateField(null=True, editable=False)  # its owner, that the day comes or has come
    version = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    vector = vector(title="A", spoken="B", body="C")

    objects = ArticleQuerySet.as_manager()
    # What a row of history names as changed; the texts are compared whole.
    tracked = ("title", "spoken", "language", "audience", "state", "outcome", "owner", "expires_on")

    class Meta:
        ordering = ("title", "id")
        constraints = (
            models.CheckConstraint(condition=Q(code__regex=CODE), name="knowledge_article_code"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(spoken=""), name="knowledge_article_has_words"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="knowledge_article_language"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="knowledge_article_audience"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="knowledge_article_state"),
            models.CheckConstraint(condition=Q(outcome__in=["", *Outcome.values]), name="knowledge_article_outcome"),
        )
        indexes = (
            GinIndex(fields=["vector"], name="knowledge_article_vector", fastupdate=False),
            models.Index(fields=["expires_on"], name="knowledge_article_expires", condition=Q(state=State.PUBLISHED)),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("knowledge:article", args=[self.pk])

    def live_topics(self) -> list[str]:
        return []

    @property
    def is_stale(self) -> bool:
        return self.expires_on is not None and self.expires_on <= timezone.localdate(clock.now())


class ArticleVersion(Event):
    """A version of an article: `data` is `{"number", "content"}`, all that it said from then on."""

    thing = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="history")

    class Meta(Event.Meta):
        constraints = (  # type: ignore[assignment]
            *Event.Meta.constraints,
            models.UniqueConstraint("thing", KT("data__number"), name="knowledge_version_once"),
        )
