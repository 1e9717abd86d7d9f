"""From the exchange's word that somebody rings to the pixels on the operator's screen.

python -m benchmarks.pop [--calls 30]

The real product, a real browser with the call screen open; each call is posted as a PBX would, and nobody answers it.
Every caller has all that a card can show: an incident at his place, a visit, an open ticket, earlier contacts. Two
clocks: one stops when the caller is painted, one when the whole card is, with the panels that come after it (a frame
after it is in the page). Target of both: p95 under a second.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page, sync_playwright

from benchmarks import copy
from contactcenter.processes import web

CALLS, TARGET_MS = 30, 1000.0
# Milliseconds since the epoch at which the caller was painted, and the whole card.
_PAINTED = """number => new Promise((done, fail) => {
  const moments = [];
  setTimeout(() => fail(new Error(`only ${moments.length} of the moments came`)), 10000);
  const steps = [
    card => card.querySelector("aside h2") && card.querySelector(".line-card h1"),
    card => card.querySelector(".banner.error") && card.querySelector('aside [id^="caller-"] li:not(.mute)')
      && card.querySelector("aside > ul:last-of-type li:not(.mute)")
      && [...card.querySelectorAll(".helper")].every(one => one.childElementCount),
  ];
  const now = () => performance.timeOrigin + performance.now();
  const look = () => {
    const card = document.querySelector(`#contact[data-contact="${number}"]`);
    if (!card || !steps[moments.length](card)) { requestAnimationFrame(look); return; }
    requestAnimationFrame(() => requestAnimationFrame(() => {
      moments.push(now());
      if (moments.length < steps.length) look(); else done(moments);
    }));
  };
  look();
})"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--calls", type=int, default=CALLS)
    options = asked.parse_args()
    with copy.servers() as data_dir, ExitStack() as stack:
        copy.load_town(200)
        (data_dir / "staticfiles").mkdir()
        copy.manage("collectstatic", "--no-input", "-v", "0")
        port = copy.free_port()
        stack.enter_context(copy.running(web("web", "web", "127.0.0.1", str(port))))
        copy.wait_for(lambda: copy.answers(port, "/healthz"), what="the web")
        demo = json.loads((data_dir / "demo.json").read_text())
        play = stack.enter_context(sync_playwright())
        browser = play.chromium.launch(executable_path=_chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="ru-RU")
        _sign_in(page, f"http://localhost:{port}", demo["users"]["operator"])
        taken = list(_pops(page, port, demo, _callers(options.calls)))
        browser.close()
    _table(taken)


def _table(taken: list[tuple[float, float]]) -> None:
    print(f"{len(taken)} calls, before the answer; load {os.getloadavg()[0]:.1f}")
    print(f"{'painted':<16}{'p50 ms':>8}{'p95 ms':>8}{'longest':>9}  target p95 < {TARGET_MS:.0f} ms")
    for name, times in zip(("the caller", "the whole card"), map(list, zip(*taken, strict=True)), strict=True):
        p50, p95 = statistics.median(times), copy.quantile(times, 0.95)
        verdict = "met" if p95 < TARGET_MS else "MISSED"
        print(f"{name:<16}{p50:>8.0f}{p95:>8.0f}{max(times):>9.0f}  {verdict}")


def _callers(calls: int) -> list[str]:
    """Numbers of one person each, and for each person everything that a card can show."""
    import django

    django.setup()
    from django.db import transaction
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
    from django.db.models import Count

    from common import clock
    from common.history import System
    from contacts import actions as contacts
    from contacts.models import Contact, Topic
    from customers.models import Phone
    from dispatch import actions as dispatch
    from dispatch.models import Master, Shift
    from incidents import actions as incidents
    from incidents.actions.lifecycle import suspect
    from staff.models import Role, User
    from tickets import actions as tickets

    operator = User.objects.filter(role=Role.OPERATOR)[0]  # who sees before the card is open what the first line did
    support, now, topic = User.objects.filter(role=Role.SUPPORT)[0], clock.now(), Topic.objects.get(code="no_internet")
    master = Master.objects.create(user=User.objects.create(username="pop", role=Role.MASTER), skills=["copper"])
    Shift.objects.create(master=master, hours=DateTimeTZRange(now, now + timedelta(days=3)))
    alone = Phone.objects.values("number").annotate(n=Count("pk")).filter(n=1)
    numbers = list(alone.order_by("number").values_list("number", flat=True)[:calls])
    for n, number in enumerate(numbers):
        someone = Phone.objects.get(number=number).subscriber
        facts: dict[str, Any] = {"channel": "phone", "subscriber": someone, "by": support}
        ticket = tickets.open_ticket(desk="support", subject="Нет сигнала", topic=topic, **facts)
        start, length = now + timedelta(minutes=30 * n + 30), timedelta(minutes=30)
        dispatch.book(ticket=ticket, start=start, length=length, master=master, by=support)
        for k in range(5):
            contact = Contact.objects.create(
                channel="phone", key=f"pop:{n}:{k}", at=now - timedelta(days=k + 1), subscriber=someone, topic=topic
            )
            contacts.close(contact=contact, outcome="answered", by=operator)
    with transaction.atomic():
        made = suspect(scope={"scope_kind": "city"}, seen={"reporters": 9}, started_at=now, by=System.DETECTOR)
    incidents.confirm(incident=made, by=support)
    return numbers


def _chromium() -> str | None:
    found = Path("/usr/bin/chromium")
    return str(found) if found.exists() else None


def _sign_in(page: Page, base: str, who: dict[str, str]) -> None:
    page.goto(f"{base}/login/")
    page.fill("[name=login]", who["username"])
    page.fill("[name=password]", who["password"])
    page.click("main button")
    page.wait_for_url("**/calls/")
    page.wait_for_selector("html[data-live=up]")


def _pops(page: Page, port: int, demo: dict[str, str], numbers: list[str]) -> Iterator[tuple[float, float]]:
    """Milliseconds of each call from the post to the painted caller and to the painted card."""
    from django.db import connection

    url = f"http://127.0.0.1:{port}/api/v1/cti/{demo['cti_token']}"
    for n, number in enumerate(numbers):
        said = {"event": "newCall", "callId": f"pop-{n}", "from": number, "to": "88124000000", "direction": "in"}
        began = time.time()
        requests.post(url, json=said, timeout=10).raise_for_status()
        with connection.cursor() as cursor:
            cursor.execute("SELECT contact_id FROM calls_call WHERE call_id = %s", [f"pop-{n}"])
            contact = cursor.fetchone()[0]
        painted = page.evaluate(_PAINTED, str(contact))
        yield painted[0] - 1000 * began, painted[1] - 1000 * began
        requests.post(url, json={**said, "event": "hangup", "cause": "cancel"}, timeout=10).raise_for_status()
        # As after Enter: the screen is empty again and waits for the next call.
        page.goto(f"http://localhost:{port}/calls/")
        page.wait_for_selector("html[data-live=up]")


if __name__ == "__main__":
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's library runs a loop in this thread, which only waits
    main()
