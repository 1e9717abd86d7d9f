"""Opening a subscriber's card: noted each time, and stopped when somebody leafs through the town."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common import clock
from common.errors import DomainError
from customers.models import CardReading, Subscriber
from staff import actions as staff
from staff.models import Role, User

if TYPE_CHECKING:
    from customers.models.reading import CardReading as Reading

MOST_IN_AN_HOUR = 60
WITHIN = timedelta(hours=1)
_LOG = "/settings/personal-data/readings/"
_ALARM = gettext_noop("%(who)s has opened %(n)s different cards in an hour: further ones are refused")


class TooManyCards(DomainError):
    code = "too_many_cards"


def read_card(
    *, subscriber: Subscriber, by: User, why: str, reason: str = "", contact_id: int | None = None
) -> "Reading":
    """Note that he opens this card. Over 60 different ones in an hour it is refused, noted and told the supervisors.

    Not inside another transaction: the note of a refusal must stay when the refusal is raised. Raises TooManyCards.
    """
    made = _note(subscriber, by, why, reason, contact_id)
    if made.why == CardReading.Why.REFUSED:
        raise TooManyCards(
            _("You have opened %(n)d different cards within an hour. A supervisor has been told; go on without it.")
            % {"n": MOST_IN_AN_HOUR}
        )
    return made


@transaction.atomic
def _note(subscriber: Subscriber, by: User, why: str, reason: str, contact_id: int | None) -> CardReading:
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)  # two windows of his count one by one
    recent = CardReading.objects.filter(user=by, at__gt=clock.now() - WITHIN)
    opened = recent.exclude(why=CardReading.Why.REFUSED)
    cards = set(opened.order_by().values_list("subscriber", flat=True).distinct()[: MOST_IN_AN_HOUR + 1])
    is_over = subscriber.pk not in cards and len(cards) >= MOST_IN_AN_HOUR
    if is_over and not recent.filter(why=CardReading.Why.REFUSED).exists():
        for one in User.objects.filter(is_active=True, role=Role.SUPERVISOR):
            staff.notify(user=one, text=_ALARM, url=_LOG, by=by, who=by.title, n=MOST_IN_AN_HOUR)
    return CardReading.objects.create(
        subscriber=subscriber,
        user=by,
        why=CardReading.Why.REFUSED if is_over else why,
        reason=reason[:200],
        contact_id=contact_id,
    )
