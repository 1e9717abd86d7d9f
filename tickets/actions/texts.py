from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common import history
from common.errors import DomainError
from staff.models import User
from tickets import events, words
from tickets.models import TextModule

FIELDS = ("shortcut", "title_ru", "title_en", "text_ru", "text_en", "desk", "is_active")


class ShortcutTaken(DomainError):
    code = "shortcut_taken"


class WrongVariable(DomainError):
    code = "wrong_variable"
    status = 422


def _must_be_known(values: dict[str, Any]) -> None:
    wrong = {
        name: _("There is no such variable: %(names)s.") % {"names": ", ".join(f"{{{one}}}" for one in unknown)}
        for name in ("text_ru", "text_en")
        if (unknown := words.unknown(values.get(name, "")))
    }
    if wrong:
        raise WrongVariable(next(iter(wrong.values())), fields=wrong)


@transaction.atomic
def save_text(*, by: User, module: TextModule | None = None, **values: Any) -> TextModule:
    """Write a ready-made text or change one; what changed is written down. Raises ShortcutTaken, WrongVariable."""
    assert values.keys() <= set(FIELDS)
    _must_be_known(values)
    kept = TextModule.objects.select_for_update().get(pk=module.pk) if module else TextModule()
    differs = {name: value for name, value in values.items() if getattr(kept, name) != value}
    if module and not differs:
        return kept
    said = {name: [getattr(kept, name) if module else None, value] for name, value in differs.items()}
    for name, value in values.items():
        setattr(kept, name, value)
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise ShortcutTaken(
            _("Another text has this shortcut."), fields={"shortcut": _("Choose another one.")}
        ) from error
    history.record(kept, events.text_saved, by=by, **said)
    return kept
