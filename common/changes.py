"""History in words: "Priority: P3 → P1". Each app says in its `events.py` what its fields are called:

    FIELDS = {"status": choice(_("State"), Status), "assignee": named(_("Assignee"), people), ...}

A row's changes lie in its `changed` (`history.record` puts them there), or, in older rows, in its data as `field: [old,
new]`, or as `old` and `new` of the field that the fact is `about`. What nobody can name any more is shown as it
was stored.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.origin import Via

if TYPE_CHECKING:
    from common.history import Event

Names = Callable[[set[Any]], Mapping[Any, str]]
NOTHING = "—"


@dataclass(frozen=True)
class Field:
    """What a field is called, how a value is shown, and how ids become names (one query for a whole history)."""

    label: Promise | str
    show: Callable[[Any], str] = str
    names: Names | None = None


class Change(NamedTuple):
    """`old` is None where the row says what became, not what it was before."""

    label: str
    old: str | None
    new: str


def text(label: Promise | str) -> Field:
    return Field(label)


def choice(label: Promise | str, choices: type[models.Choices]) -> Field:
    """A value of an enumeration, by its label; one that is no more stays as it is."""
    by_value = {str(value): name for value, name in choices.choices}
    return Field(label, lambda value: str(by_value.get(str(value), value)))


def moment(label: Promise | str) -> Field:
    """An ISO 8601 time, shown in local time."""
    return Field(label, _local)


def named(label: Promise | str, names: Names) -> Field:
    return Field(label, names=names)


def people(ids: set[Any]) -> Mapping[Any, str]:
    """Names of users by id. One query."""
    return {pk: user.title for pk, user in get_user_model().objects.in_bulk(ids).items()}


def rows(model: type[models.Model], title: Callable[[Any], str] = str, *related: str) -> Names:
    """Names of any model's rows by id. One query."""
    return lambda ids: {
        pk: title(row) for pk, row in model._default_manager.select_related(*related).in_bulk(ids).items()
    }


def _local(value: Any) -> str:
    at = value if isinstance(value, datetime) else parse_datetime(str(value))
    return f"{timezone.localtime(at):%d.%m.%Y %H:%M}" if at else str(value)


def _fields(app_label: str) -> Mapping[str, Field]:
    return getattr(import_module(f"{app_label}.events"), "FIELDS", {})


def _said(event: "Event") -> dict[str, list[Any]]:
    """`field: [old, new]`, or `field: [new]`, of one row, whatever its age."""
    data, about = event.data, event.about
    said: dict[str, list[Any]] = {}
    if about and (about in data or "new" in data or "old" in data):
        said[about] = [data.get("old"), data["new"] if "new" in data else data.get(about)]
    for name, value in data.items():
        if name not in {"old", "new", about}:
            said[name] = value if isinstance(value, list) and len(value) == 2 else [value]
    for name, pair in (event.changed or {}).items():
        said[name] = pair
    return said


def told(events: Iterable["Event"]) -> list["Event"]:
    """The same rows, each with `changes` (what changed, in words) and `way` (from where). A query per kind of name."""
    events = list(events)
    wanted: dict[Names, set[Any]] = {}
    plan: list[tuple[Event, list[tuple[Field, list[Any]]]]] = []
    for event in events:
        fields = _fields(event._meta.app_label)
        known = [(fields[name], pair) for name, pair in _said(event).items() if name in fields]
        for field, pair in known:
            if field.names:
                wanted.setdefault(field.names, set()).update(value for value in pair if isinstance(value, int))
        plan.append((event, known))
    found = {names: names(ids) for names, ids in wanted.items() if ids}
    keys = _key_names(events)
    for event, known in plan:
        event.changes = [change for field, pair in known if (change := _change(field, pair, found))]
        event.way = way(event.via, keys)
    return events


def _change(field: Field, pair: list[Any], found: Mapping[Names, Mapping[Any, str]]) -> Change | None:
    names = found.get(field.names, {}) if field.names else {}

    def shown(value: Any) -> str:
        if value in (None, "", "None", []):
            return NOTHING
        if field.names:
            return names.get(value, str(value)) if isinstance(value, Hashable) else str(value)
        return field.show(value)

    if len(pair) == 1:
        return Change(str(field.label), None, shown(pair[0])) if pair[0] not in (None, "", []) else None
    old, new = shown(pair[0]), shown(pair[1])
    return Change(str(field.label), old, new) if old != new else None


# What a way's detail stands for: its owner registers how ids become names.
_details: dict[str, Names] = {}


def register_details(via: Via, names: Names) -> None:
    _details[via] = names


def _key_names(events: Iterable["Event"]) -> dict[str, str]:
    """Names of API keys, lines, rules by `via`. One query for each way that occurs with a detail."""
    ids: dict[str, set[int]] = {}
    for event in events:
        kind, _colon, detail = (event.via or "").partition(":")
        if kind in _details and detail.isdecimal():
            ids.setdefault(kind, set()).add(int(detail))
    return {f"{kind}:{pk}": name for kind, some in ids.items() for pk, name in _details[kind](some).items()}


def way(via: str | None, names: Mapping[str, str] | None = None) -> str:
    """ "page", "REST, key “CRM”", "sweep"; empty where nobody wrote it down."""
    kind, _colon, detail = (via or "").partition(":")
    if not kind:
        return ""
    labels = {
        Via.PAGE: _("page"),
        Via.REST: "REST",
        Via.BULK: _("bulk action"),
        Via.RULE: _("rule"),
        Via.SWEEP: _("automation"),
        Via.WORKER: _("background work"),
        Via.PBX: _("telephone exchange"),
        Via.COMMAND: _("command"),
    }
    label = labels[Via(kind)] if kind in labels else kind
    name = (names or {}).get(via or "", "")
    if name:
        return _("%(way)s “%(name)s”") % {"way": label, "name": name}
    return f"{label} {detail}" if kind == Via.COMMAND and detail else label


def snapshot(thing: Any) -> dict[str, Any]:
    """The tracked fields of a thing as JSON values."""
    return {name: _plain(getattr(thing, thing._meta.get_field(name).attname)) for name in thing.tracked}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def since(thing: Any) -> dict[str, list[Any]]:
    """`field: [old, new]` of what differs from when `remember` was called; remembers again."""
    was: dict[str, Any] | None = getattr(thing, "_was", None)
    if was is None:
        return {}
    thing._was = now = snapshot(thing)
    return {name: [old, now[name]] for name, old in was.items() if old != now[name]}


def remember(thing: Any) -> None:
    """From here on the thing's changes are noted by the next `history.record`."""
    thing._was = snapshot(thing)
