"""The form of a rule: rows of conditions and deeds as the page posts them, half-written ones too."""

from dataclasses import dataclass, field
from datetime import time
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _

from tickets import rule_words
from tickets.models import Rule, RuleTrigger
from tickets.rule_words import Lists
from tickets.rules.conditions import FACTS, MOST_CONDITIONS, SIGNS, Form
from tickets.rules.plan import DEEDS, MOST_DEEDS

GROUPS = ("all", "any")
FEW = 8  # values that are shown as boxes to tick; more become a list


@dataclass
class Row:
    """A row of the page. `kind`: a fact or a deed; `form`: how its value is asked for; `chosen`: what is chosen."""

    name: str
    kind: str
    sign: str = ""
    chosen: list[str] = field(default_factory=list)
    text: str = ""
    form: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    signs: list[tuple[str, str]] = field(default_factory=list)
    error: str = ""

    @property
    def value(self) -> str:
        return ", ".join(self.chosen)

    @property
    def has_few(self) -> bool:
        return len(self.options) <= FEW


@dataclass
class Draft:
    """What stands in the form. `raw` is its JSON, right or wrong."""

    title: str = ""
    trigger: str = RuleTrigger.OPENED
    stops: bool = False
    every_min: str = ""
    daily_at: str = ""
    repeat_h: str = ""
    all: list[Row] = field(default_factory=list)
    any: list[Row] = field(default_factory=list)
    do: list[Row] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def by_clock(self) -> bool:
        return self.trigger == RuleTrigger.SCHEDULE

    @property
    def raw(self) -> dict[str, Any]:
        return {
            "all": [_condition(row) for row in self.all],
            "any": [_condition(row) for row in self.any],
            "do": [{"do": row.kind, "value": row.value, "text": row.text} for row in self.do],
        }

    def fields(self) -> dict[str, Any]:
        """What `save_rule` takes. A number or an hour that is none is said in `errors`."""
        said: dict[str, Any] = {"every_min": None, "daily_at": None, "repeat_h": None}
        if self.by_clock:
            for name in ("every_min", "repeat_h"):
                raw = getattr(self, name).strip()
                if raw and not (raw.isascii() and raw.isdigit() and int(raw[:6]) > 0 and len(raw) < 5):
                    self.errors[name] = _("Write a whole number.")
                elif raw:
                    said[name] = int(raw)
            if self.daily_at.strip():
                said["daily_at"] = _hour(self.daily_at)
                if said["daily_at"] is None:
                    self.errors["daily_at"] = _("Write an hour such as 10:00.")
        return {"title": self.title, "trigger": self.trigger, "stops": self.stops, "spec": self.raw, **said}

    def show(self, known: Lists) -> None:
        """Give each row what its kind asks for, and its error."""
        for row in (*self.all, *self.any):
            form, source = FACTS[row.kind]
            row.form = form
            row.signs = [(sign, str(rule_words.SIGN_NAMES[sign])) for sign in SIGNS[form]]
            row.options = _options(known.get(source, {}), row.chosen) if form == Form.CHOICE else []
        for row in self.do:
            source, has_text = DEEDS[row.kind]
            row.form = "minutes" if source == "minutes" else "text" if has_text else ""
            row.options = _options(known.get(source, {}), row.chosen)
        for row in (*self.all, *self.any, *self.do):
            row.error = self.errors.get(row.name, "")


def _options(known: dict[str, str], chosen: list[str]) -> list[tuple[str, str]]:
    """The list, with what is chosen and is no more: nothing is lost unseen."""
    return [*known.items(), *((one, f"{one} — {_('is no more')}") for one in chosen if one and one not in known)]


def _hour(text: str) -> time | None:
    try:
        return parse_time(text.strip())
    except ValueError:
        return None


def _condition(row: Row) -> dict[str, Any]:
    form, value = FACTS[row.kind][0], row.chosen
    if form == Form.NUMBER:
        raw = row.value.strip()
        # What is no number stays what it is, and is refused with its row.
        number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else raw
        return {"fact": row.kind, "is": row.sign, "value": number}
    return {"fact": row.kind, "is": row.sign, "value": value}


def _read(data: QueryDict, group: str, most: int) -> list[Row]:
    found: list[Row] = []
    for n in range(most):
        name = f"{group}-{n}"
        kind = data.get(f"{name}-kind", "")
        if kind not in (DEEDS if group == "do" else FACTS):
            continue
        was = data.get(f"{name}-was", kind)
        chosen = [one.strip() for one in data.getlist(f"{name}-value") if one.strip()] if was == kind else []
        sign = data.get(f"{name}-is", "")
        if group != "do":
            form = FACTS[kind][0]
            if form == Form.WORDS:
                chosen = [one.strip() for raw in chosen for one in raw.split(",") if one.strip()]
            sign = sign if sign in SIGNS[form] else SIGNS[form][0]
        found.append(Row(f"{group}-{len(found)}", kind, sign, chosen, data.get(f"{name}-text", "")))
    return found


def from_post(data: QueryDict) -> Draft:
    """The form as it was sent, with a row more or less if that is what was pressed (`change`: add-all, remove-do-1)."""
    draft = Draft(
        title=data.get("title", ""),
        trigger=data.get("trigger", ""),
        stops=bool(data.get("stops")),
        every_min=data.get("every_min", ""),
        daily_at=data.get("daily_at", ""),
        repeat_h=data.get("repeat_h", ""),
        all=_read(data, "all", MOST_CONDITIONS),
        any=_read(data, "any", MOST_CONDITIONS),
        do=_read(data, "do", MOST_DEEDS),
    )
    verb, _dash, what = data.get("change", "").partition("-")
    for group, most in (("all", MOST_CONDITIONS), ("any", MOST_CONDITIONS), ("do", MOST_DEEDS)):
        rows: list[Row] = getattr(draft, group)
        if verb == "remove":
            rows[:] = [row for row in rows if row.name != what]
        if verb == "add" and what == group and len(rows) < most:
            rows.append(Row("", "note" if group == "do" else "topic", "" if group == "do" else "in"))
        for n, row in enumerate(rows):
            row.name = f"{group}-{n}"
    return draft


def from_rule(rule: Rule) -> Draft:
    """The form of a rule that is known; of a stored one that is no rule, what can be shown of it."""
    raw = rule.spec if isinstance(rule.spec, dict) else {}

    def conditions(group: str) -> list[Row]:
        rows: list[Row] = []
        for one in raw.get(group, []):
            if one.get("fact") in FACTS:
                value = one["value"] if isinstance(one["value"], list) else [str(one["value"])]
                rows.append(Row(f"{group}-{len(rows)}", one["fact"], one["is"], list(value)))
        return rows

    deeds = [one for one in raw.get("do", []) if one.get("do") in DEEDS]
    return Draft(
        title=rule.title,
        trigger=rule.trigger,
        stops=rule.stops,
        every_min=str(rule.every_min or ""),
        daily_at=f"{rule.daily_at:%H:%M}" if rule.daily_at else "",
        repeat_h=str(rule.repeat_h or ""),
        all=conditions("all"),
        any=conditions("any"),
        do=[
            Row(f"do-{n}", one["do"], chosen=[one["value"]] if one["value"] else [], text=one["text"])
            for n, one in enumerate(deeds)
        ],
    )
