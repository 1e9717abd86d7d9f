import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from common import clock
from common.models import Heartbeat
from contactcenter.sweep import sweep

EVERY_S = 3.0
LATE_S = 60.0


class Command(BaseCommand):
    help = "Catch up with everything a lost message would have started."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help=f"every {EVERY_S:.0f} s until SIGTERM")
        parser.add_argument("--check", action="store_true", help=f"fail if the last round is {LATE_S:.0f} s old")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            return _check()
        if not options["loop"]:
            return sweep()
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            sweep()
            stop.wait(EVERY_S)
        return None


def _check() -> None:
    beat = Heartbeat.objects.filter(name="sweep").first()
    age = (clock.now() - beat.at).total_seconds() if beat else None
    if age is None or age > LATE_S:
        raise CommandError("No sweep ever ended." if age is None else f"The last sweep ended {age:.0f} s ago.")
