import os
from typing import Any

import psycopg2
from django.core.management.base import BaseCommand, CommandError, CommandParser

from contactcenter.env import PENDING
from contactcenter.roles import make_roles

URLS = {"owner": "OWNER_DATABASE_URL", "app": "DATABASE_URL", "finance": "FINANCE_DATABASE_URL"}


class Command(BaseCommand):
    help = (
        "Create the database roles owner, app and finance, and the database, as an administrator. "
        f"Their names and passwords come from {', '.join(URLS.values())}. May be run again at any time."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "admin_url",
            nargs="?",
            help="the administrator's URL; better in ADMIN_DATABASE_URL, where other users of the host can't read it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        admin_url = options["admin_url"] or os.environ.get("ADMIN_DATABASE_URL")
        if not admin_url:
            raise CommandError("Set ADMIN_DATABASE_URL to the administrator's URL.")
        missing = [name for name in URLS.values() if os.environ.get(name, PENDING) == PENDING]
        if missing:
            raise CommandError(f"Set {', '.join(missing)}.")
        try:
            make_roles(admin_url, {role: os.environ[name] for role, name in URLS.items()})
        except (ValueError, psycopg2.Error) as error:
            raise CommandError(str(error).strip()) from error
        self.stdout.write("Roles owner, app and finance are ready.")
