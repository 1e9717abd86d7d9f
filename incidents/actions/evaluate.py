"""The worker's pass: look at contacts not yet looked at, and act on what the detector finds.

The detector keeps nothing between passes: under one town-wide lock it is fed the recent rows by one indexed query,
so web processes, workers and sweeps may be many, and any of them may die.
"""

import logging
import time

from django.db import OperationalError, connection, transaction

from common.history import System
from contacts import actions as contacts
from contacts.models import Contact
from incidents.actions.attach import Joining, attach_found
from incidents.actions.lifecycle import absorb, hold, open_, suspect, update_seen
from incidents.actions.situation import Situation, moment, scope_fields, seen
from incidents.detection import Finding, Level
from incidents.models import State

log = logging.getLogger(__name__)
BATCH = 500
LONGEST_S = 10.0
_LOCK = 4202  # advisory lock: one evaluation at a time, so that two workers cannot open one incident twice


def evaluate_contacts() -> bool:
    """Evaluate what waits, for a while; is all of it done? Safe to call from anywhere, often.

    In a storm there is always more: without an end the task's time limit would cut it off in mid-pass.
    """
    enough = time.monotonic() + LONGEST_S
    while time.monotonic() < enough:
        if not _evaluate_batch():
            return True
    return False


@transaction.atomic
def _evaluate_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    # A locked row is being changed right now; whoever changes it asks for another look after his commit.
    waiting = Contact.objects.not_evaluated().select_related("topic", "building").order_by("id")
    pending = list(waiting[:BATCH].select_for_update(skip_locked=True, of=("self",)))
    if not pending:
        return 0
    pending.sort(key=lambda contact: (contact.at, contact.pk))
    failed = _evaluate_pending(pending, Situation.load(since=pending[0].at, until=pending[-1].at))
    contacts.mark_evaluated(contact_ids=[contact.pk for contact in pending if contact.pk not in failed])
    return len(pending) - len(failed)


def _evaluate_pending(pending: list[Contact], situation: Situation) -> set[int]:
    """In the order of time, for a replay may bring hours at once: an earlier contact must not join a later incident.

    Returns the contacts whose finding could not be acted on: they wait for the next pass, and `/readyz` shows how long
    they have waited. The rest of the town does not wait with them.
    """
    joining, failed = Joining(), set[int]()
    for contact in pending:
        for finding in situation.findings(until=contact.at):
            joining.write()  # a wider incident moves what its narrower ones hold, so they must hold it by now
            if not _acted_on(finding, situation):
                failed.add(contact.pk)
        joining.add(contact, situation)
    joining.write()
    return failed


def _acted_on(finding: Finding, situation: Situation) -> bool:
    try:
        with transaction.atomic():
            act_on(finding, situation)
    except OperationalError:
        raise  # a deadlock or a lost server: the whole pass comes again
    except Exception:
        log.exception("evaluation: a finding about %s %s failed", finding.scope.kind, finding.scope.id)
        situation.forget_changes()
        return False
    return True


def act_on(finding: Finding, situation: Situation) -> None:
    """Suspect, open, or widen: whatever the finding says, once. Dispatch hears of an opening in this transaction."""
    by = System.DETECTOR
    incident = situation.incident_at(finding.scope)
    found = situation.contacts_of(finding)
    if incident is None:
        started = min((row.at for row in found), default=moment(finding))
        incident = suspect(scope=scope_fields(finding.scope), seen=seen(finding), started_at=started, by=by)
    elif hold(incident):
        update_seen(incident, seen(finding))
    else:
        return  # a person has just ended it
    attach_found(incident, [row.pk for row in found])
    opens = finding.level == Level.OPEN and incident.state == State.SUSPECTED
    for narrower in situation.inside(incident):
        # A suspicion must not call a master back: it takes over other suspicions only.
        if opens or narrower.state == State.SUSPECTED:
            absorb(incident, narrower, by=by)
    if opens:
        open_(incident, by=by)
    situation.add(incident)
