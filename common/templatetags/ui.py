"""What every page speaks with: times and phones as people write them, tones of states."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from common import clock, phones

register = template.Library()

_TONES = {
    "red": {"nobody_free", "late", "lost", "immediate", "failed"},
    "yellow": {"suspected", "ringing", "requested", "waiting", "moved", "merged", "break", "wrap_up", "visit"},
    "blue": {"open", "new", "scheduled", "en_route", "in_work"},
    "green": {"restored", "resolved", "done", "talking", "ready", "on_call", "on_site", "paid"},
}


@register.filter
def tone(state: str) -> str:
    """The tint of a state's tag; the word itself always stands beside it."""
    return next((tint for tint, states in _TONES.items() if state in states), "")


@register.filter
def when(at: datetime | None) -> str:
    """ "12:41" today, "вчера 18:20", else "03.11 09:05"."""
    if at is None:
        return ""
    local, today = timezone.localtime(at), timezone.localtime(clock.now()).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if local.date() == today - timedelta(days=1):
        return _("yesterday %(time)s") % {"time": f"{local:%H:%M}"}
    return f"{local:%d.%m %H:%M}"


@register.filter
def phone(number: str, viewer: Any = None) -> str:
    """A number as this viewer may see it; without a viewer, masked."""
    if viewer is None or getattr(viewer, "is_outsourced", True):
        return phones.masked(number)
    return phones.shown(number)
