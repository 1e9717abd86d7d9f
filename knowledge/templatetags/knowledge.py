"""Articles as HTML, and how people say whether a place is open and how far it is."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from knowledge import hours, markup, queries, walking
from knowledge.models import PlaceCard
from knowledge.models.place import weekdays

register = template.Library()


@register.filter
def marked_up(body: str) -> SafeString:
    """The small markup as HTML: `knowledge.markup` has escaped every character of it."""
    return SafeString(markup.html(body))


@register.simple_tag
def open_now(place: PlaceCard) -> dict[str, Any] | None:
    """`{"is_open", "text"}`: "open until 21:00", "closed, opens tomorrow 9:00"; None where nobody can tell."""
    found = place.openness()
    return None if found is None else {"is_open": found.is_open, "text": _openness(found)}


def _openness(found: hours.Openness) -> str:
    if found.until is None:
        return _("open around the clock") if found.is_open else _("closed")
    at = _moment(found.until)
    return _("open until %(at)s") % {"at": at} if found.is_open else _("closed, opens %(at)s") % {"at": at}


def _moment(at: datetime) -> str:
    """Midnight at the end of a day is said as the day's: "24:00"."""
    days = (at.date() - timezone.localdate(clock.now())).days
    time = f"{at.hour}:{at.minute:02}"
    if days == 0:
        return time
    if days == 1 and (at.hour, at.minute) == (0, 0):
        return "24:00"
    if days == 1:
        return _("tomorrow %(time)s") % {"time": time}
    return f"{weekdays()[at.weekday()]} {time}" if timedelta(days=days) < timedelta(days=7) else f"{at:%d.%m} {time}"


@register.simple_tag
def checked(place: PlaceCard) -> str:
    """ "checked 5 days ago, Vera Nikitina": how far the card can be trusted."""
    if place.checked_on is None:
        return _("not checked yet")
    days = (timezone.localdate(clock.now()) - place.checked_on).days
    said = (
        _("checked today")
        if days <= 0
        else ngettext("checked %(n)d day ago", "checked %(n)d days ago", days) % {"n": days}
    )
    return f"{said}, {place.checked_by.title}" if place.checked_by else said


@register.filter
def on_foot(metres: int | None) -> str:
    """ "350 m, 5 min on foot"; nothing for what is not known."""
    if metres is None:
        return ""
    if metres == 0:
        return _("in the same building")
    far = _("%(n)d m") % {"n": metres} if metres < 1000 else _("%(n)s km") % {"n": localize(round(metres / 1000, 1))}
    return _("%(far)s, %(n)d min on foot") % {"far": far, "n": walking.minutes(metres)}


@register.filter
def day_hours(day: hours.Day) -> str:
    return hours.shown_day(day, closed=_("closed"), whole=_("24 hours"))


@register.filter
def said_of(place: PlaceCard) -> str:
    """What is said, and sent, of a place."""
    return queries.said_of(place)


@register.filter
def fee(place: PlaceCard) -> str:
    return queries.fee(place)


@register.filter
def sent_of(what: Any) -> str:
    """What a caller would read."""
    return queries.message_of(what)


@register.filter
def parts(text: str) -> int:
    """How many text messages it takes."""
    return queries.parts_of(text)
