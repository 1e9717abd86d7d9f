"""Custom fields as a page shows them: what each holds, what is wrong with it, what it can be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from staff.models import User
from tickets import custom_fields, lookups
from tickets.models import FieldDefinition, FieldKind, Ticket

PREFIX = "field-"
WAS = "was-"


@dataclass(frozen=True)
class Choice:
    """A line of a list: a branch of a tree is a heading that cannot be chosen."""

    key: str
    title: str
    is_branch: bool = False


@dataclass(frozen=True)
class Box:
    """One field. `value` is what stands in it, `was` what the page found there, `shown` the value in words."""

    definition: FieldDefinition
    value: str
    was: str
    shown: str
    stored: str = ""
    error: str = ""
    choices: list[Choice] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.definition.key}"

    @property
    def was_name(self) -> str:
        return f"{WAS}{self.definition.key}"

    @property
    def needed(self) -> list[str]:
        """Before which deeds it is needed, in words."""
        one = self.definition
        return [
            words
            for is_needed, words in (
                (one.on_arrival, _("from the first line")),
                (one.before_resolving, _("before resolving")),
                (one.before_handing_over, _("before handing over")),
                (one.before_visit, _("before a visit")),
            )
            if is_needed
        ]


def boxes(
    ticket: Ticket, viewer: User, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, object] | None = None
) -> list[Box]:
    """The fields of this ticket's desk and topic. One query, and one for each kind of look-up that holds something."""
    own = list(FieldDefinition.objects.of(desk=ticket.desk, topic_id=ticket.topic_id))
    return drawn(own, ticket.fields, viewer, typed=typed, errors=errors)


def drawn(
    own: Iterable[FieldDefinition],
    values: Mapping[str, str],
    viewer: User,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, object] | None = None,
) -> list[Box]:
    own = list(own)
    language = "en" if (get_language() or "").startswith("en") else "ru"
    titles = _titles(own, values, viewer)
    found = []
    for one in own:
        stored = values.get(one.key, "")
        rules = one.rules
        is_far = one.kind == FieldKind.LOOK_UP
        shown = titles.get((one.look_up, stored), stored) if is_far else custom_fields.shown(rules, stored, language)
        stands = shown if one.kind in {FieldKind.LOOK_UP, FieldKind.NUMBER} else stored
        value = typed.get(one.key, stands) if typed is not None else stands
        error = str((errors or {}).get(one.key, ""))
        found.append(Box(one, value, stands, shown, stored, error, _choices(rules, stored, language)))
    return found


def _choices(rules: custom_fields.Kind, stored: str, language: str) -> list[Choice]:
    return [
        Choice(path[-1].key, "\u00a0\u00a0" * (len(path) - 1) + path[-1].title(language), bool(path[-1].under))
        for path in custom_fields.paths(rules.options)
        if all(one.active for one in path) or path[-1].key == stored
    ]


def _titles(own: list[FieldDefinition], values: Mapping[str, str], viewer: User) -> dict[tuple[str, str], str]:
    wanted: dict[str, set[str]] = {}
    for one in own:
        if one.kind == FieldKind.LOOK_UP and one.key in values:
            wanted.setdefault(one.look_up, set()).add(values[one.key])
    known = lookups.known()
    return {
        (code, key): title
        for code, keys in wanted.items()
        if code in known
        for key, title in known[code].titles(viewer, keys).items()
    }


def values_of(asked: Iterable[Box], typed: Mapping[str, str], viewer: User) -> tuple[dict[str, str], dict[str, str]]:
    """What differs from what the page showed, as `actions.set_fields` takes it; and look-ups that name nothing.

    Only differences are written, so that two people who fill in different fields do not undo each other.
    """
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    for box in asked:
        key = box.definition.key
        text = typed.get(key, box.value).strip()
        if text == typed.get(f"{WAS}{key}", box.was):
            continue
        if text and box.definition.kind == FieldKind.LOOK_UP:
            found = lookups.known()[box.definition.look_up].one(viewer, text)
            if found is None:
                errors[key] = _("Nothing or several fit: choose one from the list.")
                continue
            text = found[0]
        values[key] = text
    return values, errors
