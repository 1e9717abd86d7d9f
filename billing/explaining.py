"""How a sum came about, in the reader's words: entries, and the formulas of charges, questions and compensations."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import money, proposing
from billing.charging import Part
from billing.models import Dispute, Entry, Kind, TariffChange
from customers.models import ServiceKind

_UNDOES = {
    Kind.OPENING: lambda: _("Undoes the opening balance of %(day)s, %(sum)s: %(why)s"),
    Kind.CHARGE: lambda: _("Undoes the charge of %(day)s, %(sum)s: %(why)s"),
    Kind.PAYMENT: lambda: _("Undoes the payment of %(day)s, %(sum)s: %(why)s"),
    Kind.ADJUSTMENT: lambda: _("Undoes the adjustment of %(day)s, %(sum)s: %(why)s"),
    Kind.COMPENSATION: lambda: _("Undoes the compensation of %(day)s, %(sum)s: %(why)s"),
    Kind.REFUND: lambda: _("Undoes the refund of %(day)s, %(sum)s: %(why)s"),
}


def entry(one: Entry, question: Dispute | None = None, *, file: str = "") -> list[str]:
    """An entry line by line: where a payment came from, what a reversal undoes, by what a correction was counted.

    `question` is the one it answers, `file` the name of the statement that brought it. What the tariffs give for a
    charge is `parts`. Costs a query each unless `by_user` and `reverses` are loaded.
    """
    if one.reverses:
        return [_undoes(one, one.reverses)]
    if question:
        return [question.reason.title, *_answered(question)]
    said = [one.text] if one.text else []
    if one.kind == Kind.PAYMENT:
        said.insert(0, _paid(one, file))
    return said + formula(one.formula)


def change(one: TariffChange) -> str:
    """What a change of tariff says, without its day."""
    if one.fee is None:
        return _("From this day not bought any more: %(service)s") % {"service": _service(one.kind)}
    return _("From this day “%(title)s” for %(fee)s a month") % {"title": one.title, "fee": money.words(one.fee)}


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
    return lines + _outage(kept)


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


def _paid(one: Entry, file: str) -> str:
    words = {"book": one.get_book_display(), "file": file, "who": one.actor}
    if file:
        return _("%(book)s, from the file “%(file)s”") % words
    return _("%(book)s, taken by %(who)s") % words if one.by_user else str(words["book"])


def _undoes(reversal: Entry, undone: Entry) -> str:
    same_year = undone.on.year == reversal.on.year
    return _UNDOES[Kind(undone.kind)]() % {
        "day": f"{undone.on:%d.%m}" if same_year else f"{undone.on:%d.%m.%Y}",
        "sum": money.words(abs(undone.amount)),
        "why": reversal.text,
    }


def _answered(question: Dispute) -> list[str]:
    said = formula(question.formula)
    if question.proposed is None or abs(question.proposed) != abs(question.amount):
        said.append(_("The accountant named the sum."))
    return said


def _outage(kept: Mapping[str, Any]) -> list[str]:
    """Of a compensation: when there was no service, what is not counted again, what somebody has to look at."""
    lines = []
    if "outage" in kept:
        lines.append(_("No service: %(span)s.") % {"span": _span(*kept["outage"])})
    elif kept.get("lines") == [] and kept.get("spans") != []:
        lines.append(_("By the tariffs nothing is due for these hours any more."))
    if "spans" in kept:
        spans = "; ".join(_span(*one) for one in kept["spans"])
        lines.append(
            _("Counted only %(spans)s: the other hours are compensated already.") % {"spans": spans}
            if spans
            else _("All these hours are compensated already.")
        )
    asked = _("Question № %(pk)s has given money for downtime already: tick only if it was another outage.")
    return lines + [asked % {"pk": pk} for pk in kept.get("questions", ())]


def _span(start: str, end: str) -> str:
    first, last = (timezone.localtime(datetime.fromisoformat(one)) for one in (start, end))
    same_day = first.date() == last.date()
    return f"{first:%d.%m %H:%M}–{last:%H:%M}" if same_day else f"{first:%d.%m %H:%M} – {last:%d.%m %H:%M}"


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
        "hours": f"{Decimal(one['hours']).normalize():f}".replace(".", ","),
        "month": one["month_hours"],
        "sum": _sum(one["amount"]),
    }


def _service(kind: str) -> str:
    return str(ServiceKind(kind).label) if kind in ServiceKind.values else kind


def _sum(text: str) -> str:
    return money.words(Decimal(text))


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d.%m}"
