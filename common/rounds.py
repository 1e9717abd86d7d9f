"""Rounds of catching up: everything a lost message would have started is found again in PostgreSQL.

Safe to run in any number of copies: each part claims its rows.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, close_old_connections

from common import clock, origin
from common.models import Heartbeat

log = logging.getLogger(__name__)
EVERY_S = 3.0
LATE_S = 60.0


def go_round(name: str, parts: Iterable[Callable[[], object]]) -> None:
    """Run every part; one that fails is logged and does not stop the others. Only a good round beats the heart."""
    failed = False
    for part in parts:
        try:
            with origin.coming(origin.Via.SWEEP, part.__name__):
                part()
        except OperationalError:
            close_old_connections()
            failed = True
            log.warning("%s: database away during %s", name, part.__name__)
        except Exception:
            failed = True
            log.exception("%s: %s failed", name, part.__name__)
    if not failed:
        Heartbeat.objects.update_or_create(name=name, defaults={"at": clock.now()})


class RoundsCommand(BaseCommand):
    """A command that goes round once, with `--loop` until SIGTERM, or with `--check` says how the loop does."""

    heart: ClassVar[str]

    def round(self) -> None:
        raise NotImplementedError

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help=f"every {EVERY_S:.0f} s until SIGTERM")
        parser.add_argument("--check", action="store_true", help=f"fail if the last round is {LATE_S:.0f} s old")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            return self._check()
        if not options["loop"]:
            return self.round()
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            self.round()
            stop.wait(EVERY_S)
        return None

    def _check(self) -> None:
        beat = Heartbeat.objects.filter(name=self.heart).first()
        age = (clock.now() - beat.at).total_seconds() if beat else None
        if age is None or age > LATE_S:
            raise CommandError("No sweep ever ended." if age is None else f"The last sweep ended {age:.0f} s ago.")
