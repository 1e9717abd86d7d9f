from typing import Any

from django.dispatch import receiver

from billing import tasks
from billing.events import letters_due
from common.outbound import nudge


@receiver(letters_due)
def send_letters(**_kwargs: Any) -> None:
    nudge(tasks.deliver_letters)
