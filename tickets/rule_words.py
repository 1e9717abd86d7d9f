"""Rules in words: lists of values with their names, a rule as a sentence, and what is wrong with one."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from contacts.models import Channel, Topic
from staff.models import DESK_OF_ROLE, User
from tickets import custom_fields
from tickets.models import (
    TICKET_DESKS,
    ChecklistTemplate,
    ClockKind,
    FieldDefinition,
    Priority,
    ResolutionCode,
    Rule,
    RuleTrigger,
    Status,
    WorkCalendar,
)
from tickets.rules.conditions import FACTS, BadRule, Condition, Form
from tickets.rules.plan import DEEDS, Deed, Missing, Spec, missing

Lists = dict[str, dict[str, str]]

FACT_NAMES = {
    "desk": gettext_lazy("Desk"),
    "topic": gettext_lazy("Topic"),
    "state": gettext_lazy("State"),
    "priority": gettext_lazy("Priority"),
    "channel": gettext_lazy("Channel"),
    "assignee": gettext_lazy("Assignee"),
    "known": gettext_lazy("The subscriber is known"),
    "fields": gettext_lazy("Custom field"),
    "hours": gettext_lazy("Working hours by the calendar"),
    "promise": gettext_lazy("Promise"),
    "percent": gettext_lazy("Percent of the promise's time"),
    "subject": gettext_lazy("Subject"),
    "text": gettext_lazy("Text of the message or note"),
    "address": gettext_lazy("Address"),
    "age": gettext_lazy("Age, minutes"),
    "quiet": gettext_lazy("Without changes, minutes"),
    "reopened": gettext_lazy("How often reopened"),
}
SIGN_NAMES = {
    "in": gettext_lazy("is"),
    "not_in": gettext_lazy("is not"),
    "has": gettext_lazy("contains"),
    "lacks": gettext_lazy("does not contain"),
    "at_least": gettext_lazy("at least"),
    "less": gettext_lazy("less than"),
}
DEED_NAMES = {
    "priority": gettext_lazy("Set the priority"),
    "topic": gettext_lazy("Set the topic"),
    "desk": gettext_lazy("Hand over to a desk"),
    "give": gettext_lazy("Give to a person"),
    "state": gettext_lazy("Set the state"),
    "postpone": gettext_lazy("Postpone, minutes"),
    "checklist": gettext_lazy("Add a checklist"),
    "note": gettext_lazy("Write a note"),
    "reply": gettext_lazy("Answer the subscriber"),
    "notify": gettext_lazy("Tell a person"),
    "notify_desk": gettext_lazy("Tell a desk"),
    "resolve": gettext_lazy("Resolve the ticket"),
}
WRONG = {
    "keys": gettext_lazy("The rule has parts that nobody knows, or lacks some."),
    "shape": gettext_lazy("The rule is not written as rules are."),
    "many": gettext_lazy("Too many rows: at most 20 conditions of a kind and 10 deeds."),
    "nothing": gettext_lazy("Say what is to be done."),
    "fact": gettext_lazy("There is no such condition."),
    "deed": gettext_lazy("There is no such deed."),
    "sign": gettext_lazy("This comparison does not fit."),
    "number": gettext_lazy("Write a whole number."),
    "values": gettext_lazy("Choose from the list."),
    "empty": gettext_lazy("Choose or write at least one value."),
    "value": gettext_lazy("Choose a value."),
    "text": gettext_lazy("Write the text."),
    "words": gettext_lazy("Write words, with a comma between them."),
    "long": gettext_lazy("Too long."),
}


def lists() -> Lists:
    """What may be chosen, by list: value and name, as things stand. Six queries."""
    everybody = [
        one
        for one in User.objects.filter(is_active=True).order_by("last_name", "first_name", "username")
        if one.role in DESK_OF_ROLE
    ]
    people = {str(one.pk): one.title for one in everybody}
    workers = {str(one.pk): one.title for one in everybody if DESK_OF_ROLE[one.role] in TICKET_DESKS}
    return {
        "desks": {desk.value: str(desk.label) for desk in TICKET_DESKS},
        "topics": {one.code: one.title for one in Topic.objects.all()},
        "states": {one.value: str(one.label) for one in Status},
        "moves": {one.value: str(one.label) for one in (Status.NEW, Status.IN_WORK, Status.WAITING)},
        "priorities": {str(one.value): one.label for one in Priority},
        "channels": {one.value: str(one.label) for one in Channel},
        "people": people,
        "workers": workers,
        "assignees": {"nobody": _("Nobody"), **people},
        "answers": {"yes": _("Yes"), "no": _("No")},
        "calendars": {one.code: one.title for one in WorkCalendar.objects.all()},
        "field_values": _field_values(),
        "checklists": {str(one.pk): one.title for one in ChecklistTemplate.objects.filter(is_active=True)},
        "promises": {one.value: str(one.label) for one in ClockKind},
        "codes": {one.code: one.title for one in ResolutionCode.objects.filter(is_active=True)},
    }


def _field_values() -> dict[str, str]:
    """Each field that is filled in with anything, and each choice of those that have some."""
    language, found = get_language() or "ru", {}
    for one in FieldDefinition.objects.filter(is_active=True):
        found[f"{one.key}=*"] = _("%(field)s: filled in") % {"field": one.title}
        for path in custom_fields.paths(one.rules.options):
            title = " › ".join(option.title(language[:2]) for option in path)
            found[f"{one.key}={path[-1].key}"] = f"{one.title}: {title}"
    return found


def wrong(error: BadRule) -> str:
    return str(WRONG[error.code])


def lacks(some: list[Missing]) -> str:
    """ "Topic “tv-old” is no more." in one line."""
    return " ".join(_("“%(value)s” does not exist any more: choose another.") % {"value": one.value} for one in some)


def obstacle(spec: Spec, known: Lists) -> str:
    """Why this rule can't run; empty when it can."""
    return lacks(missing(spec, known))[:500]


