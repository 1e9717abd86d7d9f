"""A dry run: on which tickets a rule would have held. Reads only.

Of an event: the history rows of the last 30 days, each with the ticket as it was then. By the clock: open tickets as
they are. A look is bounded in time; `before` goes on where it ended.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from common import clock
from tickets.models import RuleTrigger, Ticket, TicketEvent
from tickets.rule_facts import Facts, Moment
from tickets.rules.plan import Spec

BACK = timedelta(days=30)
BATCH = 500
PATIENCE_S = 2.0
SAMPLE = 50


@dataclass(frozen=True)
class Held:
    """The rule would have held for this ticket at this moment."""

    ticket: Ticket
    at: datetime


@dataclass
class Replay:
    """`seen`: rows looked at now; `held`: how many matched; `before`: where to go on, None at the end."""

    seen: int = 0
    held: int = 0
    before: int | None = None
    since: datetime | None = None
    sample: list[Held] = field(default_factory=list)


def replay(spec: Spec, trigger: str, *, before: int | None = None, patience_s: float = PATIENCE_S) -> Replay:
    """Look back from history row (or ticket) `before`, newest first, for at most so many seconds."""
    ends, found, facts, now = time.monotonic() + patience_s, Replay(), Facts(spec.facts), clock.now()
    by_clock = trigger == RuleTrigger.SCHEDULE
    while True:
        if by_clock:
            tickets = Ticket.objects.unresolved().order_by("-pk")
            some = (tickets.filter(pk__lt=before) if before else tickets)[:BATCH]
            moments = [Moment(one, now) for one in some]
        else:
            rows = TicketEvent.objects.filter(kind=trigger, at__gt=now - BACK).select_related("thing").order_by("-pk")
            moments = [Moment(e.thing, e.at, e) for e in (rows.filter(pk__lt=before) if before else rows)[:BATCH]]
        for moment, snapshot in zip(moments, facts.of(moments, past=not by_clock), strict=True):
            if spec.matches(snapshot):
                found.held += 1
                if len(found.sample) < SAMPLE:
                    found.sample.append(Held(moment.ticket, moment.event.at if moment.event else now))
        found.seen += len(moments)
        if len(moments) < BATCH:
            return found
        last = moments[-1]
        before = last.event.pk if last.event else last.ticket.pk
        if time.monotonic() > ends:
            found.before, found.since = before, last.event.at if last.event else last.ticket.opened_at
            return found
