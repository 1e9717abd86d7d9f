"""What every page speaks with: icons, tags, keys, clocks; times and phones as people write them."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import changes, clock, phones, private

register = template.Library()

_TONES = {
    "red": {"nobody_free", "late", "lost", "immediate", "failed", "suspended", "refused", "conflict"},
    "yellow": {
        "suspected",
        "ringing",
        "requested",
        "waiting",
        "moved",
        "merged",
        "postponed",
        "break",
        "wrap_up",
        "visit",
        "checking",
        "offered",
        "waits",
        "paper",
        "printed",
        "unknown",
        "bad",
    },
    "blue": {"open", "new", "scheduled", "en_route", "in_work", "booked", "signed"},
    "green": {
        "restored",
        "resolved",
        "done",
        "talking",
        "ready",
        "on_call",
        "on_site",
        "paid",
        "active",
        "connected",
        "posted",
        "answered",
    },
}


@register.filter
def tone(state: str) -> str:
    """The tint of a state's tag; the word itself always stands beside it."""
    return next((tint for tint, states in _TONES.items() if state in states), "")


@register.simple_tag
@lru_cache(maxsize=512)  # a page shows some thirty of them, and the sprite's address never changes while we run
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of the sprite; silent for screen readers, for a word stands beside it."""
    sprite = static("vendor/icons.svg")
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, sprite, name)


@register.simple_tag
def tag(state: str, label: Any) -> SafeString:
    """A state as a tinted word."""
    return format_html('<span class="tag {}">{}</span>', tone(str(state)), label)


@register.simple_tag
def running(at: datetime | None, count: str = "up", limit: int | str = "") -> SafeString | str:
    """A clock that runs in the browser: "up" since a moment (late after `limit` seconds) or "down" to a promise."""
    if at is None:
        return ""
    how = f'class="n" data-count="{escape(count)}" data-limit="{escape(str(limit))}" '
    return _time(at, how)


@register.simple_tag
def moment(at: datetime | None) -> SafeString | str:
    """A time as people say it; the exact one on hover."""
    if at is None:
        return ""
    return _time(at)


def _time(at: datetime, how: str = "") -> SafeString:
    """Neither `format_html` nor `strftime`: a board has fifty of these. Only the words of `_said` could hold markup."""
    local = timezone.localtime(at)
    exact = f"{local.day:02}.{local.month:02}.{local.year} {local.hour:02}:{local.minute:02}:{local.second:02}"
    return SafeString(f'<time {how}datetime="{at.isoformat()}" title="{exact}">{escape(_said(local))}</time>')


@register.simple_tag
def period(start: datetime | None, end: datetime | None) -> str:
    """ "12:00-14:00" today; the day is said once when both ends share it."""
    if start is None or end is None:
        return ""
    if timezone.localtime(start).date() == timezone.localtime(end).date():
        return f"{when(start)}–{timezone.localtime(end):%H:%M}"
    return f"{when(start)} – {when(end)}"


@register.filter
def when(at: datetime | None) -> str:
    """ "12:41" today, "вчера 18:20", else "03.11 09:05"."""
    if at is None:
        return ""
    return _said(timezone.localtime(at))


def _said(local: datetime) -> str:
    days = local.toordinal() - timezone.localtime(clock.now()).toordinal()
    time = f"{local.hour:02}:{local.minute:02}"
    if days == 0:
        return time
    if days == -1:
        return _("yesterday %(time)s") % {"time": time}
    if days == 1:
        return _("tomorrow %(time)s") % {"time": time}
    return f"{local.day:02}.{local.month:02} {time}"


@register.simple_tag
def told(events: Iterable[Any]) -> list[Any]:
    """History rows with what changed and from where in words (`common.changes`). At most a query per kind of name."""
    return list(changes.told(events))


@register.filter
def minutes(amount: int | None) -> str:
    """Working minutes as people say them: "30 мин", "4 ч", "1 ч 30 мин"."""
    if amount is None:
        return ""
    hours, rest = divmod(amount, 60)
    words = [_("%(n)d h") % {"n": hours}] if hours else []
    return " ".join([*words, _("%(n)d min") % {"n": rest}] if rest or not hours else words)


@register.filter
def lasted(seconds: float | None) -> str:
    """How long somebody waited or talked: "5 с", and from a hundred seconds on "26:30", "1:04:05"."""
    if seconds is None:
        return "—"
    whole = round(seconds)
    if whole < 100:
        return f"{whole} {_('s')}"
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@register.filter
def said(value: Any) -> str:
    """A value of an exported row as people read it: times local and whole, nothing as a dash."""
    if isinstance(value, str):
        value = (parse_datetime(value) if re.match(r"\d{4}-\d\d-\d\dT", value) else None) or value
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d.%m.%Y %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value in (None, "") else str(value)


@register.filter
def quarter(at: datetime, day: datetime) -> int:
    """Quarters of an hour since the day's midnight, kept within 0..96: a column of the board."""
    return max(0, min(96, round((at - day).total_seconds() / 900)))


@register.filter
def phone(number: str, viewer: Any = None) -> str:
    """A number as this viewer may see it; without a viewer, masked."""
    if viewer is None or getattr(viewer, "is_outsourced", True):
        return phones.masked(number)
    return phones.shown(number)


@register.filter
def shielded(text: Any, viewer: Any = None) -> str:
    """What somebody typed, on a page that the outsourcer's shield lets through: without its numbers for her people."""
    words = str(text)
    return private.hide(words) if viewer is None or getattr(viewer, "is_outsourced", True) else words


@register.filter
def named(subscriber: Any, viewer: Any = None) -> str:
    """A subscriber as a list names him to this viewer; without one, masked."""
    if subscriber is None:
        return ""
    return str(subscriber.name_masked if viewer is None else subscriber.name_for(viewer))


@register.filter
def day_name(day: date) -> str:
    """ "Today", "Yesterday", else "3 March 2026", for what separates days."""
    today = timezone.localtime(clock.now()).date()
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return date_format(day, "j E Y" if get_language() == "ru" else "j F Y")
