"""One search box over everything: an app registers what it can find, the page asks those its viewer may use.

`find(viewer, text, limit)` returns at most `limit` hits the viewer may see; it applies `visible_to` itself. A new kind
of thing (articles, say) joins by registering a provider in its `apps.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.functional import Promise


class Hit(NamedTuple):
    """A line of the list: what it is, where it leads; `hint` is a quieter second part."""

    title: str
    url: str
    hint: str = ""


@dataclass(frozen=True)
class Provider:
    title: Promise | str
    permission: str
    find: Callable[[Any, str, int], list[Hit]]
    icon: str = "search"
    order: int = 100


_providers: list[Provider] = []


def register(provider: Provider) -> None:
    if provider not in _providers:
        _providers.append(provider)


def providers() -> list[Provider]:
    return sorted(_providers, key=lambda one: (one.order, str(one.title)))
