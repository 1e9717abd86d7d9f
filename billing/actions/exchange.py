"""Files that come from the billing system by themselves, and those that go there."""

import hashlib
import logging
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing import bank_files, gateways, posting_orders
from billing.actions.statements import LARGEST_FILE, BadStatement, take_statement, why_refused
from billing.gateways import Arrived, Exchange
from billing.models import PAID_INTO, Book, OrdersFile, RefusedFile
from common import clock
from common.errors import DomainError
from common.history import System
from staff.models import User

log = logging.getLogger(__name__)
AT_ONCE = 10
_BOOKS = {**{f"{book.value}-": book for book in PAID_INTO}, "charges-": Book.REVENUE}


class NotJoined(DomainError):
    code = "not_joined"


def take_arrived() -> int:
    """For the sweep: take in what lies in the exchange; how many files were settled.

    A file is moved once its lines are in the ledger: one that was not moved is found again, and known by its hash.
    """
    exchange, settled = gateways.exchange(), 0
    for file in exchange.arrived(LARGEST_FILE) if exchange else ():
        _take(exchange, file)  # type: ignore[arg-type]
        settled += 1
        if settled == AT_ONCE:
            break
    return settled


def _take(exchange: Exchange, file: Arrived) -> None:
    try:
        take_statement(body=file.body, name=file.name, book=_book_of(file), by=System.IMPORT)
    except BadStatement as error:
        sha256 = hashlib.sha256(file.body).hexdigest()
        RefusedFile.objects.get_or_create(sha256=sha256, defaults={"name": file.name[:100], "code": error.reason})
        log.warning("billing exchange: a file is refused: %s", error.reason)
        with override("ru"):  # the reason lies beside the file for people of the office
            exchange.settle(file, refused=why_refused(error.reason))
    else:
        exchange.settle(file)


def _book_of(file: Arrived) -> str:
    """By the beginning of the name; a file of the 1C exchange comes from the bank whatever it is called."""
    book = next((book for start, book in _BOOKS.items() if file.name.lower().startswith(start)), None)
    return book or (Book.BANK if bank_files.is_exchange(file.body) else "")


def send_orders(*, since: date, until: date, by: User) -> OrdersFile:
    """Have the posting orders of these days, both included, written into the exchange: by the next sweep.

    Raises NotJoined where there is none.
    """
    if not settings.BILLING_EXCHANGE_DIR:
        raise NotJoined(_("No billing system is joined: there is no exchange folder."))
    return OrdersFile.objects.create(since=since, until=until, by=by)


def deliver_orders() -> int:
    """For the sweep: write what was asked for; how many. A file written twice has the same name."""
    exchange, sent = gateways.exchange(), 0
    if exchange is None:
        return 0
    for pk in OrdersFile.objects.filter(sent_at=None).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]:
        sent += _deliver(exchange, pk)
    return sent


@transaction.atomic
def _deliver(exchange: Exchange, pk: int) -> bool:
    rows = OrdersFile.objects.select_for_update(of=("self",), skip_locked=True)
    file = rows.filter(pk=pk, sent_at=None).first()
    if file is None:
        return False
    exchange.leave(str(file), posting_orders.lines(file.since, file.until, "ru"))
    file.sent_at = clock.now()
    file.save(update_fields=["sent_at"])
    return True
