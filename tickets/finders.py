"""What the search box finds: tickets, and the people and places that lead to tickets."""

from urllib.parse import urlencode

from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import phones
from common.search import Hit, Provider, register
from customers.actions import show_cards
from customers.models import Subscriber
from customers.queries import number_for
from network.models import Building
from staff.models import User
from tickets import permissions, search
from tickets.models import Ticket


def _board(**asked: object) -> str:
    return f"/tickets/?{urlencode({'state': 'any', **asked})}"


def tickets(viewer: User, text: str, limit: int) -> list[Hit]:
    """By number, or by everything the board's search knows."""
    seen = Ticket.objects.visible_to(viewer)
    pks = search.ids(seen, text, limit=limit)
    found = seen.filter(pk__in=pks).order_by("-opened_at", "-pk")
    return [Hit(f"№ {one.number} {one.subject}", one.get_absolute_url(), one.get_status_display()) for one in found]


def _people(viewer: User, fits: Q, limit: int) -> list[Subscriber]:
    found = list(Subscriber.objects.visible_to(viewer).with_address().filter(fits).order_by("pk")[:limit])
    show_cards(subscribers=found, by=viewer)
    return found


def _hit(viewer: User, one: Subscriber, asked: str, hint: str = "") -> Hit:
    if viewer.is_outsourced:  # the account proves who calls: it is not to be read out of the link
        return Hit(one.name_masked, _board(q=asked), hint)
    where = f"{one.building.title}, {one.premise.number}" if one.premise and one.building else ""
    return Hit(f"{one.name_short}, {one.account}", _board(subscriber=one.account), hint or where)


def subscribers(viewer: User, text: str, limit: int) -> list[Hit]:
    """By the beginning of the name, by account, by contract."""
    fits = Q(account=text) | Q(contracts__number=text)
    if not text[:1].isdecimal() and not viewer.is_outsourced:  # nobody outside leafs through names
        begun = Subscriber.objects.annotate(upper=Upper("name")).filter(upper__startswith=text.upper())
        fits = Q(pk__in=begun.order_by().values("pk")[:limit])
    return [_hit(viewer, one, text) for one in _people(viewer, fits, limit)]


def by_phone(viewer: User, text: str, limit: int) -> list[Hit]:
    """By a whole number in any usual form: parts of one would tell the outsourcer what he may not see."""
    number = phones.normalise(text) if sum(one.isdecimal() for one in text) >= 7 else None
    if number is None:
        return []
    found = _people(viewer, Q(phones__number=number), limit)
    return [_hit(viewer, one, text, number_for(viewer, number)) for one in found]


def addresses(viewer: User, text: str, limit: int) -> list[Hit]:
    found = Building.objects.visible_to(viewer).search(text).select_related("street")[:limit]
    return [Hit(one.title, _board(building=one.pk)) for one in found]


def deeds(_viewer: User, text: str, _limit: int) -> list[Hit]:
    """The new-ticket page, by the beginning of its name in either language."""
    asked = text.casefold()
    is_named = any(name.startswith(asked) for name in ("новая заявка", "создать заявку", "new ticket"))
    return [Hit(gettext("New ticket"), "/tickets/new/")] if is_named else []


def register_all() -> None:
    register(Provider(_("What to do"), permissions.OPEN, deeds, "plus", -1))
    for order, (title, find, icon) in enumerate(
        (
            (_("Tickets"), tickets, "inbox"),
            (_("Subscribers"), subscribers, "user"),
            (_("Phones"), by_phone, "phone"),
            (_("Addresses"), addresses, "map-pin"),
        )
    ):
        register(Provider(title, permissions.READ, find, icon, order))
