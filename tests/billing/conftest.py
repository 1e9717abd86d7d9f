"""The finance desk at work: its database role, its pages, its doors."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django.test import Client

from billing import actions
from billing.models import Account
from contactcenter.settings import with_finance_doors
from staff.models import User
from tests.database import become
from tests.factories.town import house


@pytest.fixture
def finance_role(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database role of the finance processes. Stands before `db`, so that the test's transaction is its own."""
    with django_db_blocker.unblock():
        become("finance")
    yield
    with django_db_blocker.unblock():
        become("app")


@pytest.fixture
def finance(finance_role: None, db: None, settings: Any) -> None:
    """The finance process: its role and its pages. Ask for it first, before the cast."""
    _serve(settings)


@pytest.fixture
def finance_racing(finance_role: None, transactional_db: None, settings: Any) -> None:
    """The same with real transactions."""
    _serve(settings)


@pytest.fixture
def doors(settings: Any) -> None:
    """Everything the finance process puts around its pages. Whoever comes in needs a second factor: `come_in`."""
    settings.MIDDLEWARE = with_finance_doors(settings.MIDDLEWARE)


def come_in(user: User, **more: Any) -> Client:
    """Signed in at the finance desk, with a second factor set up."""
    TOTP.activate(user, generate_totp_secret())
    client = Client(**more)
    client.force_login(user)
    return client


def _serve(settings: Any) -> None:
    settings.ROOT_URLCONF = "contactcenter.urls_finance"
    settings.IS_FINANCE = True


@pytest.fixture
def anna_in(anna: User) -> Client:
    """The accountant at the desk's pages, without its doors."""
    return _signed_in(anna)


@pytest.fixture
def vera_in(vera: User) -> Client:
    """The supervisor, who confirms."""
    return _signed_in(vera)


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def account(anna: User) -> Account:
    """The account of the first flat of Oranzhereynaya 21, with nothing on it."""
    with transaction.atomic():
        return actions.account_of(house().subscribers[0])
