"""Several people at the very same moment: threads with connections of their own, let go by a barrier."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

PATIENCE_S = 20


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """What each of them returned, or the exception it raised, in the order given."""
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()  # connecting takes longer than what we want to collide
            barrier.wait(PATIENCE_S)
            return deed()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result(PATIENCE_S) for future in [pool.submit(run, deed) for deed in deeds]]


def wait_until_one_waits_for_us() -> None:
    """Return once another connection stands before a lock of this one's. Fails after a while."""
    enough = time.perf_counter() + PATIENCE_S
    with connection.cursor() as cursor:
        while time.perf_counter() < enough:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return
    raise AssertionError("nobody waits for us")


def errors(outcomes: Sequence[Any]) -> list[Exception]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]
