from typing import Any

from django.core.management.base import BaseCommand

from billing import demo, demo_day


class Command(BaseCommand):
    help = "Load three months of accounts and a day of the demo's finance desk. The finance process's role only."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{demo.load()} entries.")
        demo_day.load()
