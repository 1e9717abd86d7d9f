from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.setting import save_setting
from guidance import events
from guidance.models import CalmingPhrase
from staff.models import User


class PhraseTaken(DomainError):
    code = "phrase_taken"
    status = 422


@transaction.atomic
def save_phrase(*, by: User, phrase: CalmingPhrase | None = None, **values: Any) -> CalmingPhrase:
    """Write a calming phrase or change one. Raises PhraseTaken."""
    assert values.keys() <= {"text_ru", "text_en", "position", "is_active"}
    kept = CalmingPhrase.objects.select_for_update().get(pk=phrase.pk) if phrase else CalmingPhrase()
    text = _("This phrase is there already.")
    save_setting(kept, events.phrase_saved, PhraseTaken(text, fields={"text_ru": text}), by=by, **values)
    return kept
