"""The finance desk asks for a second factor always; who has none yet gets the page that sets one up."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from staff.models import User
from tests.database import become

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def finance(settings: Any) -> Iterator[None]:
    """The finance process: its own pages, role and doors."""
    settings.ROOT_URLCONF = "contactcenter.urls_finance"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "billing.middleware.SecondFactorMiddleware"]
    become("finance")
    yield
    become("app")


def code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time() // 30))))


def test_an_accountant_without_a_factor_can_only_set_one_up(finance: None, anna: User) -> None:
    browser = Client()
    assert browser.post("/login/", {"login": "anna", "password": "correct horse"}).status_code == 302
    for path in ("/accounts/", "/accounts/500001/", "/home/", "/", "/presence/"):
        assert browser.get(path).headers["Location"] == "/security/app/", path
    again_at = browser.get("/security/app/").headers["Location"]
    assert again_at.startswith("/login/again/")  # it takes the password once more
    assert browser.post(again_at, {"password": "correct horse"}).status_code in {200, 302}
    page = browser.get("/security/app/").content.decode()
    secret = re.search(r"<code[^>]*>(\w+)</code>", page)
    assert secret, page
    assert browser.post("/security/app/", {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()
    assert browser.post("/security/app/", {"code": code(secret[1])}).headers["Location"] == "/security/codes/"
    codes = re.findall(r"<code>(\w+)</code>", browser.get("/security/codes/").content.decode())
    assert len(codes) == 10
    once = browser.get("/security/codes/", headers={"Accept-Language": "en"}).content.decode()
    assert "10 recovery codes are left" in once
    assert not re.findall(r"<code>", once)
    assert browser.get("/accounts/").status_code == 200

    again = Client()
    assert again.post("/login/", {"login": "anna", "password": "correct horse"}).headers["Location"] == "/login/code/"
    assert again.get("/accounts/").status_code == 302
    assert again.post("/login/code/", {"code": "123456"}).status_code == 200
    assert again.post("/login/code/", {"code": codes[0]}).status_code == 302
    assert again.get("/accounts/").status_code == 200

    once_more = Client()
    once_more.post("/login/", {"login": "anna", "password": "correct horse"})
    assert once_more.post("/login/code/", {"code": codes[0]}).status_code == 200  # a recovery code works once


def test_elsewhere_it_is_a_choice(olga: User, signed_in: Callable[[User], Client]) -> None:
    browser = signed_in(olga)
    assert browser.get("/calls/").status_code == 200
    assert "Настроить" in browser.get("/security/", headers={"Accept-Language": "ru"}).content.decode()


def test_a_password_is_changed_by_its_owner(olga: User) -> None:
    browser = Client()
    browser.post("/login/", {"login": "olga", "password": "correct horse"})
    new = {"oldpassword": "correct horse", "password1": "battery staple 9", "password2": "battery staple 9"}
    assert browser.post("/security/password/", {**new, "oldpassword": "wrong"}).status_code == 200
    assert browser.post("/security/password/", new).status_code == 302
    assert Client().post("/login/", {"login": "olga", "password": "correct horse"}).status_code == 200
    assert Client().post("/login/", {"login": "olga", "password": "battery staple 9"}).status_code == 302
