"""The sum a reason proposes, and why. Pure: neither Django nor the database.

The formula holds plain values (sums as strings), so that it can be stored beside the dispute and said in any
language: `billing.explaining`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from billing import charging, compensating
from billing.charging import Part, Tariff

# Rules whose sum comes from the charge in question, and those that may name one beside it.
NEEDS_CHARGE = frozenset({"difference", "charged_twice"})
TAKES_CHARGE = NEEDS_CHARGE | {"downtime", "by_hand"}


@dataclass(frozen=True)
class Asked:
    """What a rule may look at. `charge`: the size of the charge in question; `due`: what the tariffs give for it, None
    where it names no days; `given`: what questions have already given back of it."""

    rule: str
    charge: Decimal | None = None
    due: Sequence[Part] | None = None
    given: Decimal = Decimal(0)
    fixed: Decimal | None = None
    balance: Decimal = Decimal(0)
    hours: Decimal | None = None
    on: date = date.min
    tariffs: Sequence[Tariff] = field(default=())


@dataclass(frozen=True)
class Proposal:
    """`amount` in roubles, above zero, below it for a refund; None: the rule has nothing to propose, `lacks` says
    what it misses: charge, days, hours, tariff, balance; nothing (the charge is right), given (back already)."""

    amount: Decimal | None
    formula: dict[str, Any] = field(default_factory=dict)
    lacks: str = ""


def proposal(asked: Asked) -> Proposal:
    return _RULES[asked.rule](asked)


def _difference(asked: Asked) -> Proposal:
    if asked.charge is None:
        return Proposal(None, lacks="charge")
    if not asked.due:  # to give back the whole charge would be a guess
        return Proposal(None, lacks="days" if asked.due is None else "tariff")
    due = charging.total(asked.due)
    formula = {"charged": str(asked.charge), "due": str(due), "parts": said(asked.due)}
    return _what_is_left(asked, asked.charge - due, formula)


def _charged_twice(asked: Asked) -> Proposal:
    if asked.charge is None:
        return Proposal(None, lacks="charge")
    return _what_is_left(asked, asked.charge, {"charged": str(asked.charge)})


def _what_is_left(asked: Asked, mistake: Decimal, formula: dict[str, Any]) -> Proposal:
    """One mistake is given back once."""
    if mistake <= 0:
        return Proposal(None, formula, "nothing")
    if asked.given:
        formula["given"] = str(asked.given)
    left = mistake - asked.given
    return Proposal(left, formula) if left > 0 else Proposal(None, formula, "given")


def _downtime(asked: Asked) -> Proposal:
    if not asked.hours:
        return Proposal(None, lacks="hours")
    fees = [one for one in asked.tariffs if one.since <= asked.on and (one.until is None or one.until >= asked.on)]
    if not fees:
        return Proposal(None, lacks="tariff")
    month_hours = compensating.month_hours(asked.on)
    hours = min(asked.hours, Decimal(month_hours))
    lines = compensating.priced(compensating.Lost(one, hours, month_hours) for one in fees)
    amount = compensating.total(lines)
    return Proposal(amount or None, {"lines": lines}, "" if amount else "nothing")


def _fixed(asked: Asked) -> Proposal:
    return Proposal(asked.fixed, {"fixed": str(asked.fixed)})


def _advance(asked: Asked) -> Proposal:
    if asked.balance <= 0:
        return Proposal(None, lacks="balance")
    return Proposal(-asked.balance, {"balance": str(asked.balance)})


def _by_hand(_asked: Asked) -> Proposal:
    return Proposal(None)


_RULES = {
    "difference": _difference,
    "downtime": _downtime,
    "charged_twice": _charged_twice,
    "fixed": _fixed,
    "advance": _advance,
    "by_hand": _by_hand,
}


def said(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Parts of a charge as plain values."""
    return [{name: _plain(value) for name, value in asdict(one).items()} for one in parts]


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else str(value)
