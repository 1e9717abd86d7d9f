"""When to try again what could not leave."""

from collections.abc import Callable
from datetime import timedelta

FIRST = timedelta(seconds=5)
LONGEST = timedelta(hours=1)
ATTEMPTS = 33  # about a day of trying


def pause(attempts: int, chance: Callable[[], float]) -> timedelta | None:
    """How long to wait after this many failed attempts (at least 1); None when it is enough.

    Doubles from five seconds to an hour, and varies by a fifth so that what failed together does not come back
    together. `chance` gives a number from 0 up to 1.
    """
    if attempts >= ATTEMPTS:
        return None
    doubled: int = 2 ** min(attempts - 1, 20)
    return min(LONGEST, FIRST * doubled) * (0.8 + 0.4 * chance())
