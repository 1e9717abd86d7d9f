from typing import Any

from django.db import transaction

from common import history
from incidents import events
from incidents.models import DetectorSettings
from staff.models import User

FIELDS = frozenset({"suspect_limit", "open_limit", "plain_rule", "plain_callers", "plain_minutes"})


@transaction.atomic
def change_settings(*, by: User, **changes: Any) -> DetectorSettings:
    """Change how sensitive detection is. Takes effect with the next contact."""
    assert changes.keys() <= FIELDS
    DetectorSettings.objects.get_or_create(pk=1)
    settings = DetectorSettings.objects.select_for_update().get(pk=1)
    differs = {
        name: [getattr(settings, name), value] for name, value in changes.items() if getattr(settings, name) != value
    }
    if differs:
        for name, (_, value) in differs.items():
            setattr(settings, name, value)
        settings.save(update_fields=list(differs))
        history.record(settings, events.settings_changed, by=by, **differs)
    return settings
