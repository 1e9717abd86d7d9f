import pytest

from network.models import Building
from tests.factories import town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def streets() -> None:
    for street, numbers in {
        "Оранжерейная": ["210", "21", "21А", "21к2", "3"],
        "Генерала Хазова": ["5"],
        "Жуковско-Волынская": ["1"],
        "Сапёрная": ["7"],
    }.items():
        for number in numbers:
            town.house(number, street=street, flats=1)


def found(text: str) -> list[str]:
    return [building.title for building in Building.objects.select_related("street").search(text)]


def test_a_few_letters_and_a_number_find_the_house_with_its_letters_and_blocks() -> None:
    assert found("оранж 21") == ["Оранжерейная ул., 21", "Оранжерейная ул., 21А", "Оранжерейная ул., 21к2"]


def test_a_block_finds_that_block_only() -> None:
    assert found("Оранжерейная ул., д. 21 корп. 2") == ["Оранжерейная ул., 21к2"]


def test_a_street_alone_lists_its_houses_as_a_person_counts() -> None:
    assert found("оранж") == [f"Оранжерейная ул., {n}" for n in ("3", "21", "21А", "21к2", "210")]


def test_any_word_of_the_name_will_do() -> None:
    assert found("хазова") == found("ген хаз 5") == ["ул. Генерала Хазова, 5"]
    assert found("волынская 1") == ["Жуковско-Волынская ул., 1"]


@pytest.mark.parametrize("typed", ["оранжирейная 3", "оарнжерейная 3", "ораньжерейная 3", "оранжерная 3"])
def test_a_slip_of_the_finger_is_forgiven(typed: str) -> None:
    assert found(typed) == ["Оранжерейная ул., 3"]


def test_e_with_and_without_dots_are_the_same() -> None:
    assert found("саперная 7") == found("Сапёрная 7") == ["Сапёрная ул., 7"]


@pytest.mark.parametrize("typed", ["", "   ", "кремль", "21", "%", "оранж 21(", "ул."])
def test_what_is_no_address_finds_nothing(typed: str) -> None:
    assert found(typed) == []


def test_it_costs_two_statements(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        found("оранж 21")
