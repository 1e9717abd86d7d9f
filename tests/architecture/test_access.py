"""Closed by default: every URL of both processes declares its permission, and every role gets its verdict."""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from contactcenter.settings import with_finance_doors
from staff.access import PUBLIC, SIGNED_IN, codes
from staff.actions import issue_api_key
from staff.models import Role, User
from tests.database import become

URLCONFS = ("contactcenter.urls", "contactcenter.urls_finance")
PATHS = {
    "account_number": "1",
    "number": "000001",
    "name": "accept",
    "token": "wrong",
    "pk": "1",
    "contact_id": "1",
    "visit_id": "1",
    "incident_id": "1",
    "works_id": "1",
    "account_id": "1",
    "desk": "support",
    "notice_id": "1",
    "delivery_id": "1",
    "policy_id": "1",
    "rule_id": "1",
    "calendar_id": "1",
    "day_id": "1",
    "step_id": "1",
    "shift_id": "1",
    "user_id": "1",
    "account": "1",
    "act_id": "1",
    "subscriber_id": "1",
    "code": "houses",
    "key": "router",
    "page": "1",
    "line": "1",
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


def filled(route: str) -> str:
    """The route with an example for each argument; an unknown argument is an error here, not a silent 404."""
    path = re.sub(r"<\w+:(\w+)>|\(\?P<(\w+)>(?:\[[^\]]*\]|[^()])+\)", lambda m: PATHS[m[1] or m[2]], route)
    return "/" + path.replace("^", "").replace("$", "").replace("\\Z", "")


def pages(conf: str) -> list[tuple[str, str]]:
    """(path, code) of every page of a URLconf that asks for more than being signed in."""
    found = [(filled(route), getattr(view, "permission", PUBLIC)) for c, route, view in urls() if c == conf]
    return [(path, code) for path, code in found if code not in {PUBLIC, SIGNED_IN}]


def endpoints() -> list[tuple[str, str, str]]:
    """(method, path, code) of every REST endpoint."""
    found = []
    for conf, route, view in urls():
        cls = getattr(view, "cls", None)
        if conf != "contactcenter.urls" or cls is None or not route.startswith("api/"):
            continue
        table = getattr(cls, "permissions_by_method", None) or {"GET": "staff.read_api_schema"}
        served = {method.upper() for method in getattr(view, "actions", None) or {"get": ""}}
        found += [(method, filled(route), code) for method, code in table.items() if method in served]
    return found


ORDINARY, FINANCE = pages("contactcenter.urls"), pages("contactcenter.urls_finance")
ENDPOINTS = endpoints()
ROLES = pytest.mark.parametrize("role", list(Role))


def somebody(role: Role | str, **more: Any) -> User:
    return User.objects.create(username=f"somebody-{role}", role=role, is_staff=role == Role.ADMIN, **more)


def verdicts(user: User, path: str) -> set[int]:
    client = Client()
    client.force_login(user)
    return {client.get(path).status_code, client.post(path).status_code}


def judge(role: Role, path: str, code: str, found: set[int]) -> None:
    """403 where the role does not hold the code, anything that is not a failure where it does."""
    if role not in codes()[code]:
        assert found <= {403, 405}, f"{role} {path}: {found}"
        assert 403 in found, f"{role} {path}: {found}"
    else:
        assert 403 not in found, f"{role} {path}: {found}"
        assert max(found) < 500, f"{role} {path}: {found}"


def test_every_kind_of_door_was_found() -> None:
    assert len(ORDINARY) > 25
    assert len(FINANCE) > 30
    assert {method for method, _, _ in ENDPOINTS} == {"GET", "POST", "PATCH", "PUT", "DELETE"}
    assert len({path for _, path, _ in ENDPOINTS}) > 15


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "code"), ORDINARY)
@ROLES
def test_a_page_opens_to_the_holders_of_its_permission_alone(role: Role, path: str, code: str) -> None:
    judge(role, path, code, verdicts(somebody(role), path))


@pytest.mark.django_db(transaction=True)
def test_a_page_of_the_finance_desk_opens_to_the_holders_of_its_permission_alone(settings: Any) -> None:
    people = {role: somebody(role) for role in Role}
    settings.ROOT_URLCONF = "contactcenter.urls_finance"
    become("finance")
    try:
        for path, code in FINANCE:
            for role, user in people.items():
                judge(role, path, code, verdicts(user, path))
    finally:
        become("app")


