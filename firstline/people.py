"""The first line's people now and today, for whoever leads them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, BigIntegerField, Count, DurationField, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from calls.models import Call, CallState
from calls.queries import live_calls
from common import clock
from contacts.models import Contact
from staff.models import OUTSOURCED_ROLES, Presence, User

# Who leaves a call open and goes to lunch does not work on it: the mean counts no more than this of one call, as the
# trade counts AHT (talk + hold + work after the call). The raw fact stays in the rows: `closed_at` - `ended_at`.
AFTER_CALL_MOST = timedelta(seconds=120)


@dataclass(frozen=True)
class Worker:
    """One person. `contacts` of today; `open`: without an outcome, of any day.

    `after_call`: mean work after a call, today, from its end to its outcome, each at most AFTER_CALL_MOST.
    """

    user: User
    presence: Presence
    call: Call | None
    contacts: int
    open: int
    after_call: timedelta | None

    @property
    def after_call_s(self) -> int | None:
        return round(self.after_call.total_seconds()) if self.after_call is not None else None


def today() -> datetime:
    return timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)


def workers(viewer: User) -> list[Worker]:
    """Everybody of the outsourcer's desk, whoever is at his place first. Four statements, whatever their number."""
    people = User.objects.filter(is_active=True, role__in=OUTSOURCED_ROLES).select_related("presence")
    # Until it is closed, a contact is whose call it is.
    answered = Call.objects.filter(contact=OuterRef("pk")).values("operator")[:1]
    shown = Q(at__gte=today()) | Q(closed_at=None)
    contacts = Contact.objects.visible_to(viewer).filter(shown, merged_into=None)
    counted = {
        user: (all_, open_)
        for user, all_, open_ in contacts.annotate(
            who=Coalesce("handled_by", Subquery(answered), output_field=BigIntegerField())
        )
        .order_by()
        .values("who")
        .annotate(all=Count("pk", filter=Q(at__gte=today())), open=Count("pk", filter=Q(closed_at=None)))
        .values_list("who", "all", "open")
    }
    ended = Call.objects.visible_to(viewer).filter(
        first_at__gte=today(), ended_at__isnull=False, contact__closed_at__gt=F("ended_at")
    )
    took = Least(F("contact__closed_at") - F("ended_at"), Value(AFTER_CALL_MOST), output_field=DurationField())
    after = dict(
        ended.exclude(operator=None)
        .order_by()
        .values("operator")
        .annotate(mean=Avg(took))
        .values_list("operator", "mean")
    )
    talks = {call.operator_id: call for call in live_calls(viewer) if call.state == CallState.TALKING}
    found = [
        Worker(one, _presence(one), talks.get(one.pk), *counted.get(one.pk, (0, 0)), after.get(one.pk))
        for one in people.order_by("last_name", "first_name", "username")
    ]
    found.sort(key=lambda one: one.presence.state == Presence.State.AWAY)
    return found


def _presence(user: User) -> Presence:
    known: Presence | None = getattr(user, "presence", None)
    return known or Presence(user=user)
