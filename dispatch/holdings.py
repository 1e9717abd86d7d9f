"""What `dispatch` holds about a subscriber: the visits to him."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Subscriber
from customers.personal_data import ERASED, Holding, Row, masked_by, register, words_in
from dispatch.models import Visit, VisitQuerySet

_HISTORY = """dispatch_visitevent e JOIN dispatch_visit v ON v.id = e.thing_id
LEFT JOIN tickets_ticket t ON t.id = v.ticket_id WHERE %(subscriber)s IN (v.subscriber_id, t.subscriber_id)"""


def _visits(subscriber: Subscriber) -> VisitQuerySet:
    return Visit.objects.filter(Q(subscriber=subscriber) | Q(ticket__subscriber=subscriber))


def _export(subscriber: Subscriber) -> Iterable[Row]:
    for visit in _visits(subscriber).with_place().order_by("ordered_at", "pk"):
        yield {
            "ordered_at": visit.ordered_at,
            "place": visit.place,
            "from": visit.window.lower if visit.window else None,
            "until": visit.window.upper if visit.window else None,
            "state": visit.get_state_display(),
            "ended_at": visit.ended_at,
            "cause": visit.get_cause_display(),
            "report": visit.report,
        }


def _pending(subscriber: Subscriber) -> list[str]:
    return [
        _("visit № %(number)s is not over") % {"number": visit.pk}
        for visit in _visits(subscriber).pending().order_by("pk")
    ]


def _worded(subscriber: Subscriber) -> VisitQuerySet:
    return _visits(subscriber).exclude(report__in=["", ERASED])


def _erase(subscriber: Subscriber) -> int:
    found = list(_worded(subscriber).values_list("pk", flat=True))
    return Visit.objects.filter(pk__in=found).update(report=ERASED)


def register_all() -> None:
    register(
        Holding(
            name="visits",
            title=gettext_lazy("Visits"),
            columns={
                "ordered_at": gettext_lazy("Ordered"),
                "place": gettext_lazy("Address"),
                "from": gettext_lazy("From"),
                "until": gettext_lazy("Until"),
                "state": gettext_lazy("State"),
                "ended_at": gettext_lazy("Ended"),
                "cause": gettext_lazy("Cause"),
                "report": gettext_lazy("What was done"),
            },
            export=_export,
            order=100,
            count=lambda one: _worded(one).count(),
            erase=_erase,
            texts=words_in(_HISTORY),
            erase_texts=masked_by("erase_visit_history"),
            blockers=_pending,
            kept=gettext_lazy("that a master was in the building, when and what he found: for reports"),
        )
    )