@pytest.mark.django_db(transaction=True)
def test_no_page_of_the_finance_desk_opens_outside_the_office_to_anybody(settings: Any) -> None:
    """Roles x pages x networks: whoever holds whatever permission meets nothing from elsewhere, and is signed out."""
    people = {role: somebody(role) for role in Role}
    settings.ROOT_URLCONF = "contactcenter.urls_finance"
    settings.MIDDLEWARE = with_finance_doors(settings.MIDDLEWARE)
    settings.OFFICE_NETWORKS = ["10.20.0.0/16"]
    become("finance")
    try:
        for path in {path for path, _ in FINANCE}:
            for user in people.values():
                client = Client(REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="10.20.0.5")
                client.force_login(user)
                assert client.get(path).status_code == 404, path
                assert client.get(path, REMOTE_ADDR="10.20.0.5").status_code == 302, "the session is ended"
    finally:
        become("app")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_of_the_finance_process_answers_outside_the_office(settings: Any, method: str) -> None:
    """Public pages, those of whoever is signed in, deeds: all of them, to strangers and accountants alike."""
    accountant = somebody(Role.ACCOUNTANT)
    settings.ROOT_URLCONF = "contactcenter.urls_finance"
    settings.MIDDLEWARE = with_finance_doors(settings.MIDDLEWARE)
    settings.OFFICE_NETWORKS = ["10.20.0.0/16"]
    paths = {filled(route) for conf, route, _view in urls() if conf == "contactcenter.urls_finance"}
    assert {"/login/", "/security/", "/notices/", "/applications/scan/wrong/"} <= paths
    become("finance")
    try:
        for path in sorted(paths - {"/healthz", "/readyz"}):
            for user in (None, accountant):
                client = Client(REMOTE_ADDR="203.0.113.9")
                if user:
                    client.force_login(user)
                assert client.generic(method, path).status_code == 404, path
    finally:
        become("app")


@pytest.mark.django_db
def test_the_ordinary_process_does_not_know_the_finance_desks_pages() -> None:
    accountant = somebody(Role.ACCOUNTANT)
    for path in {path for path, _ in FINANCE} - {path for path, _ in ORDINARY}:
        assert verdicts(accountant, path) == {404}


@pytest.mark.django_db
@pytest.mark.parametrize("conf", URLCONFS)
def test_a_stranger_is_sent_to_the_sign_in_page(conf: str, settings: Any) -> None:
    settings.ROOT_URLCONF = conf
    let_go = Client()
    user = somebody(Role.SUPERVISOR)
    let_go.force_login(user)
    User.objects.update(is_active=False)
    for path, _code in pages(conf):
        for client in (Client(), let_go):
            replies = [client.get(path), client.post(path)]
            assert {reply.status_code for reply in replies} <= {302, 405}, path
            assert all(r["Location"].startswith("/login/") for r in replies if r.status_code == 302), path
            assert any(r.status_code == 302 for r in replies), path


def call(method: str, path: str, key: str | None = None) -> int:
    headers = {} if key is None else {"Authorization": f"Token {key}"}
    reply = Client(headers=headers).generic(method, path, "{}" if method != "GET" else "", "application/json")
    return reply.status_code


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path", "code"), ENDPOINTS)
def test_an_endpoint_opens_to_the_holders_of_its_permission_alone(method: str, path: str, code: str) -> None:
    for role in Role:
        status = call(method, path, issue_api_key(user=somebody(role), name="test"))
        if role in codes()[code]:
            assert status not in {401, 403}, f"{role} {method} {path}: {status}"
            assert status < 500, f"{role} {method} {path}: {status}"
        else:
            assert status == 403, f"{role} {method} {path}: {status}"


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path", "code"), ENDPOINTS)
def test_an_endpoint_is_closed_without_a_living_key(method: str, path: str, code: str) -> None:
    revoked, let_go = somebody(Role.ADMIN), somebody(Role.SUPERVISOR, is_active=False)
    keys = [None, "guessed", issue_api_key(user=revoked, name="old"), issue_api_key(user=let_go, name="his")]
    revoked.api_keys.update(revoked_at=timezone.now())
    assert {call(method, path, key) for key in keys} == {401}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path"),
    sorted({(m, p) for m in ("PUT", "DELETE") for _, p, _ in ENDPOINTS} - {(m, p) for m, p, _ in ENDPOINTS}),
)
def test_a_method_that_nobody_declared_is_refused_to_everybody(method: str, path: str) -> None:
    key = issue_api_key(user=somebody(Role.ADMIN), name="test")
    assert call(method, path, key) in {403, 405}


@pytest.mark.django_db
@ROLES
def test_the_administrators_own_pages_are_his_alone(role: Role) -> None:
    client = Client()
    client.force_login(somebody(role))
    assert client.get("/admin/").status_code == (200 if role == Role.ADMIN else 302)
