import pytest

from network import spelling
from network.models import Premise, Street, StreetKind


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("21", "21"),
        (" 21 а ", "21А"),
        ("21 корп. 2", "21к2"),
        ("21 К 2", "21к2"),
        ("21к2", "21к2"),
        ("5корпус3", "5к3"),
        ("21A", "21А"),  # a Latin A
        ("12/14", "12/14"),
    ],
)
def test_a_house_number_has_one_spelling(typed: str, written: str) -> None:
    assert spelling.house(typed) == written


@pytest.mark.parametrize(
    ("typed", "name", "kind"),
    [
        ("Оранжерейная ул.", "Оранжерейная", "street"),
        ("улица Глинки", "Глинки", "street"),
        ("ул.Глинки", "Глинки", "street"),
        ("Октябрьский бульвар", "Октябрьский", "boulevard"),
        ("Павловское шоссе", "Павловское", "highway"),
        ("Малая", "Малая", "street"),
        ("Набережная", "Набережная", "street"),
        ("Набережная ул.", "Набережная", "street"),
    ],
)
def test_a_street_is_told_from_its_kind(typed: str, name: str, kind: str) -> None:
    assert spelling.street(typed) == (name, kind)


def test_every_kind_of_street_can_be_typed_and_is_abbreviated() -> None:
    assert set(spelling.STREET_KINDS) == set(spelling.ABBREVIATIONS) == set(StreetKind.values)
    for kind, abbreviation in spelling.ABBREVIATIONS.items():
        assert spelling.street(f"Новая {abbreviation}") == ("Новая", kind)


def test_an_adjective_stands_before_its_noun_and_a_name_after() -> None:
    assert Street(name="Оранжерейная", kind="street").title == "Оранжерейная ул."
    assert Street(name="Генерала Хазова", kind="street").title == "ул. Генерала Хазова"
    assert Street(name="Алексея Толстого", kind="boulevard").title == "бул. Алексея Толстого"


def test_a_flat_says_its_number_and_an_office_its_name() -> None:
    assert Premise(number="14").short_title == "кв. 14"
    assert Premise(number="офис 3").short_title == "офис 3"
    assert Premise(number="").short_title == ""
