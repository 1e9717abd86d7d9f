"""The billing system outside: files come from it, posting orders go to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings


@dataclass(frozen=True)
class Arrived:
    """A whole file that lies there; `name` without its folder."""

    name: str
    body: bytes


class Exchange(Protocol):
    """Every method may raise OSError: the other side is away, and the next round finds everything again."""

    def arrived(self, largest: int) -> Iterator[Arrived]:
        """Files not settled yet, oldest first; of a larger one `largest` bytes and one more."""

    def settle(self, file: Arrived, *, refused: str = "") -> None:
        """Take it out of what has arrived; `refused` says why it was not used. A second time does nothing."""

    def leave(self, name: str, lines: Iterable[bytes]) -> None:
        """Put a file where the other side takes it. The same name again is the same file."""


def exchange() -> Exchange | None:
    """The one of the settings; None where no billing system is joined."""
    from billing.gateways.folder import Folder

    return Folder(Path(settings.BILLING_EXCHANGE_DIR)) if settings.BILLING_EXCHANGE_DIR else None
