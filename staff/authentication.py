"""REST: who calls, and the permission that each view declares."""

from typing import Any

from django.core.cache import cache
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from common import origin
from staff.access import may
from staff.models import ApiKey, User, hash_key

USED_EVERY_S = 60


class ApiKeyAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token <key>`; the key acts as its user."""

    def authenticate_credentials(self, key: str) -> tuple[User, Any]:
        found = ApiKey.objects.select_related("user").filter(hash=hash_key(key), revoked_at=None).first()
        if found is None or not found.user.is_active:
            raise exceptions.AuthenticationFailed("Invalid token.")
        if cache.add(f"key-used:{found.pk}", True, USED_EVERY_S):  # not a statement for each request
            from staff import actions  # REST's settings name this module while `common.errors` is still loading

            actions.note_key_used(key=found)
        origin.narrow(origin.Via.REST, found.pk)
        return found.user, found


def caller(request: Request) -> User:
    """Who calls, in a view that declares its permission: nobody else gets that far."""
    assert isinstance(request.user, User)
    return request.user


class HasDeclaredPermission(permissions.BasePermission):
    """A view says `permissions_by_method = {"GET": code, "POST": code}`; a method it does not name is refused."""

    def has_permission(self, request: Request, view: Any) -> bool:
        table: dict[str, str] | None = getattr(view, "permissions_by_method", None)
        if table is None:  # drf-spectacular's own views
            return may(request.user, "staff.read_api_schema")
        method = "GET" if request.method in {"HEAD", "OPTIONS"} else str(request.method)
        code = table.get(method)
        if code is None and method in view.allowed_methods:
            return False
        return code is None or may(request.user, code)
