"""The bar on top of every page: only what the viewer may open."""

from functools import cache, lru_cache, partial
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from billing import inbox
from staff.access import is_staff, may
from staff.models import Presence, Role, User
from staff.queries import bar

_NO_LINE = {Role.MASTER, Role.ADMIN}  # nobody routes a call to them


class Item(NamedTuple):
    url_name: str
    permission: str
    label: Promise
    icon: str


ITEMS = (
    Item("firstline:calls", "firstline.answer", _("Calls"), "phone"),
    Item("firstline:people", "firstline.lead", _("People"), "users"),
    Item("tickets:board", "tickets.read", _("Tickets"), "inbox"),
    Item("techsupport:incidents", "techsupport.see", _("Incidents"), "triangle-alert"),
    Item("dispatch:board", "dispatch.read_board", _("Visits"), "truck"),
    Item("dispatch:today", "dispatch.work", _("My visits"), "map-pin"),
    Item("knowledge:finder", "knowledge.read", _("Answers"), "book-open"),
    Item("supervision:overview", "supervision.read", _("Overview"), "gauge"),
    Item("staff:settings", "staff.see_settings", _("Settings"), "settings"),
    Item("billing:accounts", "billing.read", _("Accounts"), "wallet"),
    Item("handed:handed", "billing.read", _("Handed over"), "inbox"),
    Item("questions:questions", "billing.see_questions", _("Questions"), "scale"),
    Item("frontdesk:front_desk", "billing.read", _("Front desk"), "users"),
    Item("applications:register", "billing.read", _("Applications"), "file-text"),
    Item("compensation:sheets", "billing.read", _("Compensations"), "hand-coins"),
    Item("statements:statements", "billing.read", _("Statements"), "banknote"),
    Item("letters:letters", "billing.read", _("Letters"), "mail"),
    Item("statements:report", "billing.report", _("Reports"), "gauge"),
)


@lru_cache(maxsize=128)  # every page asks for the same ten
def _address(url_name: str, _urlconf: str) -> str | None:
    """None where this process does not serve the page: the finance desk has a process of its own."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def _url(item: Item) -> str | None:
    return _address(item.url_name, settings.ROOT_URLCONF)


def items_for(user: Any) -> list[tuple[Item, str]]:
    if not is_staff(user):
        return []
    return [(item, url) for item in ITEMS if (url := _url(item)) and may(user, item.permission)]


def _page(url_name: str, user: Any, permission: str) -> str | None:
    """The address of a page that everybody's bar leads to, if this process serves it and the user may open it."""
    return _address(url_name, settings.ROOT_URLCONF) if may(user, permission) else None


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: what its bar leads to, and what the person is doing now."""
    user, path = getattr(request, "user", None), request.path
    # An account's page, opened with the subscriber on the line, spends its statements on the account.
    has_counts = settings.IS_FINANCE and may(user, "billing.read") and not path.startswith("/accounts/")
    counts = cache(lambda: inbox.counts(cast(User, user)) if has_counts else {})
    entries: list[dict[str, Any]] = [
        {
            "url": url,
            "label": item.label,
            "icon": item.icon,
            "current": path.startswith(url),
            "count": partial(lambda name: counts().get(name, 0), item.url_name),  # asked only by a page with the bar
        }
        for item, url in items_for(user)
    ]
    for one in entries:  # "my visits" lie under "visits": only the longest address is the current one
        one["current"] = one["current"] and not any(
            other["current"] and len(other["url"]) > len(one["url"]) for other in entries
        )
    calls = _page("firstline:bar", user, "firstline.answer")
    # Asked once, by the first of the two that a page shows, or never.
    asked = cache(lambda: bar(cast(User, user)))
    has_presence = is_staff(user) and user.role not in _NO_LINE
    return {
        "navigation": entries,
        "is_finance": settings.IS_FINANCE,
        "search_url": _page("tickets:board", user, "tickets.read"),
        "find_url": _page("tickets:find", user, "tickets.read"),
        "bar_url": None if path.startswith("/calls/") else calls,
        "presence": SimpleLazyObject(lambda: asked()[0]) if has_presence else None,
        "unseen": SimpleLazyObject(lambda: asked()[1]) if is_staff(user) else 0,
        "reasons": Presence.Reason,
    }
