from typing import Any

from django.dispatch import receiver

from common.outbound import nudge
from customers import tasks
from customers.events import erasure_confirmed


@receiver(erasure_confirmed)
def erase_soon(**_kwargs: Any) -> None:
    nudge(tasks.carry_out_erasures)
