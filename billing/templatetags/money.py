from datetime import date
from decimal import Decimal

from django import template

from billing import money

register = template.Library()


@register.filter
def rubles(value: Decimal | None) -> str:
    """ "1 234,50 ₽"; nothing for nothing."""
    return "" if value is None else money.words(value)


@register.filter
def signed(value: Decimal | None) -> str:
    """The same with a plus where it goes to the account."""
    return "" if value is None else f"{'+' if value > 0 else ''}{money.words(value)}"


@register.filter
def cell(value: object) -> str:
    """A cell of a report: sums in roubles, days as days, counts in groups of three."""
    if isinstance(value, Decimal):
        return money.words(value)
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\u00a0")
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)
