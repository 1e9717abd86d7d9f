from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.history import System
from knowledge import actions, files, filing


class Command(BaseCommand):
    help = "Load articles (text files) and places (CSV), all of them or none; known by their codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, help="files, archives (.zip) and folders")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        found: list[tuple[str, bytes]] = []
        for path in options["paths"]:
            for file in sorted(path.iterdir()) if path.is_dir() else [path]:
                try:
                    found += filing.unpacked(file.name, file.read_bytes())
                except (OSError, filing.BadArchive) as error:
                    raise CommandError(f"{file}: {error}") from error
        done = actions.load(read=files.read(found), by=System.IMPORT, dry_run=options["dry_run"])
        if done.problems:
            for problem in done.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{len(done.problems)} problems: nothing was written")
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(f"{done.added} {would}new, {done.changed} {would}changed, {done.same} the same")
