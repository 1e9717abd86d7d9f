import json
import os
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from calls import actions as calls
from common.errors import DomainError
from common.history import System
from contactcenter.embedded import write_private
from customers import actions as customers
from dispatch import demo as dispatch
from incidents import actions as incidents
from incidents import demo as last_night
from knowledge import demo as knowledge
from staff import demo as staff


class Command(BaseCommand):
    help = "Load the demo: the town of Pushkin, its people, a telephone line. Into an empty system only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--subscribers", type=int, default=6_000, help="up to 60000")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        token = token_urlsafe(24)
        try:
            with transaction.atomic():
                customers.load_demo_town(subscribers=options["subscribers"], seed=options["seed"], by=System.SETUP)
                people = staff.load()
                dispatch.load()
                knowledge.load()
                calls.add_line(name="Demo PBX", token=token, may_replay=True)
                incidents.learn_rates()
                last_night.load()
        except (DomainError, ValueError) as error:
            raise CommandError(str(error)) from error
        urls = {"owner": "OWNER_DATABASE_URL", "app": "DATABASE_URL", "finance": "FINANCE_DATABASE_URL"}
        told = {
            "base_url": f"http://localhost:{os.environ.get('PORT', '8000')}",
            "finance_url": f"http://localhost:{os.environ.get('FINANCE_PORT', '8001')}",
            **people,
            "cti_token": token,
            "vk": {"group_id": None, "secret": None, "confirmation": None},
            "database_urls": {role: os.environ.get(name) for role, name in urls.items()},
        }
        write_private(settings.DATA_DIR / "demo.json", json.dumps(told, ensure_ascii=False, indent=1))
