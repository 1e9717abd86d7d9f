"""The finance desk asks for a second factor always; who has none yet gets the page that sets one up."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
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


@pytest.fixture
def secret(anna: User) -> str:
    made = str(generate_totp_secret())
    TOTP.activate(anna, made)
    return made


def asked_for_a_code() -> Client:
    """A browser in which Anna's password was right."""
    browser = Client()
    assert browser.post("/login/", {"login": "anna", "password": "correct horse"}).headers["Location"] == "/login/code/"
    return browser


def test_a_code_that_was_looked_over_somebodys_shoulder_is_worth_nothing(
    at_noon: time_machine.Traveller, finance: None, secret: str
) -> None:
    first, shoulder = asked_for_a_code(), asked_for_a_code()
    assert first.post("/login/code/", {"code": code(secret)}).status_code == 302
    assert shoulder.post("/login/code/", {"code": code(secret)}).status_code == 200
    assert shoulder.get("/accounts/").status_code == 302
    old = code(secret)
    at_noon.shift(31)
    assert shoulder.post("/login/code/", {"code": old}).status_code == 200
    assert shoulder.post("/login/code/", {"code": code(secret)}).status_code == 302


def test_codes_cannot_be_guessed_one_after_the_other(
    at_noon: time_machine.Traveller, finance: None, secret: str
) -> None:
    guesser = asked_for_a_code()
    replies = [guesser.post("/login/code/", {"code": f"{n:06d}"}) for n in range(12)]
    assert all(reply.status_code != 302 for reply in replies)
    assert guesser.post("/login/code/", {"code": code(secret)}).status_code != 302
    assert guesser.get("/accounts/").status_code == 302


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
