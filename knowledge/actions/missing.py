"""Questions without an answer."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from common import cards, clock, history, live
from common.errors import DomainError
from common.history import System
from contacts.models import Contact
from knowledge import events, words
from knowledge.models import Article, MissingAnswer
from staff.models import User

LEAST = 3  # letters: less says nothing


class NoPhrase(DomainError):
    code = "no_phrase"
    status = 422


def _row(text: str) -> MissingAnswer:
    """The locked row of this phrase. Raises NoPhrase."""
    phrase = words.phrase(cards.mask(text))
    if len(phrase) < LEAST:
        raise NoPhrase(_("Type what was asked, then say that the answer is missing."))
    MissingAnswer.objects.bulk_create([MissingAnswer(phrase=phrase)], ignore_conflicts=True)
    return MissingAnswer.objects.select_for_update(of=("self",)).get(phrase=phrase)


@transaction.atomic
def report_missing(*, text: str, by: User, contact: Contact | None = None) -> MissingAnswer:
    """Somebody needs an answer that is not there: it is counted, and open again if it was done. Raises NoPhrase."""
    row = _row(text)
    if row.done_at is not None:  # what was written about it did not help
        row.done_at = row.article = row.draft = None
    row.asked, row.last_at = row.asked + 1, clock.now()
    row.save(update_fields=["asked", "last_at", "done_at", "article", "draft"])
    history.record(row, events.answer_missed, by=by, contact=contact.pk if contact else None)
    return row


@transaction.atomic
def note_nothing_found(*, text: str) -> None:
    """A search found nothing. Bookkeeping, so no history row; too short a phrase is no question."""
    try:
        row = _row(text)
    except NoPhrase:
        return
    MissingAnswer.objects.filter(pk=row.pk).update(sought=F("sought") + 1, last_at=clock.now())


@transaction.atomic
def answer_missing(*, missing: MissingAnswer, article: Article, by: User) -> None:
    """This article answers it; answered by another one before, it is this one now."""
    row = MissingAnswer.objects.select_for_update(of=("self",)).get(pk=missing.pk)
    row.article, row.done_at = article, clock.now()
    row.save(update_fields=["article", "done_at"])
    history.record(row, events.answer_given, by=by, article=article.pk)


@transaction.atomic
def begin_answer(*, missing: MissingAnswer, article: Article) -> None:
    """A draft is being written about it. Bookkeeping, so no history row: the answer is one."""
    MissingAnswer.objects.filter(pk=missing.pk).update(draft=article)


def answered_by(*, article: Article, by: User | System) -> None:
    """The article is published: whatever it was begun for is answered. Within the article's transaction."""
    for row in MissingAnswer.objects.select_for_update(of=("self",)).filter(draft=article, done_at=None):
        row.article, row.done_at = article, clock.now()
        row.save(update_fields=["article", "done_at"])
        history.record(row, events.answer_given, by=by, article=article.pk)


@transaction.atomic
def drop_missing(*, missing: MissingAnswer, by: User) -> None:
    """It needs no article. Asked again, it comes back."""
    row = MissingAnswer.objects.select_for_update(of=("self",)).get(pk=missing.pk)
    if row.done_at is None:
        row.done_at = clock.now()
        row.save(update_fields=["done_at"])
        history.record(row, events.answer_dropped, by=by)
    live.hint(*row.live_topics())
