"""The worker's pass: look at contacts not yet looked at, and act on what the detector finds.

The detector keeps nothing between passes: under one town-wide lock it is fed the recent rows by one indexed query,
so web processes, workers and sweeps may be many, and any of them may die.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import connection, transaction

from common.history import System
from contacts import actions as contacts
from contacts.models import Contact
from incidents.actions.attach import attach_found, follow_topic
from incidents.actions.lifecycle import absorb, open_, suspect, update_seen
from incidents.actions.situation import Situation, moment, scope_fields, seen
from incidents.detection import Finding, Level
from incidents.models import State

BATCH = 500
STRETCH = timedelta(minutes=1)  # a replay may bring hours in one batch: findings are taken minute by minute
_LOCK = 4202  # advisory lock: one evaluation at a time, so that two workers cannot open one incident twice


def evaluate_contacts() -> int:
    """Evaluate everything that waits; how many contacts were looked at. Safe to call from anywhere, often."""
    total = 0
    while seen := _evaluate_batch():
        total += seen
    return total


@transaction.atomic
def _evaluate_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    # A locked row is being changed right now; whoever changes it asks for another look after his commit.
    waiting = Contact.objects.not_evaluated().select_related("topic").order_by("id")
    pending = list(waiting[:BATCH].select_for_update(skip_locked=True, of=("self",)))
    if pending:
        pending.sort(key=lambda contact: (contact.at, contact.pk))
        situation = Situation.load(since=pending[0].at, until=pending[-1].at)
        for stretch in _stretches(pending):
            _evaluate_stretch(stretch, situation)
        contacts.mark_evaluated(contact_ids=[contact.pk for contact in pending])
    return len(pending)


def _stretches(pending: Sequence[Contact]) -> Iterator[list[Contact]]:
    stretch = [pending[0]]
    for contact in pending[1:]:
        if contact.at - stretch[0].at > STRETCH:
            yield stretch
            stretch = []
        stretch.append(contact)
    yield stretch


def _evaluate_stretch(stretch: list[Contact], situation: Situation) -> None:
    for finding in situation.findings(at=stretch[-1].at):
        act_on(finding, situation)
    for contact in stretch:
        follow_topic(contact, situation)


def act_on(finding: Finding, situation: Situation) -> None:
    """Suspect, open, or widen: whatever the finding says, once. Dispatch hears of an opening in this transaction."""
    by = System.DETECTOR
    incident = situation.incident_at(finding.scope)
    found = situation.contacts_of(finding)
    if incident is None:
        started = min((contact.at for contact in found), default=moment(finding))
        incident = suspect(scope=scope_fields(finding.scope), seen=seen(finding), started_at=started, by=by)
        for narrower in situation.inside(finding.scope):
            absorb(incident, narrower, by=by)
        situation.add(incident)
    else:
        update_seen(incident, seen(finding))
    attach_found(incident, found)
    if finding.level == Level.OPEN and incident.state == State.SUSPECTED:
        open_(incident, by=by)
