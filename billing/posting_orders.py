"""Posting orders for the bookkeeping: every entry of some days as debit and credit."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from billing import money
from billing.models import Book, Entry
from tickets.export import csv_lines

SUBSCRIBERS = "62"
# The chart of accounts of Russian bookkeeping (Ministry of Finance order 94n).
ACCOUNTS = {
    Book.REVENUE: "90.01",
    Book.BANK: "51",
    Book.CASH: "50",
    Book.TERMINALS: "57",
    Book.ADJUSTMENTS: "91.02",
    Book.COMPENSATIONS: "91.02",
    Book.OPENING: "000",
}


def lines(since: date, until: date, language: str) -> Iterator[bytes]:
    """The file of these days, both included, a line at a time."""
    with override(language):
        head = [_("Day"), _("Debit"), _("Credit"), _("Sum, ₽"), _("Account"), _("What"), _("Entry")]
    return csv_lines(head, _rows(since, until), language)


def _rows(since: date, until: date) -> Iterator[list[Any]]:
    """What goes to the subscriber is credited to 62, what he owes is debited. One pass without keeping it."""
    found = Entry.objects.filter(on__range=(since, until)).select_related("account__subscriber").order_by("on", "pk")
    is_russian = get_language() == "ru"
    for one in found.iterator(chunk_size=2000):
        book = ACCOUNTS[Book(one.book)]
        debit, credit = (book, SUBSCRIBERS) if one.amount > 0 else (SUBSCRIBERS, book)
        day, amount = one.on.isoformat(), f"{abs(one.amount):.2f}"
        if is_russian:  # as a Russian spreadsheet reads days and sums
            day, amount = f"{one.on:%d.%m.%Y}", money.plain(abs(one.amount))
        yield [day, debit, credit, amount, one.account.subscriber.account, one.get_kind_display(), one.pk]


def accounts(since: date, until: date) -> list[str]:
    """Whose entries these are."""
    found = Entry.objects.filter(on__range=(since, until)).values_list("account__subscriber__account", flat=True)
    return list(found.distinct())
