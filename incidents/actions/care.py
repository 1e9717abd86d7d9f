"""What people do with an incident: confirm, dismiss, tell, restore, close."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from calls import actions as calls
from common import clock, history
from common.errors import DomainError
from common.history import System
from incidents import events, queries
from incidents.actions.lifecycle import Actor, absorb, announce, end, locked, move, open_
from incidents.models import Incident, Resolution, State

FADES_AFTER = timedelta(hours=6)  # a suspicion nobody confirmed and nobody calls about any more
CLOSES_AFTER = timedelta(hours=24)  # a restored incident that stayed quiet


class WrongTimes(DomainError):
    code = "wrong_times"
    status = 422


@transaction.atomic
def confirm(*, incident: Incident, by: Actor) -> Incident:
    """A person is sure: the suspicion opens, takes over what lies inside it, and a master leaves."""
    incident = locked(incident)
    if incident.state != State.OPEN:
        for narrower in queries.inside(incident):
            absorb(incident, narrower, by=by)
        open_(incident, by=by)
    return incident


@transaction.atomic
def dismiss(*, incident: Incident, by: Actor, why: str = "") -> Incident:
    """Not an incident: visits not yet started are called off; its contacts will not raise it again."""
    incident = locked(incident)
    if incident.state != State.CLOSED:
        end(incident, resolution=Resolution.DISMISSED, by=by)
    return incident


@transaction.atomic
def edit(*, incident: Incident, by: Actor, **changes: Any) -> Incident:
    """Change the text, the ETA or the next-update time; every place that tells callers follows."""
    assert changes.keys() <= {"public_text", "eta", "next_update_at"}
    incident = locked(incident)
    differs = {name: value for name, value in changes.items() if getattr(incident, name) != value}
    if not differs:
        return incident
    for name in ("eta", "next_update_at"):
        if differs.get(name) and differs[name] <= clock.now():
            raise WrongTimes(_("The time has already passed."), fields={name: _("Choose a later time.")})
    said = {name: [str(getattr(incident, name) or ""), str(value or "")] for name, value in differs.items()}
    for name, value in differs.items():
        setattr(incident, name, value)
    incident.save(update_fields=list(differs))
    if incident.state == State.OPEN:
        announce(incident)
    history.record(incident, events.incident_updated, by=by, **said)
    return incident


@transaction.atomic
def restore(*, incident: Incident, by: Actor) -> Incident:
    """The service works again: callers are no longer told, masters who have not left stay."""
    incident = locked(incident)
    if incident.state == State.RESTORED:
        return incident
    move(incident, State.RESTORED)
    incident.resolution, incident.restored_at = Resolution.RESTORED, clock.now()
    incident.save(update_fields=["state", "resolution", "restored_at"])
    calls.stop_announcing(reference=incident.pk, at=incident.restored_at)
    history.record(incident, events.incident_restored, by=by)
    return incident


@transaction.atomic
def close(*, incident: Incident, by: Actor) -> Incident:
    """Put a restored incident away."""
    incident = locked(incident)
    if incident.state == State.RESTORED:
        end(incident, resolution=Resolution.RESTORED, by=by)
    return incident


def close_faded() -> None:
    """Put away suspicions that nobody confirmed and restored incidents that stayed quiet. For the sweep."""
    now = clock.now()
    faded = Incident.objects.filter(state=State.SUSPECTED, suspected_at__lt=now - FADES_AFTER)
    quiet = Incident.objects.filter(state=State.RESTORED, restored_at__lt=now - CLOSES_AFTER)
    for incident in [*faded, *quiet]:
        with transaction.atomic():
            incident = locked(incident)
            if incident.state != State.CLOSED:
                end(incident, resolution=Resolution.FADED, by=System.SWEEP)
