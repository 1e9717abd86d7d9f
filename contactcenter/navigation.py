"""The bar on top of every page: only what the viewer may open."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staff.access import is_staff, may


class Item(NamedTuple):
    url_name: str
    permission: str
    label: Promise
    icon: str


ITEMS = (
    Item("firstline:calls", "firstline.answer", _("Calls"), "phone"),
    Item("tickets:board", "tickets.read", _("Tickets"), "inbox"),
    Item("techsupport:incidents", "techsupport.see", _("Incidents"), "triangle-alert"),
    Item("dispatch:board", "dispatch.read_board", _("Visits"), "truck"),
    Item("dispatch:today", "dispatch.work", _("My visits"), "map-pin"),
    Item("supervision:overview", "supervision.read", _("Overview"), "gauge"),
    Item("billing:accounts", "billing.read", _("Accounts"), "wallet"),
)


def _url(item: Item) -> str | None:
    """None where this process does not serve the page: the finance desk has a process of its own."""
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return None


def items_for(user: Any) -> list[tuple[Item, str]]:
    if not is_staff(user):
        return []
    return [(item, url) for item in ITEMS if (url := _url(item)) and may(user, item.permission)]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: `navigation` and whether this is the finance desk's process."""
    path = request.path
    entries = [
        {"url": url, "label": item.label, "icon": item.icon, "current": path.startswith(url)}
        for item, url in items_for(getattr(request, "user", None))
    ]
    return {"navigation": entries, "is_finance": settings.IS_FINANCE}
