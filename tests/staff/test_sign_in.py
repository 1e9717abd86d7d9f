"""Somebody cannot sign in, or left a computer behind: what he and an administrator can do about it."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from staff.models import PersonEvent, Role, User

pytestmark = pytest.mark.django_db
OLD = "correct horse"
Browser = Callable[[User], Client]


@pytest.fixture
def admin(person: Callable[..., User]) -> User:
    return person("admin", Role.ADMIN, "Артём", "Администратор", is_staff=True, is_superuser=True)


def can_sign_in(password: str) -> bool:
    return Client().post("/login/", {"login": "olga", "password": password}).status_code == 302


def test_a_forgotten_password_is_replaced_with_a_reason_and_told_once(
    admin: User, olga: User, signed_in: Browser
) -> None:
    hers, his = signed_in(olga), signed_in(admin)
    page = f"/people/{olga.pk}/reset/"
    assert his.get(f"/admin/staff/user/{olga.pk}/password/").headers["Location"] == page
    reply = his.post(page, {"password": "on", "reason": "забыла пароль, опознана голосом"})
    new = re.search(r"<code[^>]*>([a-z0-9]+)</code>", reply.content.decode())
    assert new, reply.content.decode()
    assert "no-store" in reply.headers["Cache-Control"]
    assert (can_sign_in(OLD), can_sign_in(new[1])) == (False, True)
    assert hers.get("/calls/").status_code == 302  # whoever sat there is out
    event = PersonEvent.objects.get()
    assert (event.kind, event.by_user, event.thing) == ("sign_in_reset", admin, olga)
    assert (event.data["reason"], event.data["password"]) == ("забыла пароль, опознана голосом", True)
    assert new[1] not in str(event.data)
    again = his.get(page).content.decode()
    assert new[1] not in again
    assert "опознана голосом" in again


def test_a_lost_phone_leaves_the_password_as_it_was(admin: User, olga: User, signed_in: Browser) -> None:
    TOTP.activate(olga, generate_totp_secret())
    asked = Client().post("/login/", {"login": "olga", "password": OLD})
    assert asked.headers["Location"] == "/login/code/"
    signed_in(admin).post(f"/people/{olga.pk}/reset/", {"second_factor": "on", "reason": "телефон утерян"})
    assert not Authenticator.objects.exists()
    browser = Client()
    browser.post("/login/", {"login": "olga", "password": OLD})
    assert browser.get("/calls/").status_code == 200


@pytest.mark.parametrize(
    ("form", "status"), [({"password": "on", "reason": " "}, 422), ({"password": "on"}, 422), ({"reason": "так"}, 302)]
)
def test_without_a_reason_or_a_choice_nothing_happens(
    form: dict[str, str], status: int, admin: User, olga: User, signed_in: Browser
) -> None:
    assert signed_in(admin).post(f"/people/{olga.pk}/reset/", form).status_code == status
    assert can_sign_in(OLD)
    assert not PersonEvent.objects.exists()


def test_an_administrator_does_not_reset_himself_past_his_own_password(admin: User, signed_in: Browser) -> None:
    TOTP.activate(admin, generate_totp_secret())
    browser = signed_in(admin)
    reply = browser.post(
        f"/people/{admin.pk}/reset/", {"password": "on", "second_factor": "on", "reason": "я"}, follow=True
    )
    assert "<code" not in reply.content.decode()
    assert Authenticator.objects.filter(user=admin).exists()
    admin.refresh_from_db()
    assert admin.check_password(OLD)


def test_nobody_else_resets_anybody(vera: User, olga: User, signed_in: Browser) -> None:
    reply = signed_in(vera).post(f"/people/{olga.pk}/reset/", {"password": "on", "reason": "просто так"})
    assert reply.status_code == 403
    assert can_sign_in(OLD)


def test_a_forgotten_computer_is_signed_out_from_here(olga: User, signed_in: Browser) -> None:
    there, here = signed_in(olga), signed_in(olga)
    assert here.post("/security/elsewhere/", {"password": "wrong"}).status_code == 302
    assert there.get("/calls/").status_code == 200
    assert here.post("/security/elsewhere/", {"password": OLD}).headers["Location"] == "/security/"
    assert there.get("/calls/").status_code == 302
    assert here.get("/calls/").status_code == 200
    assert can_sign_in(OLD)
    assert [event.kind for event in olga.history.all()] == ["signed_out_elsewhere"]


def test_a_stolen_session_does_not_guess_the_password(olga: User, signed_in: Browser) -> None:
    thief = signed_in(olga)
    replies = [thief.post("/security/elsewhere/", {"password": f"guess {n}"}).status_code for n in range(12)]
    assert replies[-1] == 429
    assert thief.post("/security/elsewhere/", {"password": OLD}).status_code == 429


def test_the_administrators_pages_have_no_door_of_their_own(admin: User) -> None:
    """Past it nobody would be asked for a second factor, and nobody would count the guesses."""
    TOTP.activate(admin, generate_totp_secret())
    browser = Client()
    reply = browser.post("/admin/login/?next=/admin/", {"username": "admin", "password": OLD, "next": "/admin/"})
    assert reply.headers["Location"].startswith("/login/")
    assert browser.get("/admin/").status_code == 302
    assert browser.post("/login/", {"login": "admin", "password": OLD}).headers["Location"] == "/login/code/"
    assert browser.get("/admin/").status_code == 302


def test_nobody_reads_or_removes_a_second_factor_without_a_reason(admin: User, signed_in: Browser) -> None:
    browser = signed_in(admin)
    assert browser.get("/admin/mfa/authenticator/").status_code == 404
    assert browser.get("/admin/account/emailaddress/").status_code == 404
    assert browser.get("/admin/password_change/").headers["Location"] == "/security/password/"
