"""What a custom field can point to outside the ticket: a register of kinds of things with an id and a title.

Another app joins with `register(LookUp(...))` in its `apps.py`. `find` applies `visible_to` itself; `titles` answers
for ids in one query, as the viewer may see them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.actions import show_cards
from customers.models import Subscriber
from network.models import Building, Node
from staff.models import User

Found = list[tuple[str, str]]
OFFERED = 12


@dataclass(frozen=True)
class LookUp:
    code: str
    title: Promise | str
    find: Callable[[User, str, int], Found]
    titles: Callable[[User, Iterable[str]], Mapping[str, str]]

    def one(self, viewer: User, text: str) -> tuple[str, str] | None:
        """The thing that this text means: by its whole title, or the only one that fits."""
        found = self.find(viewer, text, OFFERED)
        exact = [hit for hit in found if hit[1].casefold() == text.casefold()]
        chosen = exact or found
        return chosen[0] if len(chosen) == 1 else None


_known: dict[str, LookUp] = {}


def register(look_up: LookUp) -> None:
    _known[look_up.code] = look_up


def known() -> dict[str, LookUp]:
    return dict(_known)


def _ids(values: Iterable[str]) -> list[int]:
    return [int(one) for one in values if one.isascii() and one.isdigit() and len(one) < 19]


def _houses(viewer: User, text: str, limit: int) -> Found:
    found = Building.objects.visible_to(viewer).search(text).select_related("street")[:limit]
    return [(str(one.pk), one.title) for one in found]


def _house_titles(viewer: User, values: Iterable[str]) -> dict[str, str]:
    found = Building.objects.visible_to(viewer).select_related("street").in_bulk(_ids(values))
    return {str(pk): one.title for pk, one in found.items()}


def _person(viewer: User, one: Subscriber) -> str:
    return f"{one.name_for(viewer)}, {one.account}" if not viewer.is_outsourced else one.name_masked


def _people(viewer: User, text: str, limit: int) -> Found:
    """By account; in-house also by the beginning of the name. "Иванова А. П., 00010001" finds itself."""
    account = text.rpartition(",")[2].strip()
    fits = Q(account=account)
    if not viewer.is_outsourced and "," not in text and len(text) >= 3:
        fits |= Q(name__istartswith=text)
    found = list(Subscriber.objects.visible_to(viewer).filter(fits).order_by("name", "pk")[:limit])
    show_cards(subscribers=found, by=viewer)
    return [(str(one.pk), _person(viewer, one)) for one in found]


def _people_titles(viewer: User, values: Iterable[str]) -> dict[str, str]:
    found = Subscriber.objects.visible_to(viewer).in_bulk(_ids(values))
    return {str(pk): _person(viewer, one) for pk, one in found.items()}


def _node(one: Node) -> str:
    return f"{one.code} · {one.title}"


def _nodes(_viewer: User, text: str, limit: int) -> Found:
    words = text.partition(" · ")[0].strip()
    found = Node.objects.filter(Q(code__istartswith=words) | Q(title__icontains=words)).order_by("code")[:limit]
    return [(str(one.pk), _node(one)) for one in found]


def _node_titles(_viewer: User, values: Iterable[str]) -> dict[str, str]:
    return {str(pk): _node(one) for pk, one in Node.objects.in_bulk(_ids(values)).items()}


HOUSES = LookUp("houses", _("Houses"), _houses, _house_titles)
SUBSCRIBERS = LookUp("subscribers", _("Subscribers"), _people, _people_titles)
NODES = LookUp("nodes", _("Network nodes"), _nodes, _node_titles)


def register_all() -> None:
    for one in (HOUSES, SUBSCRIBERS, NODES):
        register(one)
