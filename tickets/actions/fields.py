"""Custom fields: their values on a ticket, and the supervisor's list of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common import cards, history
from common.errors import DomainError
from common.setting import save_setting
from contacts.models import Topic
from staff.models import User
from tickets import custom_fields, events, lookups
from tickets.actions.common import locked, save
from tickets.models import FieldDefinition, FieldKind, Ticket

FIELDS = (
    *("key", "label_ru", "label_en", "help_ru", "help_en", "kind", "options", "look_up", "lowest", "highest", "desk"),
    *("on_arrival", "before_resolving", "before_handing_over", "before_visit", "position", "is_active"),
)


class FieldErrors(DomainError):
    code = "wrong_fields"
    status = 422


class FieldTaken(DomainError):
    code = "field_taken"


def explained(wrong: custom_fields.Wrong) -> str:
    """What is wrong with a value or a list of choices, and what to do, in words."""
    said = {
        "type": _("Write it as text."),
        "signs": _("It has signs that cannot be stored: type it by hand."),
        "long": _("At most %(most)d characters."),
        "number": _("Write a number, such as 12 or 12,5."),
        "low": _("At least %(least)s."),
        "high": _("At most %(most)s."),
        "date": _("Write a date, such as 31.12.2026."),
        "choice": _("Choose from the list."),
        "retired": _("This choice is no longer in use: choose another one."),
        "deeper": _("Choose a more exact one, below it."),
        "line": _("Line %(line)d: write “key: Russian / English”; a key has small Latin letters and digits."),
        "twice": _("Line %(line)d: the key “%(key)s” is there twice."),
        "flat": _("Line %(line)d: only a nested choice has lower levels."),
        "level": _("Line %(line)d: at most three levels, each under the one above it."),
        "no_options": _("Write at least one choice."),
        "many": _("At most %(most)d choices."),
    }
    return said[wrong.code] % wrong.details


def cleaned(definition: FieldDefinition, typed: object, *, viewer: User) -> str:
    """The stored form of one value. Raises custom_fields.Wrong."""
    value = custom_fields.clean(definition.rules, typed)
    if value and definition.kind == FieldKind.LOOK_UP:
        known = lookups.known().get(definition.look_up)
        if known is None or value not in known.titles(viewer, [value]):
            raise custom_fields.Wrong("choice")
    return cards.mask(value) if definition.kind == FieldKind.TEXT else value


def said(definition: FieldDefinition, value: str, viewer: User) -> str:
    """A stored value in Russian words, for history."""
    if definition.kind == FieldKind.LOOK_UP and value:
        known = lookups.known().get(definition.look_up)
        return known.titles(viewer, [value]).get(value, value) if known else value
    return custom_fields.shown(definition.rules, value, "ru") if value else "—"


@transaction.atomic
def set_fields(*, ticket: Ticket, values: Mapping[str, object], by: User) -> Ticket:
    """Write values of the ticket's own fields; an empty one is taken away, what is not named stays as it is.

    Values of other topics' fields are kept and hidden. Raises FieldErrors with a text beside every wrong field.
    """
    ticket = locked(ticket)
    known = {one.key: one for one in FieldDefinition.objects.of(desk=ticket.desk, topic_id=ticket.topic_id)}
    wrong: dict[str, str] = {}
    fresh: dict[str, str] = {}
    for key, typed in values.items():
        if key not in known:
            wrong[key] = _("This ticket has no such field.")
        elif typed != ticket.fields.get(key, ""):  # what stands, stands: also a choice that was retired since
            try:
                fresh[key] = cleaned(known[key], typed, viewer=by)
            except custom_fields.Wrong as error:
                wrong[key] = explained(error)
    if wrong:
        raise FieldErrors(_("Some fields are wrong."), fields=wrong)
    differs = {key: value for key, value in fresh.items() if value != ticket.fields.get(key, "")}
    if not differs:
        return ticket
    old, new = (
        "; ".join(f"{known[key].label_ru}: {said(known[key], row.get(key, ''), by)}" for key in differs)
        for row in (ticket.fields, differs)
    )
    ticket.fields = {key: value for key, value in {**ticket.fields, **differs}.items() if value}
    save(ticket, "fields")
    history.record(ticket, events.fields_filled, by=by, field_values=[old, new])
    return ticket


@transaction.atomic
def save_field(
    *, by: User, field: FieldDefinition | None = None, topics: Iterable[Topic] | None = None, **values: Any
) -> FieldDefinition:
    """Write a custom field or change one. Choices that are left out are retired, not forgotten.

    Its key and kind stay: tickets hold values by them. Raises FieldTaken, FieldErrors.
    """
    assert values.keys() <= set(FIELDS)
    kept = FieldDefinition.objects.select_for_update().get(pk=field.pk) if field else FieldDefinition()
    kind = kept.kind if field else values.get("kind", FieldKind.TEXT)
    if field:
        values = {name: value for name, value in values.items() if name not in {"key", "kind"}}
    if kind in {FieldKind.CHOICE, FieldKind.TREE} and "options" in values:
        both = custom_fields.keep(custom_fields.unpack(kept.options), custom_fields.unpack(values["options"]))
        values["options"] = custom_fields.pack(both)
    elif kind not in {FieldKind.CHOICE, FieldKind.TREE}:
        values["options"] = []
    if kind != FieldKind.LOOK_UP:
        values["look_up"] = ""
    elif values.get("look_up", kept.look_up) not in lookups.known():
        raise FieldErrors(_("Say what it points to."), fields={"look_up": _("Choose from the list.")})
    if kind != FieldKind.NUMBER:
        values["lowest"] = values["highest"] = None
    taken = FieldTaken(_("Another field has this key."), fields={"key": _("Another field has this key.")})
    save_setting(kept, events.field_saved, taken, by=by, topics=topics, **values)
    return kept
