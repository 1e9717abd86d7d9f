"""The cast, the town they live in, and a frozen clock.

Olga answers the first line (outsourced, led by Larisa), Sergey is technical support, Anna the accountant, Dmitry
the dispatcher, Maxim and Pavel masters, Vera the supervisor; Boris is a stranger who was let go.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from staff.models import Role, User
from tests.database import become, let_the_owner_flush

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)  # a Wednesday, noon in Pushkin


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    become("owner")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    let_the_owner_flush()
    become("app")
    yield
    become("owner")


@pytest.fixture
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    def make(username: str, role: str, first: str = "", last: str = "", **more: object) -> User:
        return User.objects.create_user(
            username, password="correct horse", role=role, first_name=first, last_name=last, **more
        )

    return make


@pytest.fixture
def olga(person: Callable[..., User]) -> User:
    return person("olga", Role.OPERATOR, "Ольга", "Белова", extension="101")


@pytest.fixture
def irina(person: Callable[..., User]) -> User:
    return person("irina", Role.OPERATOR, "Ирина", "Соколова", extension="102")


@pytest.fixture
def larisa(person: Callable[..., User]) -> User:
    return person("larisa", Role.LEAD, "Лариса", "Громова")


@pytest.fixture
def sergey(person: Callable[..., User]) -> User:
    return person("sergey", Role.SUPPORT, "Сергей", "Титов", extension="201")


@pytest.fixture
def anna(person: Callable[..., User]) -> User:
    return person("anna", Role.ACCOUNTANT, "Анна", "Седова")


@pytest.fixture
def dmitry(person: Callable[..., User]) -> User:
    return person("dmitry", Role.DISPATCHER, "Дмитрий", "Лапин")


@pytest.fixture
def maxim(person: Callable[..., User]) -> User:
    return person("maxim", Role.MASTER, "Максим", "Жуков")


@pytest.fixture
def pavel(person: Callable[..., User]) -> User:
    return person("pavel", Role.MASTER, "Павел", "Сорокин")


@pytest.fixture
def vera(person: Callable[..., User]) -> User:
    return person("vera", Role.SUPERVISOR, "Вера", "Никитина")


@pytest.fixture
def boris(person: Callable[..., User]) -> User:
    return person("boris", Role.OPERATOR, "Борис", "Чужой", is_active=False)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
