"""Can somebody be connected there: the verdict alone, and how a house gets its state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network import actions
from network.feasibility import AMBER, GREEN, RED, Verdict, feasibility
from staff.models import User
from tests.factories.town import house


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"house": GREEN}, (GREEN, "ready", "")),
        ({"house": GREEN, "free_ports": 1}, (GREEN, "ready", "")),
        ({"house": GREEN, "free_ports": 0}, (AMBER, "no_ports", "")),
        ({"house": AMBER, "words": "Нет ввода", "free_ports": 9}, (AMBER, "house", "Нет ввода")),
        ({"house": RED, "words": "Чужой дом"}, (RED, "house", "Чужой дом")),
        ({"house": None, "street_known": True}, (AMBER, "not_in_register", "")),
        ({"house": None}, (RED, "street_unknown", "")),
    ],
)
def test_the_verdict(facts: dict[str, object], verdict: tuple[str, str, str]) -> None:
    assert feasibility(**facts) == Verdict(*verdict)  # type: ignore[arg-type]


@given(st.integers(-5, 5) | st.none(), st.booleans())
def test_ports_never_make_a_house_better_than_it_is(ports: int | None, known: bool) -> None:
    assert feasibility(RED, free_ports=ports, street_known=known).state == RED
    assert feasibility(AMBER, words="x", free_ports=ports, street_known=known).state == AMBER
    assert (feasibility(GREEN, free_ports=ports).state == GREEN) == (ports is None or ports > 0)


@pytest.mark.django_db
def test_a_house_that_is_not_green_has_a_reason_and_a_history(sergey: User) -> None:
    building = house().building
    for state, reason in (("amber", " "), ("red", ""), ("blue", "x")):
        with pytest.raises(actions.NoReason):
            actions.set_connection(building=building, state=state, reason=reason, by=sergey)
    said = actions.set_connection(building=building, state="amber", reason="Нет ввода", by=sergey)
    assert (said.connection, said.connection_reason) == ("amber", "Нет ввода") and said.connection_at
    actions.set_connection(building=building, state="amber", reason="Нет ввода", by=sergey)
    assert [event.data["new"] for event in building.history.all()] == ["amber"], "said twice is written once"
    back = actions.set_connection(building=building, state="green", reason="забыто", by=sergey)
    assert (back.connection, back.connection_reason) == ("green", "")
