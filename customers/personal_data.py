"""What the apps hold about a subscriber: each registers how to export it and how to erase it.

So that `customers` imports nobody above: it asks the registry. Money is not here: the ordinary processes may not read
it, and the law on accounting keeps it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils.functional import Promise

from customers.models import Subscriber

OWN = 900  # the order from which on `customers` says who it is: erased last, shown first
ERASED = "[удалено]"  # what stands where a text stood; `without_texts` in the database writes the same

Row = Mapping[str, Any]  # column -> str, number, bool, date, aware datetime or None


class File(NamedTuple):
    """An attachment: its name within the archive and how to read it."""

    name: str
    read: Callable[[], bytes]


def _nothing(_subscriber: Subscriber) -> list[Any]:
    return []


@dataclass(frozen=True)
class Holding:
    """One section: what an app holds about a subscriber.

    `erase` masks or deletes and returns how many rows it changed; called again, it finds nothing left. `texts` counts
    the history rows with words in them, `erase_texts` masks them through the owner's function, given the act's id.
    `blockers`: what must end first, in words. `kept`: what stays, and why.
    """

    name: str
    title: Promise | str
    columns: Mapping[str, Promise | str]
    export: Callable[[Subscriber], Iterable[Row]]
    order: int = 100
    count: Callable[[Subscriber], int] | None = None
    erase: Callable[[Subscriber], int] | None = None
    texts: Callable[[Subscriber], int] | None = None
    erase_texts: Callable[[int], int] | None = None
    blockers: Callable[[Subscriber], list[str]] = field(default=_nothing)
    files: Callable[[Subscriber], Iterable[File]] = field(default=_nothing)
    kept: Promise | str = ""


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    _holdings[holding.name] = holding


def holdings() -> list[Holding]:
    """In the order of erasing: what is found through the subscriber's phones goes before the phones."""
    return sorted(_holdings.values(), key=lambda one: (one.order, one.name))


def blockers(subscriber: Subscriber) -> list[str]:
    """Everything that must end before the data may go."""
    return [text for holding in holdings() for text in holding.blockers(subscriber)]


_WORDS = "(without_texts(e.data) <> e.data OR without_texts(e.changed) <> e.changed)"


def words_in(rows: str) -> Callable[[Subscriber], int]:
    """How many history rows hold words. `rows`: "table e JOIN ... WHERE ... %(subscriber)s", in SQL. One statement."""

    def count(subscriber: Subscriber) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {rows} AND {_WORDS}", {"subscriber": subscriber.pk})
            return int(cursor.fetchone()[0])

    return count


def masked_by(function: str) -> Callable[[int], int]:
    """Mask them through the owner's function (decision 0008), in the transaction of the act whose id it takes."""

    def mask(act: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [act])
            return int(cursor.fetchone()[0])

    return mask


def document(data: Mapping[str, Any]) -> str:
    """The one way in which a file is written, so that its hash can be made again."""
    return json.dumps(data, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder) + "\n"
