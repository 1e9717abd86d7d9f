"""What stands behind a code that an operator dials: a number he may not see. Whoever gives codes out registers here."""

from collections.abc import Callable

Behind = Callable[[str], str | None]
_behind: list[Behind] = []


def register(behind: Behind) -> None:
    if behind not in _behind:
        _behind.append(behind)


def number_of(dialled: str) -> str:
    """The number to dial: what stands behind a code, or what was dialled."""
    if not dialled.startswith("*"):
        return dialled
    return next((number for behind in _behind if (number := behind(dialled))), dialled)
