from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from calls.models import Call, CallState
from calls.queries import live_calls
from common import clock
from dispatch.models import Visit, VisitState
from firstline.queries import without_outcome
from incidents.models import Incident
from incidents.queries import board as incidents_board
from staff.models import Presence, Role, User
from supervision.service_level import FEW_CALLS, THRESHOLD_S, Line, ServiceLevel, measure
from tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Breach:
    """A call that waited too long, by name: every one is listed, none is averaged away."""

    call: Call
    wait_s: float


@dataclass(frozen=True, slots=True)
class Overview:
    live: list[Call]
    today: ServiceLevel
    breaches: list[Breach]
    people: list[User]
    incidents: list[Incident]
    visits_waiting: list[Visit]
    tickets: dict[str, int]
    without_outcome: int

    @property
    def has_share(self) -> bool:
        """Of a few calls a share says nothing: their counts are shown."""
        return self.today.offered >= FEW_CALLS and self.today.default is not None

    @property
    def active(self) -> int:
        return sum(incident.is_active for incident in self.incidents)

    @property
    def open_tickets(self) -> int:
        return sum(self.tickets.values())


def overview(viewer: User) -> Overview:
    """The supervisor's page. The number of statements is constant."""
    now = clock.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    calls = list(
        Call.objects.visible_to(viewer)
        .filter(direction="in", first_at__gte=midnight)
        .select_related("operator", "contact")
        .order_by("-first_at")
    )
    waits = {call.pk: waited(call, now) for call in calls}
    return Overview(
        live=list(live_calls(viewer)),
        today=measure(Line(waits[c.pk], _answered(c)) for c in calls),
        breaches=[Breach(c, waits[c.pk]) for c in calls if waits[c.pk] > THRESHOLD_S][:50],
        people=people(),
        incidents=list(incidents_board(viewer, ended_since=midnight)),
        visits_waiting=list(
            Visit.objects.visible_to(viewer).filter(state=VisitState.REQUESTED).with_place().order_by("due_at")[:20]
        ),
        tickets=dict(Counter(Ticket.objects.visible_to(viewer).unresolved().order_by().values_list("desk", flat=True))),
        without_outcome=without_outcome(viewer).count(),
    )


def waited(call: Call, now: datetime) -> float:
    """Seconds on the line: final for an answered or ended call, so far for one that still rings."""
    if call.wait is not None:
        return max(0.0, float(call.wait.total_seconds()))
    return max(0.0, (now - call.heard_at).total_seconds())


def _answered(call: Call) -> bool | None:
    if call.answered_at is not None:
        return True
    return False if call.state == CallState.LOST else None


def people() -> list[User]:
    """Who is at work: everybody with a presence but masters, who are on the board of visits; talkers first."""
    talking = set(Call.objects.live().filter(state="talking").values_list("operator_id", flat=True))
    users = list(
        User.objects.filter(is_active=True)
        .exclude(role__in=[Role.MASTER, Role.ADMIN])
        .select_related("presence")
        .order_by("role", "last_name")
    )
    for user in users:
        presence = getattr(user, "presence", None) or Presence(user=user)
        if user.pk in talking:
            presence.state, presence.reason = Presence.State.ON_CALL, ""
        user.presence = presence
    return users
