"""Two operators, one window; two calls, one flat."""

from functools import partial

import pytest
import time_machine

from dispatch import actions, connecting
from dispatch.models import ConnectionRequest, Visit
from staff.models import User
from tests.dispatch.test_connections import call, installer
from tests.factories.town import house
from tests.races.together import errors, together
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_window_is_booked_once_and_the_loser_leaves_nothing(
    at_noon: time_machine.Traveller, olga: User, irina: User, maxim: User
) -> None:
    installer(maxim)
    home = house().building
    for n, slot in enumerate(connecting.windows()[:3], 1):
        asks = [
            partial(
                actions.ask_connection,
                contact=call(home, f"call-{n}-{who.pk}"),
                building=home,
                flat=f"{n}0{who.pk}",
                start=slot.start,
                by=who,
            )
            for who in (olga, irina)
        ]
        assert [type(error) for error in errors(together(*asks))] == [actions.SlotTaken]
        assert (ConnectionRequest.objects.count(), Ticket.objects.count(), Visit.objects.count()) == (n, n, n)


def test_one_flat_has_one_open_request(at_noon: time_machine.Traveller, olga: User, irina: User) -> None:
    home = house().building
    for n in range(1, 5):
        asks = [
            partial(actions.ask_connection, contact=call(home, f"c-{n}-{who.pk}"), building=home, flat=f"9{n}", by=who)
            for who in (olga, irina)
        ]
        assert [type(error) for error in errors(together(*asks))] == [actions.AlreadyAsked]
        assert (ConnectionRequest.objects.count(), Ticket.objects.count()) == (n, n)
