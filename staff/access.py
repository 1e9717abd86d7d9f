"""Closed by default: a view opens itself to the roles that hold its permission.

Each app declares its codes in `permissions.py` with `permission(code, *roles)`; views and templates ask by code.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeGuard, TypeVar, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, QueryDict

from staff.models import Role, User

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

P = ParamSpec("P")
Answer = TypeVar("Answer", bound=HttpResponseBase)


class StaffRequest(HttpRequest):
    """A request after `needs`: somebody of ours is signed in."""

    user: User
    htmx: "HtmxDetails"
    GET: QueryDict  # type: ignore[assignment]  # a deed answers with a part of its page by giving it a copy


_holders: dict[str, frozenset[str]] = {}
SIGNED_IN = "signed_in"
PUBLIC = "public"


def permission(code: str, *roles: Role) -> str:
    """Declare that these roles hold `code`. The administrator holds every code but the finance desk's."""
    assert code not in _holders, f"{code} is declared twice"
    holders = {*roles} if code.startswith("billing.") else {*roles, Role.ADMIN}
    _holders[code] = frozenset(holders)
    return code


def codes() -> dict[str, frozenset[str]]:
    """Every declared code with the roles that hold it, for the tests that walk the URLs."""
    return dict(_holders)


def is_staff(user: Any) -> TypeGuard[User]:
    return isinstance(user, User) and user.is_active


def may(user: Any, code: str) -> bool:
    """Does the user hold the code? Raises KeyError for a code nobody declared: a typo must not open or close."""
    if code == SIGNED_IN:
        return is_staff(user)
    return is_staff(user) and user.role in _holders[code]


def needs(
    code: str,
) -> Callable[[Callable[Concatenate[StaffRequest, P], Answer]], Callable[Concatenate[HttpRequest, P], Answer]]:
    """Open a view to the holders of `code`; others get 403, a stranger the sign-in page."""

    def decorate(
        view: Callable[Concatenate[StaffRequest, P], Answer],
    ) -> Callable[Concatenate[HttpRequest, P], Answer]:
        @wraps(view)
        def inner(request: Any, *args: P.args, **kwargs: P.kwargs) -> Answer:
            if not may(request.user, code):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        inner.permission = code  # type: ignore[attr-defined]
        return cast(Callable[Concatenate[HttpRequest, P], Answer], inner)

    return decorate


def public(view: Any) -> Any:
    """Open a view to everybody, and say so to the test that walks the URLs."""
    view.permission = PUBLIC
    return login_not_required(view)


needs_sign_in = needs(SIGNED_IN)
