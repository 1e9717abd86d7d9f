import json
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count
from django.utils import timezone

from common import clock
from customers.models import Phone
from network.models import Building

DAY_S = 86_400.0
PATIENCE_S = 20.0
ANSWERERS = ("olga", "irina")
ROW = "{:>8}  {:10} {:34} {:>8}  {:>12}  {:>13}  {}"


class Ring(NamedTuple):
    """A call to be played: when (seconds of the played day) and from which phone."""

    at: float
    phone: str


class Command(BaseCommand):
    help = "Play a compressed day into a running system over HTTP: ordinary calls, a building and a node that fail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=120, help="how long the day takes")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.DATA_DIR / "demo.json"
        if not path.exists():
            raise CommandError("No demo here: start `make run` in another terminal first.")
        demo = json.loads(path.read_text())
        self.base, self.token = demo["base_url"], demo["cti_token"]
        self.headers = {"Authorization": f"Token {demo['api_keys']['admin']}"}
        self.http = requests.Session()
        self.sent: dict[datetime, datetime] = {}  # when each call was really played, by its time in the played day
        known = {incident["id"] for incident in self._get("incidents")}
        day = sorted(self._day(random.Random(options["seed"])))
        self.stdout.write(f"{len(day)} calls in {options['seconds']:.0f} s; watch {self.base}")
        self._play(day, speed=DAY_S / options["seconds"])
        self._report(known)

    def _day(self, dice: random.Random) -> Iterator[Ring]:
        """Ordinary calls all over the town, then a building out at ten, and a node at three in the afternoon."""
        phones = list(Phone.objects.order_by("pk").values_list("number", flat=True))
        for _ in range(150):
            yield Ring(dice.triangular(7 * 3600, 23 * 3600, 18 * 3600), dice.choice(phones))
        houses = Building.objects.annotate(n=Count("premises__switch")).order_by("-n")
        house = houses[0]
        node = houses.exclude(node=house.node)[0].node
        self.stdout.write(f"Planted: {house.title} fails at 10:00, {node.title} at 15:00.")
        yield from self._outage(Phone.objects.filter(subscriber__premise__building=house), 10, 8, dice)
        yield from self._outage(Phone.objects.filter(subscriber__premise__building__node=node), 15, 20, dice)

    def _outage(self, phones: Any, hour: int, callers: int, dice: random.Random) -> Iterator[Ring]:
        numbers = sorted(set(phones.values_list("number", flat=True)))
        for number in dice.sample(numbers, min(callers, len(numbers))):
            yield Ring(hour * 3600 + dice.expovariate(1 / 900), number)

    def _play(self, day: list[Ring], *, speed: float) -> None:
        """Each call rings, is answered and ends at its time of the played day, which is today by the town's clock.

        Night calls played as if at night matter: the detector knows how many to expect at which hour. On the pages a
        call lasts a few seconds, so that somebody who watches sees it.
        """
        start = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
        run, began = f"simulated-{clock.now():%s}", time.monotonic()
        steps = sorted(
            (ring.at / speed + watched_s, n, event, lasted_s)
            for n, ring in enumerate(day)
            for event, watched_s, lasted_s in (("newCall", 0.0, 0), ("answer", 0.7, 9), ("hangup", 3.0, 90))
        )
        for due, n, event, lasted_s in steps:
            time.sleep(max(0.0, due - (time.monotonic() - began)))
            at = start + timedelta(seconds=day[n].at + lasted_s)
            self._send(event, f"{run}-{n}", day[n].phone, at, {"user": ANSWERERS[n % 2]} if event == "answer" else {})

    def _send(self, event: str, call_id: str, phone: str, at: datetime, more: dict[str, str]) -> None:
        body = {"event": event, "callId": call_id, "from": phone, "to": "100", "direction": "in"}
        body |= {"ts": at.isoformat(), **more, **({"cause": "normalClearing"} if event == "hangup" else {})}
        if event == "newCall":
            self.sent[at] = clock.now()
        self.http.post(f"{self.base}/api/v1/cti/{self.token}", json=body, timeout=5).raise_for_status()

    def _get(self, path: str) -> list[dict[str, Any]]:
        reply = self.http.get(f"{self.base}/api/v1/{path}/?page_size=200", headers=self.headers, timeout=5)
        reply.raise_for_status()
        rows: list[dict[str, Any]] = reply.json()["results"]
        return rows

    def _report(self, known: set[int]) -> None:
        """What was escalated, and how fast: in the played day, and on the clock from the call that decided."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self._unprocessed():
            time.sleep(0.5)
        visits = {visit["incident"]: visit for visit in self._get("visits") if visit["kind"] == "immediate"}
        self.stdout.write(
            ROW.format("incident", "state", "place", "contacts", "opened after", "visit ordered", "visit")
        )
        for one in sorted(self._get("incidents"), key=lambda row: row["id"]):
            if one["id"] not in known:
                visit = visits.get(one["id"])
                after, ordered = self._how_fast(one, visit)
                sent = f"{visit['state']}, master {visit['master']}" if visit else "none"
                place = one["scope"]["title"][:34]
                self.stdout.write(ROW.format(one["id"], one["state"], place, one["contacts"], after, ordered, sent))

    def _how_fast(self, incident: dict[str, Any], visit: dict[str, Any] | None) -> tuple[str, str]:
        """Played minutes from the first call to the opening; seconds from the deciding call to the visit's order."""
        if incident["opened_at"] is None:
            return "-", "-"
        opened = datetime.fromisoformat(incident["opened_at"])
        contacts = self._get(f"incidents/{incident['id']}/contacts")
        heard = sorted(at for row in contacts if (at := datetime.fromisoformat(row["at"])) in self.sent)
        before = [at for at in heard if self.sent[at] <= opened]
        if not before:
            return "-", "-"
        minutes = (before[-1] - before[0]).total_seconds() / 60
        if visit is None:
            return f"{minutes:.0f} min", "-"
        waited = (datetime.fromisoformat(visit["ordered_at"]) - self.sent[before[-1]]).total_seconds()
        return f"{minutes:.0f} min", f"in {waited:.2f} s"

    def _unprocessed(self) -> bool:
        checks = self.http.get(f"{self.base}/readyz", timeout=5).json()["checks"]
        return checks.get("oldest_unprocessed_contact_s") is not None
