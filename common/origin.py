"""Where a deed came from: a page, REST and with which key, a rule, the sweep, the telephone exchange.

One context variable, set by whoever opens the work (a middleware, Celery's signals, the sweep) and read by
`common.history`. Nothing else may decide by it: it describes, it proves nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class Via(StrEnum):
    """The ways by which something is done here."""

    PAGE = "page"
    REST = "rest"
    BULK = "bulk"
    RULE = "rule"
    SWEEP = "sweep"
    WORKER = "worker"
    PBX = "pbx"
    COMMAND = "command"


LONGEST = 60


@dataclass(frozen=True, slots=True)
class Origin:
    """`via`: a way, or a way and its detail ("rest:7" is API key 7). `address`: where the person sits, if known."""

    via: str
    address: str | None = None


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current() -> Origin | None:
    """Where the present deed came from; None where nobody said."""
    return _current.get()


def _named(via: Via, detail: object) -> str:
    return f"{via}:{detail}"[:LONGEST] if detail not in {None, ""} else str(via)


@contextmanager
def coming(via: Via, detail: object = None, *, address: str | None = None) -> Iterator[None]:
    """What is done inside came this way. An address that is not named stays the outer one."""
    outer = _current.get()
    token = _current.set(Origin(_named(via, detail), address or (outer.address if outer else None)))
    try:
        yield
    finally:
        _current.reset(token)


def narrow(via: Via, detail: object) -> None:
    """Say more about the present origin, until whoever opened it closes it: the key is known after the request."""
    outer = _current.get()
    if outer is not None:
        _current.set(Origin(_named(via, detail), outer.address))


def start(via: Via, detail: object = None) -> None:
    """For a whole process, or a worker's task: until the next `start`."""
    _current.set(Origin(_named(via, detail)))


def stop() -> None:
    _current.set(None)


def address_of(remote: str) -> str | None:
    """The address if it is one: a unix socket has none. Forwarded ones are the server's business (decision 0005)."""
    try:
        return str(ip_address(remote.partition("%")[0]))
    except ValueError:
        return None


class OriginMiddleware:
    """Pages and REST: the way and the network address. A key's id is added where the key is recognised."""

    def __init__(self, get_response: "Callable[[HttpRequest], HttpResponse]") -> None:
        self.get_response = get_response

    def __call__(self, request: "HttpRequest") -> "HttpResponse":
        via = Via.REST if request.path_info.startswith("/api/") else Via.PAGE
        with coming(via, address=address_of(request.META.get("REMOTE_ADDR", ""))):
            return self.get_response(request)
