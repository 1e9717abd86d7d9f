"""A whole rule: its conditions and what it does, read from JSON strictly and checked against what there is."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tickets.rules.conditions import FACTS, MOST_CONDITIONS, BadRule, Condition, Form, Snapshot, holds, parse

MOST_DEEDS = 10
LONGEST_TEXT = 4000
# Each deed: the list its value comes from ("" for none, "minutes" for a number), and whether it needs a text.
DEEDS: dict[str, tuple[str, bool]] = {
    "priority": ("priorities", False),
    "topic": ("topics", False),
    "desk": ("desks", False),
    "give": ("workers", False),
    "state": ("moves", False),
    "postpone": ("minutes", False),
    "checklist": ("checklists", False),
    "note": ("", True),
    "reply": ("", True),
    "notify": ("people", True),
    "notify_desk": ("desks", True),
    "resolve": ("codes", True),
}
MOST_MINUTES = 60 * 24 * 365


@dataclass(frozen=True)
class Deed:
    do: str
    value: str = ""
    text: str = ""

    @property
    def json(self) -> dict[str, str]:
        return {"do": self.do, "value": self.value, "text": self.text}


@dataclass(frozen=True)
class Missing:
    """A value that does not exist: where in the rule, and which list lacks it."""

    where: str
    source: str
    value: str


@dataclass(frozen=True)
class Spec:
    """It holds when every condition of `all` does and, if there are any in `any`, at least one of them."""

    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    do: tuple[Deed, ...] = ()

    @property
    def json(self) -> dict[str, list[dict[str, object]]]:
        return {
            "all": [one.json for one in self.all],
            "any": [one.json for one in self.any],
            "do": [{**one.json} for one in self.do],
        }

    def matches(self, snapshot: Snapshot) -> bool:
        return all(holds(one, snapshot) for one in self.all) and (
            not self.any or any(holds(one, snapshot) for one in self.any)
        )

    @property
    def facts(self) -> frozenset[str]:
        return frozenset(one.fact for one in (*self.all, *self.any))


def read(raw: object) -> Spec:
    """The rule that JSON says. Raises BadRule."""
    if not isinstance(raw, dict) or raw.keys() != {"all", "any", "do"}:
        raise BadRule("keys")
    if not all(isinstance(part, list) for part in raw.values()):
        raise BadRule("shape")
    if max(len(raw["all"]), len(raw["any"])) > MOST_CONDITIONS or len(raw["do"]) > MOST_DEEDS:
        raise BadRule("many")
    if not raw["do"]:
        raise BadRule("nothing", "do-0")
    return Spec(
        tuple(parse(one, f"all-{n}") for n, one in enumerate(raw["all"])),
        tuple(parse(one, f"any-{n}") for n, one in enumerate(raw["any"])),
        tuple(_deed(one, f"do-{n}") for n, one in enumerate(raw["do"])),
    )


def _deed(raw: object, where: str) -> Deed:
    if not isinstance(raw, dict):
        raise BadRule("shape", where)
    if raw.keys() != {"do", "value", "text"} or not all(isinstance(one, str) for one in raw.values()):
        raise BadRule("keys", where)
    deed = Deed(raw["do"], raw["value"].strip(), raw["text"].strip())
    if deed.do not in DEEDS:
        raise BadRule("deed", where)
    source, has_text = DEEDS[deed.do]
    if source == "minutes":
        if not (deed.value.isascii() and deed.value.isdigit() and 1 <= int(deed.value[:9]) <= MOST_MINUTES):
            raise BadRule("number", where)
    elif bool(deed.value) != bool(source) and deed.do != "resolve":  # a desk may ask for no code
        raise BadRule("value", where)
    if bool(deed.text) != has_text and deed.do != "resolve":
        raise BadRule("text", where)
    if len(deed.text) > LONGEST_TEXT or len(deed.value) > 100:
        raise BadRule("long", where)
    return deed


def named(spec: Spec) -> Iterator[Missing]:
    """Every value of the rule that must exist somewhere."""
    for group, some in (("all", spec.all), ("any", spec.any)):
        for n, one in enumerate(some):
            form, source = FACTS[one.fact]
            if form == Form.CHOICE:
                yield from (Missing(f"{group}-{n}", source, value) for value in one.values)
    for n, deed in enumerate(spec.do):
        source = DEEDS[deed.do][0]
        if source not in {"", "minutes"} and deed.value:
            yield Missing(f"do-{n}", source, deed.value)


def missing(spec: Spec, known: Mapping[str, Collection[str]]) -> list[Missing]:
    """What the rule names and is not there: a topic that was taken away, a person who left."""
    return [one for one in named(spec) if one.value not in known.get(one.source, ())]
