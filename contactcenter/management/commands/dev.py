import os
from typing import Any

from django.conf import settings

from contactcenter.management.commands import run
from contactcenter.processes import Process


class Command(run.Command):
    help = "As `run`, for developers: pages in DEBUG, and the web processes start again when a file of ours changes."

    def handle(self, *args: Any, **options: Any) -> None:
        os.environ.setdefault("DEBUG", "1")
        super().handle(*args, **options)

    def _table(self, table: tuple[Process, ...]) -> tuple[Process, ...]:
        ours = sorted(path.parent.name for path in settings.BASE_DIR.glob("*/__init__.py"))
        watch = ("--reload", *(word for folder in ours for word in ("--reload-dir", folder)))
        return tuple(
            process._replace(command=(*process.command, *watch)) if "uvicorn" in process.command else process
            for process in table
        )
