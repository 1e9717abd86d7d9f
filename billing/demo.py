"""Three months of the demo town's accounts: fees, charges, payments, a few mistakes to find."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing import charging
from billing.charging import Tariff
from billing.models import Account, Book, Entry, Kind, TariffChange
from common import clock
from common.history import System
from customers.models import Service, ServiceKind, Subscriber

FEES = {
    ServiceKind.INTERNET: [("Старт 50", 450), ("Дом 100", 550), ("Дом 300", 690)],
    ServiceKind.TV: [("ТВ базовый", 220), ("ТВ расширенный", 390)],
    ServiceKind.PHONE: [("Телефон", 180)],
}
MONTHS = 3
WRONG_BY = 150
WRONG_EVERY, DEBTOR_EVERY, MOVED_EVERY = 40, 15, 25


@transaction.atomic
def load() -> int:
    """Charge and pay the last three months of every subscriber; how many entries. Into an empty ledger only."""
    if Entry.objects.exists():
        return 0
    Account.objects.bulk_create(
        [Account(subscriber_id=pk) for pk in Subscriber.objects.values_list("pk", flat=True)],
        ignore_conflicts=True,
        batch_size=2000,
    )
    months = list(_months(timezone.localdate(clock.now())))
    bought = _bought()
    entries: list[Entry] = []
    changes: list[TariffChange] = []
    for n, account in enumerate(Account.objects.order_by("pk")):
        tariffs = _tariffs(n, bought.get(account.subscriber_id, ()), months)
        changes += [_change(account, one) for one in tariffs]
        entries += _entries(n, account, tariffs, months)
    TariffChange.objects.bulk_create(changes, batch_size=2000)
    Entry.objects.bulk_create(entries, batch_size=2000)
    return len(entries)


def _months(today: date) -> Iterator[tuple[date, date]]:
    """The last three whole months and the present one up to its end, oldest first."""
    first = today.replace(day=1)
    for _n in range(MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    yield from charging.months(first, (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))


def _bought() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for subscriber, kind in Service.objects.filter(active=True).values_list("subscriber", "kind"):
        found.setdefault(subscriber, []).append(kind)
    return found


def _tariffs(n: int, kinds: Sequence[str], months: list[tuple[date, date]]) -> list[Tariff]:
    since, moved = months[0][0] - timedelta(days=200), months[-2][0] + timedelta(days=9)
    found: list[Tariff] = []
    for kind in kinds:
        fees = FEES[ServiceKind(kind)]
        title, fee = fees[n % len(fees)]
        if kind == ServiceKind.INTERNET and n % MOVED_EVERY == 0:
            found.append(Tariff(kind, since, moved - timedelta(days=1), title, Decimal(fee)))
            title, fee = fees[(n + 1) % len(fees)]
            found.append(Tariff(kind, moved, None, title, Decimal(fee)))
        else:
            found.append(Tariff(kind, since, None, title, Decimal(fee)))
    return found


def _change(account: Account, one: Tariff) -> TariffChange:
    return TariffChange(
        account=account,
        kind=one.kind,
        title=one.title,
        fee=one.fee,
        since=one.since,
        at=_noon(one.since),
        by_system=System.IMPORT,
    )


def _entries(n: int, account: Account, tariffs: list[Tariff], months: list[tuple[date, date]]) -> Iterator[Entry]:
    """A charge on the first of each month, paid some days later; every fortieth account was charged too much once."""
    for number, (since, until) in enumerate(months):
        due = charging.total(charging.charged(tariffs, (), since, until))
        if not due:
            return
        is_last = number == len(months) - 1
        wrong = Decimal(WRONG_BY) if is_last and n % WRONG_EVERY == 0 else Decimal(0)
        yield Entry(
            account=account,
            kind=Kind.CHARGE,
            book=Book.REVENUE,
            amount=-(due + wrong),
            on=since,
            at=_noon(since),
            since=since,
            until=until,
            key=f"charge:{account.pk}:{since:%Y-%m}",
            by_system=System.IMPORT,
        )
        paid_on = since + timedelta(days=2 + n % 9)
        if paid_on > timezone.localdate(clock.now()) or (is_last and n % DEBTOR_EVERY == 0):
            continue
        yield Entry(
            account=account,
            kind=Kind.PAYMENT,
            book=(Book.TERMINALS, Book.BANK, Book.CASH)[n % 3],
            amount=due,
            on=paid_on,
            at=_noon(paid_on),
            key=f"payment:{account.pk}:{since:%Y-%m}",
            by_system=System.IMPORT,
        )


def _noon(day: date) -> datetime:
    return timezone.localtime(clock.now()).replace(
        year=day.year, month=day.month, day=day.day, hour=12, minute=0, second=0, microsecond=0
    )
