"""Variables in ready-made texts: `{name}` becomes a value. Pure; nothing but the names below is ever looked up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

_PLACE = re.compile(r"\{(\w{1,40})\}")
NOTHING = "…"  # for what is not known of this ticket: the writer sees the gap before he sends


@dataclass(frozen=True)
class Values:
    """What a text may say of a ticket; each field is a variable of its name."""

    number: str = ""
    subject: str = ""
    subscriber: str = ""
    name: str = ""
    address: str = ""
    operator: str = ""
    desk: str = ""
    due: str = ""


NAMES = tuple(field.name for field in fields(Values))


def _places(text: str) -> Iterator[str]:
    return (found[1] for found in _PLACE.finditer(text))


def unknown(text: str) -> list[str]:
    """Names in braces that are no variables, each once, in the order of the text."""
    return list(dict.fromkeys(name for name in _places(text) if name not in NAMES))


def fill(text: str, values: Values) -> str:
    """The text with its variables replaced, in one pass: what a value holds is never read as a variable."""
    known = {name: getattr(values, name) or NOTHING for name in NAMES}
    return _PLACE.sub(lambda found: known.get(found[1], found[0]), text)


def first_name(full: str) -> str:
    """ "Иванова Анна Петровна" -> "Анна Петровна", as one addresses a person; a firm's name is nobody's."""
    parts = full.split()
    return " ".join(parts[1:]) if len(parts) == 3 and all(part[0].isupper() for part in parts) else ""
