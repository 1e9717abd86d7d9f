import pytest
from django.db import IntegrityError, transaction

from customers import queries
from customers.models import Phone, masked_name, short_name
from staff.models import User
from tests.factories import town


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Иванова Анна Петровна", "Иванова А. П."),
        ("Иванов Пётр", "Иванов П."),
        ("Иванова", "Иванова"),
        ("ООО «Ромашка и партнёры»", "ООО «Ромашка и партнёры»"),
        ("", ""),
    ],
)
def test_a_name_is_shortened_as_people_write_it(name: str, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Иванова Анна Петровна", "И. Анна Петровна"),
        ("иванова анна петровна", "И. анна петровна"),
        ("ИВАНОВА АННА", "И. АННА"),
        ("Иванова", "И."),
        ("Гасанов Рашад Эльдар оглы", "Г. Рашад Эльдар оглы"),
        ("Салтыков-Щедрин Михаил Евграфович", "С. Михаил Евграфович"),
        ("Иванова Петрова Анна Сергеевна", "И. Анна Сергеевна"),
        ("де ла Крус Мария Хосе", "Д. Мария Хосе"),
        ("Анна Петровна Иванова", "И. Анна Петровна"),
        ("А. П. Иванова", "И. А. П."),
        ("Иванова (Петрова) Анна", "И. Анна"),
        ("ИП Иванова Анна Петровна", "ИП И. Анна Петровна"),
        ("ООО «Ромашка и партнёры»", "ООО «Ромашка и партнёры»"),
        ("ТСЖ Ромашка", "ТСЖ Ромашка"),
        ("", ""),
    ],
)
def test_a_name_of_any_shape_is_masked(name: str, masked: str) -> None:
    assert masked_name(name) == masked


@pytest.mark.django_db
def test_a_shared_phone_shows_everybody_and_their_address_in_one_statement(django_assert_num_queries) -> None:
    house = town.house(flats=3)
    first, second, _ = house.subscribers
    number = house.phone(0)
    Phone.objects.create(subscriber=second, number=number)

    with django_assert_num_queries(1):
        found = queries.by_phone(number)
        places = [(one.premise.title, one.building.node.title, one.premise.switch.title) for one in found]

    assert found == [first, second]
    assert places[0] == ("Оранжерейная ул., 21, кв. 1", "Узел AGG-1", "Коммутатор 1")
    assert queries.by_phone("+79990000000") == []


@pytest.mark.django_db
def test_a_master_finds_nobody_by_phone(maxim: User, olga: User) -> None:
    house = town.house(flats=1)
    assert queries.by_phone(house.phone(0), viewer=maxim) == []
    assert queries.by_phone(house.phone(0), viewer=olga) == house.subscribers


@pytest.mark.django_db
def test_the_outsourcer_sees_only_the_end_of_a_number(olga: User, larisa: User, sergey: User) -> None:
    for outsourced in (olga, larisa):
        assert queries.number_for(outsourced, "+79125551452") == "+7 *** ***-14-52"
    assert queries.number_for(sergey, "+79125551452") == "+7 912 555-14-52"


@pytest.mark.django_db
def test_only_e164_is_kept() -> None:
    subscriber = town.house(flats=1).subscribers[0]
    for number in ("89001234567", "+7900", "anonymous", "+0000000000"):
        with pytest.raises(IntegrityError, match="e164"), transaction.atomic():
            Phone.objects.create(subscriber=subscriber, number=number)


@pytest.mark.django_db
def test_sizes_of_scopes_add_up_and_leave_out_those_who_left(django_assert_num_queries) -> None:
    one, two = town.house("1", flats=8, switches=2), town.house("2", flats=3, on=town.node("AGG-2", "CORE-2"))
    left = one.subscribers[0]
    left.active = False
    left.save(update_fields=["active"])

    with django_assert_num_queries(1):
        sizes = queries.scope_sizes()

    def row(house: town.House, switch: int, count: int) -> tuple[int, ...]:
        node = house.building.node
        return (house.building.pk, house.switches[switch].pk, node.pk, node.parent_id, count)

    assert sizes == [row(one, 0, 3), row(one, 1, 4), row(two, 0, 3)]
