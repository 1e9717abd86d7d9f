"""An empty system is not a dead end: its first administrator takes the others on."""

import pytest
from django.core.management import call_command
from django.test import Client

from staff.actions import create_first_admin
from staff.models import Role, User

pytestmark = pytest.mark.django_db


def test_the_first_administrator_takes_people_on_and_lets_them_go() -> None:
    admin = create_first_admin(password="correct horse")
    assert admin is not None
    browser = Client()
    browser.force_login(admin)
    new = {"username": "olga", "usable_password": "true", "role": "operator", "first_name": "Ольга", "last_name": "Б."}
    reply = browser.post(
        "/admin/staff/user/add/", {**new, "password1": "battery staple", "password2": "battery staple"}
    )
    assert reply.status_code == 302, reply.context["adminform"].errors
    olga = User.objects.get(username="olga")
    assert (olga.role, olga.is_staff, olga.is_superuser) == (Role.OPERATOR, False, False)
    hers = Client()
    assert hers.post("/login/", {"login": "olga", "password": "battery staple"}).status_code == 302
    assert hers.get("/calls/").status_code == 200

    page = f"/admin/staff/user/{olga.pk}/change/"
    assert browser.post(page, {"username": "olga", "role": "operator", "extension": "101"}).status_code == 302
    olga.refresh_from_db()
    assert (olga.is_active, olga.extension) == (False, "101")
    assert hers.get("/calls/").status_code == 302
    assert browser.post(f"/admin/staff/user/{olga.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_administrators_pages_follow_the_role() -> None:
    admin = create_first_admin(password="correct horse")
    assert admin is not None
    browser = Client()
    browser.force_login(admin)
    second = User.objects.create_user("second", password="correct horse", role=Role.SUPERVISOR)
    for role, opened in ((Role.ADMIN, True), (Role.SUPERVISOR, False)):
        browser.post(f"/admin/staff/user/{second.pk}/change/", {"username": "second", "role": role, "is_active": "on"})
        second.refresh_from_db()
        assert (second.is_staff, second.is_superuser) == (opened, opened)


def test_only_an_empty_system_gets_a_first_administrator(vera: User) -> None:
    assert create_first_admin(password="correct horse") is None
    call_command("first_admin")
    assert not User.objects.filter(username="admin").exists()
