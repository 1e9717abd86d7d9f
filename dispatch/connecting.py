"""What we say about an address before anybody has driven there: verdict, words, windows."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from customers.models import Subscriber
from dispatch.models import Skill
from dispatch.slots import Slot, free_slots
from network import feasibility as pure
from network import spelling
from network.feasibility import Verdict
from network.models import Node, Street

if TYPE_CHECKING:
    from network.models import Building

AHEAD = timedelta(days=3)
OFFERED = 6  # as many as there are digits that one hand reaches

WORDS = {
    pure.READY: _("The house is in our network and has room."),
    pure.HOUSE: _("So the engineers say about the house."),
    pure.NO_PORTS: _("No free ports in the house: an engineer has to look."),
    pure.NOT_IN_REGISTER: _("We know the street, not the house: an engineer has to look."),
    pure.STREET_UNKNOWN: _("We are not in this street yet."),
}


def words(verdict: Verdict) -> str:
    """The verdict's reason as it is said and stored."""
    return verdict.words or str(WORDS[verdict.why])


def judge(*, building: "Building | None", address: str = "") -> Verdict:
    """Can somebody be connected here? At most three statements."""
    if building is None:
        typed, _house = spelling.split_address(address)
        names = dict(Street.objects.values_list("pk", "name"))
        return pure.feasibility(None, street_known=bool(typed and spelling.fitting(typed, names)))
    ports = free_ports(building) if building.connection == pure.GREEN else None
    return pure.feasibility(building.connection, words=building.connection_reason, free_ports=ports)


def free_ports(building: "Building") -> int | None:
    """Ports of the house's switches without a living subscriber; None where one switch's ports are not counted."""
    switches = dict(
        Node.objects.switches().filter(premises__building=building).values_list("pk", "capacity").distinct()
    )
    if not switches or None in switches.values():
        return None
    used = Subscriber.objects.filter(premise__switch__in=switches, active=True).aggregate(n=Count("pk"))["n"]
    return sum(ports or 0 for ports in switches.values()) - int(used)


def windows() -> list[Slot]:
    """The first windows that a master who connects can keep. Two statements."""
    return free_slots(skill=Skill.CONNECTION, within=AHEAD)[:OFFERED]
