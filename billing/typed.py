"""What somebody was about to send when his session was over: kept in the next session until he has signed in again.

It lies in the finance desk's own session table, is shown to the same person only, and is dropped with the next deed.
"""

from typing import Any, NamedTuple

from django.http import HttpRequest

_KEPT, _TOKEN = "typed", "csrfmiddlewaretoken"


class Typed(NamedTuple):
    """`fields` as the browser sent them, in its order."""

    user: int
    path: str
    fields: list[list[str]]


def of(request: HttpRequest) -> Typed | None:
    """The form in this request; files cannot wait in a session and are chosen again."""
    if request.method != "POST":
        return None
    fields = [[name, value] for name, values in request.POST.lists() for value in values if name != _TOKEN]
    return Typed(int(request.user.pk), request.get_full_path(), fields) if fields else None  # type: ignore[arg-type]


def keep(request: HttpRequest, typed: Typed) -> None:
    request.session[_KEPT] = typed


def kept(request: HttpRequest) -> Typed | None:
    """What waits for this person; another's is not his to read."""
    found: Any = request.session.get(_KEPT)
    typed = Typed(*found) if found else None
    return typed if typed and typed.user == request.user.pk else None


def forget(request: HttpRequest) -> None:
    if _KEPT in request.session:
        del request.session[_KEPT]
