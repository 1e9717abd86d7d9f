"""The message that callers were promised: the service works again."""

from datetime import time

from django.db import transaction
from django.utils import timezone

from common import clock, history
from common.history import System
from contacts.models import Channel
from incidents import events
from incidents.models import Incident, IncidentContact, Resolution
from incidents.queries import number_for_word
from messaging import actions as messaging

AT_ONCE = 200
DAY = (time(8), time(22))  # good news of the night wakes nobody: it is sent in the morning


def send_word() -> int:
    """For the sweep: write to everybody who was promised word of a restored incident; how many messages were written.

    One message to one number, however often he called. Who has no number for an SMS is passed over in silence.
    Outside `DAY` nobody is written to.
    """
    if not DAY[0] <= timezone.localtime(clock.now()).time() < DAY[1]:
        return 0
    due = IncidentContact.objects.filter(wants_word=True, word_at=None, incident__resolution=Resolution.RESTORED)
    return sum(_send_word(pk) for pk in due.order_by().values_list("incident", flat=True).distinct()[:AT_ONCE])


@transaction.atomic
def _send_word(pk: int) -> int:
    # The incident's lock makes two sweeps take turns: the second finds nothing left.
    places = Incident.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        "building__street", "node"
    )
    incident = places.filter(pk=pk).first()
    if incident is None:
        return 0
    promised = IncidentContact.objects.filter(incident=incident, wants_word=True).select_related("contact")
    due = list(promised.filter(word_at=None)[:AT_ONCE])
    written = {number_for_word(one.contact) for one in promised.exclude(word_at=None)}
    numbers = {number for one in due if (number := number_for_word(one.contact))} - written
    for number in sorted(numbers):
        talk = messaging.conversation(channel=Channel.PHONE, address=number)
        messaging.send(conversation=talk, text=_text(incident), by=System.SWEEP)
    IncidentContact.objects.filter(pk__in=[one.pk for one in due]).update(word_at=clock.now())
    history.record(incident, events.word_sent, by=System.SWEEP, messages=len(numbers), promised=len(due))
    return len(numbers)


def _text(incident: Incident) -> str:
    """In the town's language, not the worker's."""
    at = incident.restored_at
    when = f" в {timezone.localtime(at):%H:%M}" if at else ""
    news = f"{incident.scope_title}: связь восстановлена{when}."
    return f"{news} Не заработало у вас: перезагрузите роутер и позвоните нам."
