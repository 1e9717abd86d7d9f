"""The moves of an incident, each in one place: suspected -> open -> restored -> closed, and merging."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from calls import actions as calls
from common import clock, history
from common.errors import DomainError
from common.history import System
from incidents import events
from incidents.models import MOVES, Incident, IncidentContact, Resolution, State
from staff.models import User

Actor = User | System
FIRST_UPDATE = timedelta(hours=1)  # when callers are promised news of a fresh incident


class CannotMove(DomainError):
    code = "cannot_move"


def locked(incident: Incident) -> Incident:
    return (
        Incident.objects.select_for_update(of=("self",)).select_related("building__street", "node").get(pk=incident.pk)
    )


def hold(incident: Incident) -> bool:
    """Lock it and see what somebody else made of it meanwhile: is it still active?"""
    incident.state = Incident.objects.select_for_update().values_list("state", flat=True).get(pk=incident.pk)
    return incident.is_active


def move(incident: Incident, to: str) -> None:
    """Set the state if the move is allowed; the caller dates and saves. Raises CannotMove."""
    if to not in MOVES[incident.state]:
        raise CannotMove(
            _("The incident is “%(old)s”; it cannot become “%(new)s”.")
            % {"old": incident.get_state_display(), "new": State(to).label}
        )
    incident.state = to


def suspect(*, scope: dict[str, Any], seen: dict[str, Any], started_at: datetime, by: Actor) -> Incident:
    """Start a suspicion: somebody must verify it, nobody leaves yet."""
    incident = Incident.objects.create(**scope, **seen, started_at=started_at)
    history.record(incident, events.incident_suspected, by=by, score=round(incident.score, 2))
    return incident


def update_seen(incident: Incident, seen: dict[str, Any]) -> None:
    """Keep what the detector sees now beside the incident. Bookkeeping, so no history row of its own."""
    for name, value in seen.items():
        setattr(incident, name, value)
    incident.save(update_fields=list(seen))


def open_(incident: Incident, *, by: Actor) -> None:
    """Make it certain: a master leaves (dispatch hears this), callers are told. Sent once."""
    move(incident, State.OPEN)
    incident.opened_at = clock.now()
    incident.next_update_at = incident.next_update_at or incident.opened_at + FIRST_UPDATE
    incident.public_text = incident.public_text or _default_text(incident)
    incident.save(update_fields=["state", "opened_at", "next_update_at", "public_text"])
    announce(incident)
    history.record(incident, events.incident_opened, by=by, score=round(incident.score, 2))


def _default_text(incident: Incident) -> str:
    """What callers hear before a person has written anything. In the town's language, not the worker's."""
    return f"{incident.scope_title}: нет связи, мы уже знаем. Мастер выезжает."


def announce(incident: Incident) -> None:
    """Push what callers are told down to the line; only certain incidents are told."""
    calls.announce(
        reference=incident.pk,
        text=incident.public_text,
        eta=incident.eta,
        building=incident.building,
        node=incident.node,
    )


def end(incident: Incident, *, resolution: str, by: Actor, parent: Incident | None = None) -> None:
    """Close it for good, whatever the reason."""
    move(incident, State.CLOSED)
    incident.resolution = incident.resolution or resolution
    incident.parent = parent
    incident.closed_at = clock.now()
    incident.save(update_fields=["state", "resolution", "parent", "closed_at"])
    calls.stop_announcing(reference=incident.pk, at=incident.closed_at)
    if resolution == Resolution.MERGED:
        history.record(incident, events.incident_merged, by=by, parent=parent.pk if parent else None)
    history.record(incident, events.incident_closed, by=by, resolution=incident.resolution)


def absorb(wider: Incident, narrower: Incident, *, by: Actor) -> None:
    """A wider incident explains a narrower one: its contacts move, it ends as merged, dispatch hears of it."""
    if not hold(narrower):
        return
    IncidentContact.objects.filter(incident=narrower).update(incident=wider)
    if narrower.started_at < wider.started_at:
        wider.started_at = narrower.started_at
        wider.save(update_fields=["started_at"])
    end(narrower, resolution=Resolution.MERGED, by=by, parent=wider)
