"""Places on a page that other apps fill: desks meet in the browser, not in Python.

An app registers `Panel(slot, url_name, permission)`; the page shows, for each panel its viewer may open, an element
that htmx loads from the owner's URL, where the owner's own permission decides. The slot "settings" is a page of
links, each with a title and a hint. `live`: topics after which a page asks for its panel again.
"""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Panel:
    slot: str
    url_name: str
    permission: str
    order: int = 100
    title: Promise | str = ""
    hint: Promise | str = ""
    icon: str = "settings"
    live: str = ""


_panels: list[Panel] = []


def register(panel: Panel) -> None:
    if panel not in _panels:
        _panels.append(panel)


def panels(slot: str) -> list[Panel]:
    return sorted((p for p in _panels if p.slot == slot), key=lambda p: (p.order, p.url_name))