def _small(words: object) -> str:
    """Words of a list, in the middle of a sentence."""
    said = str(words)
    return said[:1].lower() + said[1:]


def _quoted(said: str) -> str:
    return _("“%(said)s”") % {"said": said}


def condition(one: Condition, names: Lists) -> str:
    form, source = FACTS[one.fact]
    if form == Form.NUMBER:
        value = str(one.number)
    else:
        known: Mapping[str, str] = names.get(source, {})
        value = f" {_('or')} ".join(_quoted(known.get(value, value)) for value in one.values)
    return f"{_small(FACT_NAMES[one.fact])} {SIGN_NAMES[one.sign]} {value}"


def deed(one: Deed, names: Lists) -> str:
    source = DEEDS[one.do][0]
    value = names.get(source, {}).get(one.value, one.value)
    said = f"{DEED_NAMES[one.do]}"
    if value:
        said += f": {value}"
    return f"{said} — {_quoted(one.text)}" if one.text else said


def when(rule: Rule) -> str:
    """ "A ticket is opened", "Every 30 minutes, over open tickets"."""
    if rule.trigger != RuleTrigger.SCHEDULE:
        return str(RuleTrigger(rule.trigger).label)
    if rule.daily_at is not None:
        return _("Daily at %(at)s, over open tickets") % {"at": f"{rule.daily_at:%H:%M}"}
    return _("Every %(min)s minutes, over open tickets") % {"min": rule.every_min}


def sentence(rule: Rule, spec: Spec, names: Lists) -> str:
    """The whole rule as one says it."""
    parts = [condition(one, names) for one in spec.all]
    if spec.any:
        some = f" {_('or')} ".join(condition(one, names) for one in spec.any)
        parts.append(f"({some})" if parts and len(spec.any) > 1 else some)
    done = ", ".join(_small(deed(one, names)) for one in spec.do)
    facts: dict[str, Any] = {"when": when(rule), "if": f" {_('and')} ".join(parts), "then": done}
    said = _("%(when)s; if %(if)s: %(then)s.") % facts if parts else _("%(when)s: %(then)s.") % facts
    return f"{said} {_('Then no further rule is looked at.')}" if rule.stops else said
