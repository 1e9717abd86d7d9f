import json
import os
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from contactcenter.embedded import write_private
from staff import actions as staff


class Command(BaseCommand):
    help = "Create the administrator of an empty system. Does nothing where anybody works already."

    def handle(self, *args: Any, **options: Any) -> None:
        """A password of FIRST_ADMIN_PASSWORD is known to whoever set it; a made one is left in a private file."""
        given = os.environ.get("FIRST_ADMIN_PASSWORD")
        password = given or token_urlsafe(12)
        admin = staff.create_first_admin(password=password)
        if admin is None:
            return
        if given:
            self.stdout.write(f"Created {admin.username} with the password of FIRST_ADMIN_PASSWORD.")
            return
        path = settings.DATA_DIR / "admin.json"
        write_private(path, json.dumps({"username": admin.username, "password": password}))
        self.stdout.write(f"Created {admin.username} with the password {password}, shown this once and kept in {path}.")
