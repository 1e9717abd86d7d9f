"""Conditions of rules: their form and their truth. A snapshot of a ticket goes in, yes or no comes out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MOST_CONDITIONS = 20  # of a group
MOST_VALUES = 50
LONGEST_VALUE = 100
MOST_NUMBER = 10_000_000
_WORD = re.compile(r"\w+\*?")


class BadRule(ValueError):
    """A rule that says what no rule can say. `where`: "all-0", "do-2" or ""; `code`: what is wrong."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{where}: {code}")
        self.code, self.where = code, where


class Form(StrEnum):
    """What a fact's value looks like, and so how it is asked for."""

    CHOICE = "choice"  # some of a known list
    WORDS = "words"  # a text
    NUMBER = "number"  # minutes, percent or a count


# Each fact with its form and, for a choice, the list its values come from.
FACTS: dict[str, tuple[Form, str]] = {
    "desk": (Form.CHOICE, "desks"),
    "topic": (Form.CHOICE, "topics"),
    "state": (Form.CHOICE, "states"),
    "priority": (Form.CHOICE, "priorities"),
    "channel": (Form.CHOICE, "channels"),
    "assignee": (Form.CHOICE, "assignees"),
    "known": (Form.CHOICE, "answers"),
    "fields": (Form.CHOICE, "field_values"),
    "hours": (Form.CHOICE, "calendars"),
    "promise": (Form.CHOICE, "promises"),
    "percent": (Form.NUMBER, ""),
    "subject": (Form.WORDS, ""),
    "text": (Form.WORDS, ""),
    "address": (Form.WORDS, ""),
    "age": (Form.NUMBER, ""),
    "quiet": (Form.NUMBER, ""),
    "reopened": (Form.NUMBER, ""),
}
SIGNS: dict[Form, tuple[str, str]] = {
    Form.CHOICE: ("in", "not_in"),
    Form.WORDS: ("has", "lacks"),
    Form.NUMBER: ("at_least", "less"),
}
_NEGATIVE = {"not_in", "lacks", "less"}

Value = str | int | frozenset[str] | None


@dataclass(frozen=True)
class Condition:
    """`values` for a choice or words, `number` for a number (minutes for times)."""

    fact: str
    sign: str
    values: tuple[str, ...] = ()
    number: int = 0

    @property
    def json(self) -> dict[str, object]:
        number = FACTS[self.fact][0] == Form.NUMBER
        return {"fact": self.fact, "is": self.sign, "value": self.number if number else list(self.values)}


@dataclass(frozen=True)
class Snapshot:
    """A ticket at a moment: each fact's value, as FACTS says. What is not there is not known: None."""

    values: Mapping[str, Value] = field(default_factory=dict)


def tokens(text: str) -> list[str]:
    """Words in small letters; ё counts as е."""
    return _WORD.findall(text.casefold().replace("ё", "е"))


def says(text: str, phrase: str) -> bool:
    """Are the words of the phrase in the text, one after the other? A word ending in `*` fits any ending."""
    wanted = tokens(phrase)
    # A star in the text is a sign like any other; only the phrase's one means something.
    there = [word.rstrip("*") for word in tokens(text)]
    return bool(wanted) and any(
        all(
            word.startswith(asked[:-1]) if asked.endswith("*") else word == asked
            for word, asked in zip(there[n:], wanted, strict=False)
        )
        for n in range(len(there) - len(wanted) + 1)
    )


def holds(condition: Condition, snapshot: Snapshot) -> bool:
    """Is it so? A number that is not known is neither at least nor less; an unknown text says nothing."""
    value = snapshot.values.get(condition.fact)
    form = FACTS[condition.fact][0]
    if form == Form.NUMBER:
        if not isinstance(value, int):
            return False
        return (value < condition.number) == (condition.sign == "less")
    if form == Form.WORDS:
        found = any(says(str(value or ""), phrase) for phrase in condition.values)
    else:
        some = value if isinstance(value, frozenset) else frozenset() if value is None else frozenset({str(value)})
        found = not some.isdisjoint(condition.values)
    return found != (condition.sign in _NEGATIVE)


def parse(raw: object, where: str) -> Condition:
    """A condition from its JSON. Raises BadRule."""
    if not isinstance(raw, dict):
        raise BadRule("shape", where)
    if raw.keys() != {"fact", "is", "value"}:
        raise BadRule("keys", where)
    fact, sign, value = raw["fact"], raw["is"], raw["value"]
    if not isinstance(fact, str) or fact not in FACTS:
        raise BadRule("fact", where)
    form = FACTS[fact][0]
    if sign not in SIGNS[form]:
        raise BadRule("sign", where)
    if form == Form.NUMBER:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_NUMBER:
            raise BadRule("number", where)
        return Condition(fact, sign, number=value)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadRule("values", where)
    values = tuple(dict.fromkeys(one.strip() for one in value if one.strip()))
    if not values:
        raise BadRule("empty", where)
    if len(values) > MOST_VALUES or any(len(one) > LONGEST_VALUE for one in values):
        raise BadRule("long", where)
    if form == Form.WORDS and not all(tokens(one) for one in values):
        raise BadRule("words", where)
    return Condition(fact, sign, values)
