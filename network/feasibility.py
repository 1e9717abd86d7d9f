"""Can somebody be connected at an address? Pure: what the house, its switches and the register of streets say."""

from typing import NamedTuple

GREEN, AMBER, RED = "green", "amber", "red"

READY = "ready"
HOUSE = "house"
NO_PORTS = "no_ports"
NOT_IN_REGISTER = "not_in_register"
STREET_UNKNOWN = "street_unknown"


class Verdict(NamedTuple):
    """`why`: one of the codes above. `words`: the reason that somebody wrote down about the house."""

    state: str
    why: str
    words: str = ""


def feasibility(
    house: str | None, *, words: str = "", free_ports: int | None = None, street_known: bool = False
) -> Verdict:
    """`house`: the state of the house, or None for an address that the register lacks.

    `free_ports`: how many ports of its switches are free, None where nobody has counted. A full switch asks for an
    engineer, it does not refuse: he may add another.
    """
    if house is None:
        return Verdict(AMBER, NOT_IN_REGISTER) if street_known else Verdict(RED, STREET_UNKNOWN)
    if house != GREEN:
        return Verdict(house, HOUSE, words)
    if free_ports is not None and free_ports <= 0:
        return Verdict(AMBER, NO_PORTS)
    return Verdict(GREEN, READY)
