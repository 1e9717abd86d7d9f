from typing import Any

from django.core.management.base import BaseCommand

from billing import demo


class Command(BaseCommand):
    help = "Load three months of accounts for the demo town. The finance process's role only; an empty ledger only."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{demo.load()} entries.")
