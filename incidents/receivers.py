from typing import Any

from django.dispatch import receiver

from common.outbound import nudge
from contacts.events import contact_identified, contact_received, contact_topic_set
from incidents import tasks


@receiver([contact_received, contact_identified, contact_topic_set])
def look_for_a_spike(**_kwargs: Any) -> None:
    nudge(tasks.evaluate)
