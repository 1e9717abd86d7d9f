"""The exchange as a folder that both sides see: `in`, `done`, `refused`, `out`."""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from billing.gateways import Arrived

QUIET_S = 5  # a file that changed later than that is perhaps still being written
_UNFINISHED = (".part", ".tmp", ".filepart")


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("in", "done", "refused", "out"):
            (root / name).mkdir(parents=True, exist_ok=True)

    def arrived(self, largest: int) -> Iterator[Arrived]:
        found = [(one.stat(), one) for one in (self.root / "in").iterdir() if one.is_file() and not one.is_symlink()]
        for told, path in sorted(found, key=lambda one: (one[0].st_mtime, one[1].name)):
            is_unfinished = path.name.startswith(".") or path.suffix.lower() in _UNFINISHED
            if is_unfinished or time.time() - told.st_mtime < QUIET_S:
                continue
            with suppress(FileNotFoundError), path.open("rb") as file:  # another worker was first
                yield Arrived(path.name, file.read(largest + 1))

    def settle(self, file: Arrived, *, refused: str = "") -> None:
        """The name gets the beginning of the body's hash: two days may bring files of one name."""
        name = f"{hashlib.sha256(file.body).hexdigest()[:8]}-{file.name}"
        folder = self.root / ("refused" if refused else "done")
        if refused:
            _write(folder / f"{name}.txt", [f"{refused}\n".encode()])
        with suppress(FileNotFoundError):
            (self.root / "in" / file.name).rename(folder / name)

    def leave(self, name: str, lines: Iterable[bytes]) -> None:
        _write(self.root / "out" / name, lines)


def _write(path: Path, lines: Iterable[bytes]) -> None:
    """Whole or not at all: the other side never sees a half."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with half.open("wb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
