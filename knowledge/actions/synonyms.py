from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common import history
from common.errors import DomainError
from knowledge import asking, events
from knowledge.actions.common import learn
from knowledge.models import Synonyms
from staff.models import User

MOST_PHRASES, MOST_WORDS = 12, 5


class BadSynonyms(DomainError):
    code = "bad_synonyms"
    status = 422


@transaction.atomic
def save_synonyms(*, phrases: str, by: User, is_active: bool = True, row: Synonyms | None = None) -> Synonyms:
    """Write a row of phrases that mean the same, or change one. Raises BadSynonyms."""
    ways = list(dict.fromkeys(asking.phrases(phrases)))
    if not 2 <= len(ways) <= MOST_PHRASES or any(len(way) > MOST_WORDS for way in ways):
        told = _("From two to %(most)d phrases of up to %(words)d words, with commas between them.") % {
            "most": MOST_PHRASES,
            "words": MOST_WORDS,
        }
        raise BadSynonyms(told, fields={"phrases": told})
    said = ", ".join(" ".join(way) for way in ways)
    if len(said) > 500:
        raise BadSynonyms(_("The row is too long."), fields={"phrases": _("Too long.")})
    kept = Synonyms.objects.select_for_update().get(pk=row.pk) if row else Synonyms()
    new = {"phrases": said, "is_active": is_active}
    differs = {
        name: [getattr(kept, name) if row else None, value]
        for name, value in new.items()
        if getattr(kept, name) != value
    }
    if row and not differs:
        return kept
    kept.phrases, kept.is_active = said, is_active
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise BadSynonyms(_("There is such a row already."), fields={"phrases": _("Change that one.")}) from error
    learn(said)  # so that a mistyped synonym is known too
    history.record(kept, events.synonyms_saved, by=by, **differs)
    return kept
