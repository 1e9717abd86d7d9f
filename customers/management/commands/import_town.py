import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.history import System
from customers import town_files
from customers.actions import load_town
from network.bulk import Problem

SHOWN = 50
BAR = 30


class Command(BaseCommand):
    help = "Load the town, its network and its subscribers from CSV files (docs/import-town.md): all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="known by its header, not its name")
        parser.add_argument(
            "--dry-run", action="store_true", help="check everything, say what would change, keep nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            town = town_files.read(options["files"], self._progress)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}")
        if town.problems:
            self._refuse(town.problems)
        self.stdout.write("loading…")
        loaded = load_town(network=town.network, customers=town.customers, by=System.IMPORT, dry_run=options["dry_run"])
        if loaded.problems:
            self._refuse(loaded.problems)
        for change in loaded.changes:
            self.stdout.write(f"{change.table:24} {change.added:8} added {change.changed:8} changed")
        verdict = "dry run: nothing was kept" if options["dry_run"] else "loaded"
        self.stdout.write(self.style.SUCCESS(f"{verdict} in {time.monotonic() - started:.1f} s"))

    def _refuse(self, problems: list[Problem]) -> None:
        for problem in problems[:SHOWN]:
            self.stderr.write(f"{problem.source}: {problem.text}")
        if len(problems) > SHOWN:
            self.stderr.write(f"… and {len(problems) - SHOWN} more")
        raise CommandError(f"{len(problems)} problems; nothing was loaded")

    def _progress(self, name: str, done: int, total: int) -> None:
        """A bar where somebody watches, one line a file where nobody does."""
        if sys.stdout.isatty() and self.stdout.isatty():
            filled = BAR * done // max(total, 1)
            end = "\n" if done >= total else ""
            self.stdout.write(f"\r{name:24} [{'#' * filled}{'.' * (BAR - filled)}] {done:8} lines", ending=end)
            self.stdout.flush()
        elif done >= total:
            self.stdout.write(f"{name}: {done} lines read")
