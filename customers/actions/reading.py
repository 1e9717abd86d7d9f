"""Seeing a subscriber's card: noted, and stopped when somebody leafs through the town."""

from collections.abc import Sequence
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
_ALARM = gettext_noop("%(who)s has seen %(n)s different cards in an hour: further ones are refused")


class TooManyCards(DomainError):
    code = "too_many_cards"
    status = 429


def read_card(
    *, subscriber: Subscriber, by: User, why: str, reason: str = "", contact_id: int | None = None
) -> "Reading":
    """Note that he opens this card. Over 60 different ones in an hour it is refused, noted and told the supervisors.

    Not inside another transaction: the note of a refusal must stay when the refusal is raised. Raises TooManyCards.
    """
    made = _note([subscriber], by, why, reason, contact_id, again=True)[0]
    if made.why == CardReading.Why.REFUSED:
        raise _too_many()
    return made


def show_cards(*, subscribers: Sequence[Subscriber], by: User, contact_id: int | None = None) -> None:
    """Note that the outsourcer's people are shown these, if only masked: they count like opened ones, once an hour.

    Our own people look for whom they need. Not inside another transaction. Raises TooManyCards.
    """
    if not subscribers or not by.is_outsourced:
        return
    made = _note(subscribers, by, CardReading.Why.SHOWN, "", contact_id, again=False)
    if made and made[0].why == CardReading.Why.REFUSED:
        raise _too_many()


def _too_many() -> TooManyCards:
    return TooManyCards(
        _(
            "You have seen the cards of %(n)d different subscribers within an hour. A supervisor has been told. Go on "
            "without a card, hand the caller over to support, or wait until the hour is over."
        )
        % {"n": MOST_IN_AN_HOUR}
    )


@transaction.atomic
def _note(
    subscribers: Sequence[Subscriber], by: User, why: str, reason: str, contact_id: int | None, *, again: bool
) -> list[CardReading]:
    """`again`: also whom he has seen within the hour. A refusal is one row, of the first who was too many."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)  # two windows of his count one by one
    recent = CardReading.objects.filter(user=by, at__gt=clock.now() - WITHIN)
    opened = recent.exclude(why=CardReading.Why.REFUSED)
    cards = set(opened.order_by().values_list("subscriber", flat=True).distinct()[: MOST_IN_AN_HOUR + 1])
    new = [one for one in subscribers if one.pk not in cards]
    is_over = bool(new) and len(cards) + len(new) > MOST_IN_AN_HOUR
    if is_over and not recent.filter(why=CardReading.Why.REFUSED).exists():
        for one in User.objects.filter(is_active=True, role=Role.SUPERVISOR):
            staff.notify(user=one, text=_ALARM, url=_LOG, by=by, who=by.title, n=MOST_IN_AN_HOUR)
    if is_over and not again and recent.filter(why=CardReading.Why.REFUSED, subscriber=new[0]).exists():
        return [CardReading(why=CardReading.Why.REFUSED)]  # the same page, asked for once more
    noted = new[:1] if is_over else subscribers if again else new
    return CardReading.objects.bulk_create(
        CardReading(
            subscriber=one,
            user=by,
            why=CardReading.Why.REFUSED if is_over else why,
            reason=reason[:200],
            contact_id=contact_id,
        )
        for one in noted
    )
