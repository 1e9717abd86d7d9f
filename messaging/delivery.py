"""How rows leave, whatever they are: claimed one by one, tried again later, each by one worker at a time.

A claim is a short transaction of its own; the outside world is called without one. Who dies in the middle leaves a
row whose lease runs out, and the next worker sends it again: at least once, under the same key.
"""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.db import models, transaction

from common import clock
from messaging import schedule
from messaging.models import IN_WORK, Due, State

LEASE = timedelta(seconds=60)  # longer than any gateway's timeouts together
Row = TypeVar("Row", bound=Due)


@transaction.atomic
def claim(rows: "models.QuerySet[Row]") -> Row | None:
    """The row that waits longest, now ours for a lease; None when nothing is due.

    Nobody else gets it meanwhile: others skip a locked row, and afterwards its `next_try_at` lies ahead.
    """
    due = rows.filter(state__in=IN_WORK, next_try_at__lte=clock.now()).order_by("next_try_at", "pk")
    row = due.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None
    row.state, row.attempts, row.next_try_at = State.SENDING, row.attempts + 1, clock.now() + LEASE
    row.save(update_fields=["state", "attempts", "next_try_at"])
    return row


def finish(row: Due, **changes: Any) -> bool:
    """Write down how our attempt ended. False when the lease ran out and somebody else has had the row since."""
    mine = type(row)._default_manager.filter(pk=row.pk, state=State.SENDING, attempts=row.attempts)
    for name, value in changes.items():
        setattr(row, name, value)
    return bool(mine.update(**changes))


def put_off(row: Due, **changes: Any) -> bool:
    """Our attempt failed for now: try again later, or give up after about a day. False as in `finish`."""
    wait = schedule.pause(row.attempts, random.random)
    if wait is None:
        return finish(row, state=State.FAILED, next_try_at=None, **changes)
    return finish(row, state=State.QUEUED, next_try_at=clock.now() + wait, **changes)


def code_of(error: Exception) -> str:
    """A gateway's own word for what went wrong, or the name of the error: never a text that may hold an address."""
    text = str(error)
    return text if text.isidentifier() and len(text) <= 50 else type(error).__name__.lower()[:50]


def work_off(step: Callable[[], bool], *, seconds: float) -> int:
    """Repeat `step` until it finds nothing or the time is up: how many rows were handled."""
    enough, done = time.monotonic() + seconds, 0
    while time.monotonic() < enough and step():
        done += 1
    return done
