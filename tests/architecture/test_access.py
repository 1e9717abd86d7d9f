"""Closed by default: every URL of both processes declares its permission, and every role gets its verdict."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from staff.access import PUBLIC, SIGNED_IN, codes
from staff.models import Role, User

URLCONFS = ("contactcenter.urls", "contactcenter.urls_finance")
PATHS = {
    "account_number": "1",
    "contact_id": "1",
    "visit_id": "1",
    "incident_id": "1",
    "works_id": "1",
    "account_id": "1",
}


def walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":  # the administrator's own, behind is_staff
                yield from walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def urls() -> list[tuple[str, str, Any]]:
    return [(conf, route, view) for conf in URLCONFS for route, view in walk(import_module(conf).urlpatterns)]


def declared(view: Any) -> list[str]:
    """The permission codes a view asks for, by whatever door it is built."""
    if code := getattr(view, "permission", None):
        return [code]
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    table = getattr(cls, "permissions_by_method", None)
    if table:
        return list(table.values())
    return ["staff.read_api_schema"] if cls is not None and cls.__module__.startswith("drf_spectacular") else []


@pytest.mark.parametrize(("conf", "route", "view"), [pytest.param(*url, id=f"{url[0]}:{url[1]}") for url in urls()])
def test_every_url_declares_its_permission(conf: str, route: str, view: Any) -> None:
    known = {*codes(), PUBLIC, SIGNED_IN}
    asked = declared(view)
    assert asked, f"{conf}: {route} declares nothing"
    assert set(asked) <= known


PAGES = [
    (route, view.permission)
    for conf, route, view in urls()
    if conf == "contactcenter.urls" and getattr(view, "permission", PUBLIC) not in {PUBLIC, SIGNED_IN}
]


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_refused_what_it_does_not_hold(role: Role) -> None:
    """403 for what the role does not hold, anything else for what it does; nothing but an allowed role gets in."""
    user = User.objects.create_user("somebody", password="correct horse", role=role)
    client = Client()
    client.force_login(user)
    for route, code in PAGES:
        path = "/" + _filled(route)
        verdicts = {client.get(path).status_code, client.post(path).status_code}
        if role not in codes()[code]:
            assert verdicts <= {403, 405}, f"{role} {path}: {verdicts}"
            assert 403 in verdicts, f"{role} {path}: {verdicts}"
        else:
            assert 403 not in verdicts, f"{role} {path}: {verdicts}"


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_sign_in_page() -> None:
    for route, _code in PAGES:
        reply = Client().get("/" + _filled(route))
        assert reply.status_code in {302, 405}, route
        if reply.status_code == 302:
            assert reply["Location"].startswith("/login/")


def _filled(route: str) -> str:
    for name, value in PATHS.items():
        route = route.replace(f"<int:{name}>", value)
    return route.replace("<str:number>", "000001").replace("<slug:name>", "accept")
