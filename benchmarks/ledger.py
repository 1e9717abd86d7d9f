"""How long the finance desk waits: the account page at 200,000 entries, a compensation of 5,000 accounts, files of
20,000 lines.

python -m benchmarks.ledger [--entries 200000] [--pages 60]

In this process, as the finance role, through the whole middleware of the finance process; a page's time is the time to
its last byte. Targets: a page under 100 ms and at most 15 statements, a sheet of 5,000 lines in seconds (10 to make it,
5 to post it), a file of 20,000 payments in 10 while the accounts are locked for less.
"""

import argparse
import os
import time
from datetime import timedelta
from decimal import Decimal

from benchmarks import copy

ENTRIES, PAGES, PEOPLE, DAYS = 200_000, 60, 6_000, 2_000
PAGE_MS, STATEMENTS, MAKE_S, POST_S = 100.0, 15, 10.0, 5.0
LINES, FILE_S = 20_000, 10.0
AT_ONCE = 1_000


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--entries", type=int, default=ENTRIES)
    asked.add_argument("--pages", type=int, default=PAGES)
    options = asked.parse_args()
    with copy.servers():
        copy.load_town(PEOPLE)
        copy.manage("demo_finance", PROCESS="finance")
        os.environ["PROCESS"] = "finance"
        import django

        django.setup()
        _measure(options.entries, options.pages)


def _measure(entries: int, pages: int) -> None:
    from django.utils import timezone

    from billing.models import Account, Entry
    from common import clock

    crowded = Account.objects.order_by("pk")[0]
    _fill(crowded.pk, entries)
    accounts = [crowded, *Account.objects.order_by("pk")[1:pages]]
    held = Entry.objects.filter(account=crowded).count()
    print(f"{Entry.objects.count():,} entries, {Account.objects.count():,} accounts; load {os.getloadavg()[0]:.1f}")
    assert held >= entries / 2
    _pages("account page", accounts)
    _pages(f"the one with {held:,} entries", [crowded] * pages)
    old = timezone.localdate(clock.now()) - timedelta(days=DAYS // 2)
    _pages("an old page of it", [crowded] * pages, f"?before={old}.1")
    _pages("and the balance of a span", [crowded] * pages, f"?since={old}&until={old}", most=STATEMENTS + 2)
    _sheet()
    _files()


def _fill(crowded: int, entries: int) -> None:
    """Entries up to that many, so that one account holds half of all; charges are for the month of their day."""
    from django.db import connection

    from billing.models import Entry

    wanted = entries - Entry.objects.count()
    to_crowded = entries // 2 - Entry.objects.filter(account=crowded).count()
    sql = """INSERT INTO billing_entry
    (account_id, kind, book, amount, "on", since, until, at, text, formula, key, by_system)
    SELECT a.id, CASE WHEN pays THEN 'payment' ELSE 'charge' END, CASE WHEN pays THEN 'cash' ELSE 'revenue' END,
        CASE WHEN pays THEN 100 ELSE -100 END, day, CASE WHEN NOT pays THEN month END,
        CASE WHEN NOT pays THEN (month + interval '1 month - 1 day')::date END,
        now(), '', '{}', 'bench:' || n, 'import'
    FROM generate_series(%s, %s) n
    CROSS JOIN LATERAL (SELECT current_date - n %% %s AS day, n %% 2 = 0 AS pays) one
    CROSS JOIN LATERAL (SELECT date_trunc('month', day)::date AS month) its
    JOIN billing_account a ON a.id = CASE WHEN n <= %s THEN %s ELSE %s + n %% %s END"""
    most = max(wanted, to_crowded)
    with connection.cursor() as cursor:
        # In pieces: every entry rewrites its account's balance, and one transaction drags all those versions along.
        for first in range(1, most + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, most)
            cursor.execute(sql, [first, last, DAYS, to_crowded, crowded, crowded, PEOPLE])


def _pages(what: str, accounts: list[object], query: str = "", *, most: int = STATEMENTS) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from staff.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="anna"))
    taken: list[float] = []
    for account in accounts:
        path = f"/accounts/{account.subscriber.account}/{query}"  # type: ignore[attr-defined]
        began = time.perf_counter()
        assert client.get(path).status_code == 200
        taken.append((time.perf_counter() - began) * 1000)
    with CaptureQueriesContext(connection) as caught:
        client.get(path)
    asked = len([one for one in caught if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))])
    p50, p95 = copy.quantile(taken, 0.5), copy.quantile(taken, 0.95)
    verdict = "met" if p95 < PAGE_MS and asked <= most else "MISSED"
    print(f"{what:32} p50 {p50:5.0f} ms  p95 {p95:5.0f} ms  {asked} statements  {verdict}")


def _sheet() -> None:
    """An outage of the whole town."""
    from billing import actions
    from common import clock
    from common.history import System
    from incidents.models import Incident
    from staff.models import User

    start = clock.now() - timedelta(hours=9)
    ended = {"restored_at": start + timedelta(hours=8), "closed_at": clock.now()}
    over = Incident.objects.create(
        state="closed", resolution="restored", scope_kind="city", started_at=start, opened_at=start, **ended
    )
    began = time.perf_counter()
    sheet = actions.make_sheet(incident=over, by=System.SWEEP)
    made = time.perf_counter()
    assert sheet is not None
    actions.post_sheet(sheet=sheet, by=User.objects.get(username="anna"))
    posted = time.perf_counter()
    lines = sheet.lines.count()
    total = sum((one.amount for one in sheet.lines.all()), Decimal(0))
    verdicts = [
        "met" if taken < limit else "MISSED" for taken, limit in ((made - began, MAKE_S), (posted - made, POST_S))
    ]
    print(f"sheet of {lines:,} lines, {total:,.2f} roubles: made {made - began:.1f} s {verdicts[0]},", end=" ")
    print(f"posted {posted - made:.1f} s {verdicts[1]}")


def _files() -> None:
    """The largest file there may be, of payments and of charges; how long the ledger was locked by it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from billing import actions
    from billing.models import Account
    from staff.models import User

    by = User.objects.get(username="anna")
    numbers = list(Account.objects.order_by("pk").values_list("subscriber__account", flat=True)[:PEOPLE])
    heads = {"terminals": "date;account;sum;number", "revenue": "account;service;since;until;sum;number"}
    for book, head in heads.items():
        rows = (
            f"01.03.2026;{one};100;{n}" if book == "terminals" else f"{one};internet;01.03.2026;31.03.2026;100;{n}"
            for n, one in ((n, numbers[n % len(numbers)]) for n in range(LINES))
        )
        body = "\n".join([head, *rows, ""]).encode()
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as caught:
            made, _is_new = actions.take_statement(body=body, name="bench", book=book, by=by)
        taken = time.perf_counter() - began
        assert made.lines.filter(state="posted").count() == LINES
        verdict = "met" if taken < FILE_S else "MISSED"
        print(f"file of {LINES:,} lines into {book}: {taken:.1f} s, {len(caught)} statements  {verdict}")


if __name__ == "__main__":
    main()
