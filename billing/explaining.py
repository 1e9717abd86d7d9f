"""How a sum came about, in the reader's words: formulas of charges, questions and compensations."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import money, proposing
from billing.charging import Part
from customers.models import ServiceKind


def parts(found: Iterable[Part]) -> list[str]:
    """A line for each tariff of a charge: "Internet “Home 300”, 600 ₽ a month: 2 of 31 days = 38,71 ₽"."""
    return [_part(one) for one in proposing.said(list(found))]


def formula(kept: Mapping[str, Any]) -> list[str]:
    """What a rule has written down (`billing.proposing`), line by line; what has no words makes no line."""
    lines = [_part(one) for one in kept.get("parts", ())]
    lines += [_hours(one) for one in kept.get("lines", ())]
    if "due" in kept:
        words = {"charged": _sum(kept["charged"]), "due": _sum(kept["due"])}
        lines.append(_("Charged %(charged)s, the tariff gives %(due)s.") % words)
    elif "charged" in kept:
        lines.append(_("The whole charge of %(sum)s.") % {"sum": _sum(kept["charged"])})
    if "given" in kept:
        lines.append(_("Already given back: %(sum)s.") % {"sum": _sum(kept["given"])})
    if "fixed" in kept:
        lines.append(_("A fixed sum of %(sum)s.") % {"sum": _sum(kept["fixed"])})
    if "balance" in kept:
        lines.append(_("On the account: %(sum)s.") % {"sum": _sum(kept["balance"])})
    return lines


LACKS = {
    "charge": lambda: _("Choose the charge in question: the sum comes from it."),
    "days": lambda: _("The charge does not say for which days it is: name the sum yourself."),
    "hours": lambda: _("Type how many hours there was no service: the sum comes from them."),
    "tariff": lambda: _("No tariff was in force on that day: name the sum yourself."),
    "nothing": lambda: _("By the tariff the charge is right: there is nothing to give back."),
    "given": lambda: _("This mistake has already been given back, or a question about it waits."),
    "balance": lambda: _("There is nothing on the account to pay back."),
}


def lacks(code: str) -> str:
    """Why a rule proposes nothing, and what to do."""
    return LACKS[code]() if code in LACKS else ""


def _part(one: Mapping[str, Any]) -> str:
    words = {
        "service": _service(one["kind"]),
        "title": one["title"],
        "fee": _sum(one["fee"]),
        "days": one["days"],
        "month": one["month_days"],
        "sum": _sum(one["amount"]),
        "since": _day(one["since"]),
        "until": _day(one["until"]),
    }
    text = _("%(since)s–%(until)s %(service)s “%(title)s”, %(fee)s a month: %(days)s of %(month)s days = %(sum)s")
    said = text % words
    if int(one["idle"]):
        idle = int(one["idle"])
        said += " " + ngettext("(%(n)s day suspended)", "(%(n)s days suspended)", idle) % {"n": idle}
    return said


def _hours(one: Mapping[str, Any]) -> str:
    return _("%(service)s “%(title)s”, %(fee)s a month: %(hours)s of %(month)s hours = %(sum)s") % {
        "service": _service(one["service"]),
        "title": one["title"],
        "fee": _sum(one["fee"]),
        "hours": str(one["hours"]).replace(".", ","),
        "month": one["month_hours"],
        "sum": _sum(one["amount"]),
    }


def _service(kind: str) -> str:
    return str(ServiceKind(kind).label) if kind in ServiceKind.values else kind


def _sum(text: str) -> str:
    return money.words(Decimal(text))


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d.%m}"
