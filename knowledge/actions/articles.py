"""What the editors do with articles. Each change is a version: a row of history that nobody edits."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common import changes, clock, history
from common.errors import DomainError
from common.history import Fact, System
from contacts.models import Topic
from knowledge import events, markup
from knowledge.actions.common import Actor, free_code, learn, line
from knowledge.actions.missing import answered_by
from knowledge.models import Article, ArticleVersion, State
from staff import actions as staff
from staff.models import User

FIELDS = ("code", "title", "spoken", "body", "language", "audience", "state", "outcome", "owner", "expires_on")
HOLDS_FOR = timedelta(days=182)  # a published article without a date is looked through after half a year


class BadArticle(DomainError):
    code = "bad_article"
    status = 422


class CodeTaken(DomainError):
    code = "code_taken"
    status = 422


class ArticleChanged(DomainError):
    code = "article_changed"


def content(article: Article, topics: Iterable[Topic]) -> dict[str, Any]:
    """All that an article says, as a version keeps it."""
    return {
        "title": article.title,
        "spoken": article.spoken,
        "body": article.body,
        "language": article.language,
        "audience": article.audience,
        "state": article.state,
        "outcome": article.outcome,
        "topics": sorted(one.code for one in topics),
        "owner": article.owner.username if article.owner else "",
        "expires_on": article.expires_on.isoformat() if article.expires_on else "",
    }


@transaction.atomic
def save_article(
    *,
    by: Actor,
    article: Article | None = None,
    topics: Iterable[Topic] | None = None,
    expected: int | None = None,
    fact: Fact = events.article_saved,
    **values: Any,
) -> Article:
    """Write an article or change one; nothing changed, nothing is written.

    `expected`: the version that the editor had before him. Raises ArticleChanged when another was saved meanwhile,
    BadArticle, CodeTaken.
    """
    assert values.keys() <= set(FIELDS)
    kept = Article.objects.select_for_update(of=("self",)).defer("vector").get(pk=article.pk) if article else Article()
    if article and expected is not None and kept.version != expected:
        raise ArticleChanged(
            _("Somebody saved this article while you wrote. Nothing is lost: compare the versions, then save again."),
            link=f"/settings/knowledge/{kept.pk}/versions/",
        )
    before = content(kept, kept.topics.all()) if article else {}
    if article:
        changes.remember(kept)
    for name, value in values.items():
        setattr(kept, name, value)
    _make_sound(kept)
    chosen = sorted(set(topics), key=lambda one: one.pk) if topics is not None else None
    now_topics = chosen if chosen is not None else (list(kept.topics.all()) if article else [])
    said = content(kept, now_topics)
    if article and said == before and values.get("code", article.code) == article.code:
        return kept
    _store(kept)
    if chosen is not None:
        kept.topics.set(chosen)
    learn(kept.title, kept.spoken, kept.body)
    history.record(kept, fact, by=by, number=kept.version, content=said)
    if kept.state == State.PUBLISHED:
        answered_by(article=kept, by=by)
    return kept


def _make_sound(article: Article) -> None:
    """Tidy what was typed. Raises BadArticle."""
    article.title, article.spoken = line(markup.tidy(article.title)), line(markup.tidy(article.spoken))
    article.body = markup.tidy(article.body)
    if article.state == State.PUBLISHED and article.expires_on is None:
        article.expires_on = timezone.localdate(clock.now()) + HOLDS_FOR
    if not article.code:
        article.code = free_code(article.title, _taken(article))
    try:
        article.clean_fields(exclude=["owner"])
    except ValidationError as error:
        told = {name: " ".join(some) for name, some in error.message_dict.items()}
        raise BadArticle(next(iter(told.values())), fields=told) from error


def _taken(article: Article) -> list[str]:
    return list(Article.objects.exclude(pk=article.pk).values_list("code", flat=True))


def _store(article: Article) -> None:
    article.version += 1
    article.changed_at = clock.now()
    try:
        with transaction.atomic():
            article.save()
    except IntegrityError as error:
        if "code" not in str(error):
            raise
        raise CodeTaken(
            _("Another article has this name in files."), fields={"code": _("Choose another one.")}
        ) from error


@transaction.atomic
def review(*, article: Article, by: User, until: date | None = None) -> Article:
    """Somebody looked the article through and it still holds, until a day (half a year on). Raises BadArticle."""
    today = timezone.localdate(clock.now())
    until = until or today + HOLDS_FOR
    if until <= today:
        raise BadArticle(_("Choose a day to come."), fields={"expires_on": _("Choose a day to come.")})
    return save_article(by=by, article=article, fact=events.article_reviewed, expires_on=until)


class NotHis(DomainError):
    code = "not_his"
    status = 403


@transaction.atomic
def confirm(*, article: Article, by: User) -> Article:
    """Its owner has looked it through: it holds for another half a year. Raises NotHis."""
    if article.owner_id != by.pk:
        raise NotHis(_("Somebody else looks after this article."))
    return review(article=article, by=by)


_COMES = gettext_noop("Look through your article by %(day)s: “%(title)s”")
_CAME = gettext_noop("Your article is to be looked through, its day has come: “%(title)s”")
AT_ONCE = 100


@transaction.atomic
def remind_owners() -> None:
    """Tell owners a fortnight before an article is to be looked through, and on the day. For the sweep."""
    today = timezone.localdate(clock.now())
    rows = Article.objects.to_remind_of(today).select_for_update(of=("self",), skip_locked=True)
    for one in rows.select_related("owner").defer("body", "vector").order_by("expires_on", "pk")[:AT_ONCE]:
        assert one.owner is not None and one.expires_on is not None
        text = _CAME if one.expires_on <= today else _COMES
        told = {"title": one.title, "day": f"{one.expires_on:%d.%m.%Y}"}
        staff.notify(user=one.owner, text=text, url=one.get_absolute_url(), by=System.SWEEP, **told)
        Article.objects.filter(pk=one.pk).update(reminded_on=today)


@transaction.atomic
def restore(*, article: Article, version: ArticleVersion, by: User) -> Article:
    """What an earlier version said holds again, as a new version; state and date stay as they are."""
    said = version.data["content"]
    texts = {name: said[name] for name in ("title", "spoken", "body", "language", "audience", "outcome")}
    topics = list(Topic.objects.filter(code__in=said["topics"]))
    return save_article(by=by, article=article, topics=topics, fact=events.article_restored, **texts)
