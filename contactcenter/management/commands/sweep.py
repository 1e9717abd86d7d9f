import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from contactcenter.sweep import sweep

EVERY_S = 3.0


class Command(BaseCommand):
    help = "Catch up with everything a lost message would have started."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help=f"every {EVERY_S:.0f} s until SIGTERM")

    def handle(self, *args: Any, **options: Any) -> None:
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
