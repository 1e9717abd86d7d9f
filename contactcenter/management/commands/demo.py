import json
import os
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from common.errors import DomainError
from common.history import System
from customers.actions import load_demo_town
from staff import demo as staff_demo

# Each app's part of the demo, lower apps first. What a loader returns goes into demo.json.
Loader = Callable[..., dict[str, Any]]


def _town(*, subscribers: int, seed: int) -> dict[str, Any]:
    load_demo_town(subscribers=subscribers, seed=seed, by=System.SETUP)
    return {}


def _people(**_: Any) -> dict[str, Any]:
    return staff_demo.load()


LOADERS: list[Loader] = [_town, _people]


class Command(BaseCommand):
    help = "Fill an empty system with the demo town and its people; logins and keys go to demo.json in the data folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subscribers", type=int, default=6_000, help="6000; up to 60000")
        parser.add_argument("--seed", type=int, default=1, help="another seed, another town")

    def handle(self, *args: Any, **options: Any) -> None:
        facts: dict[str, Any] = {}
        try:
            with transaction.atomic():
                for load in LOADERS:
                    facts |= load(subscribers=options["subscribers"], seed=options["seed"])
        except (DomainError, ValueError) as error:
            raise CommandError(str(error))
        self._write(facts)
        self.stdout.write(self.style.SUCCESS(f"{options['subscribers']} subscribers live here now"))

    def _write(self, facts: dict[str, Any]) -> None:
        """Add to demo.json (`make run` adds addresses); only its owner may read it."""
        path = settings.DATA_DIR / "demo.json"
        old = json.loads(path.read_text()) if path.exists() else {}
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
            json.dump(old | facts, file, ensure_ascii=False, indent=2)
