"""Which facts other systems may hear of, and what they are told: names and ids, never texts, names or phones."""

import re
from typing import Any

from common.history import Event, Fact, System, facts

# The name of an app's facts outside. Finance is not here and never will be; staff's sign-ins are nobody's business.
SHARED = {"tickets": "tickets", "dispatch": "visits", "incidents": "incidents", "contacts": "contacts"}
# Codes that say what kind of thing happened. Whatever else is text may be somebody's words.
_CODES = {"channel", "desk", "kind", "outcome", "priority", "scope", "state", "status", "topic", "to"}
_CODE = re.compile(r"[a-zA-Z0-9_.-]{1,40}")


def code_of(thing: Any, fact: Fact) -> str | None:
    """ "tickets.opened"; None for what is not told."""
    group = SHARED.get(thing._meta.app_label)
    return f"{group}.{fact.code}" if group else None


def known() -> list[tuple[str, str]]:
    """Every fact that a webhook may ask for, with its words, by group."""
    return [(f"{group}.{code}", str(fact.label)) for app, group in SHARED.items() for code, fact in facts(app).items()]


def payload(thing: Any, code: str, event: Event, by: Any, data: dict[str, Any]) -> dict[str, Any]:
    """What a webhook is told: `{id, fact, at, thing, by, data}`. The id is the same for every webhook and repeat."""
    told: dict[str, Any] = {"kind": thing._meta.model_name, "id": thing.pk}
    if number := getattr(thing, "number", None):
        told["number"] = str(number)
    return {
        "id": f"{event._meta.model_name}-{event.pk}",
        "fact": code,
        "at": event.at.isoformat(),
        "thing": told,
        "by": {"kind": "system", "name": str(by)} if isinstance(by, System) else {"kind": "user", "id": by.pk},
        "data": {name: value for name, value in data.items() if _is_harmless(name, value)},
    }


def _is_harmless(name: str, value: Any) -> bool:
    if isinstance(value, bool | int):
        return True
    return name in _CODES and isinstance(value, str) and _CODE.fullmatch(value) is not None
