"""What `dispatch` holds about a subscriber: the visits to him."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.holdings import contacts_of, own_numbers
from customers.models import Subscriber
from customers.personal_data import ERASED, Holding, Row, masked_by, register, words_in
from dispatch.models import ConnectionRequest, ConnectionRequestQuerySet, HouseVote, Visit, VisitQuerySet

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


def _requests(subscriber: Subscriber) -> ConnectionRequestQuerySet:
    his = Q(contact__in=contacts_of(subscriber)) | Q(ticket__subscriber=subscriber)
    return ConnectionRequest.objects.filter(his | Q(phone__in=own_numbers(subscriber)))


def _export_requests(subscriber: Subscriber) -> Iterable[Row]:
    for one in _requests(subscriber).select_related("building__street").order_by("asked_at", "pk"):
        yield {
            "at": one.asked_at,
            "place": one.place,
            "name": one.name,
            "phone": one.phone,
            "wants": one.get_wants_display(),
            "tariff": one.tariff,
            "state": one.get_state_display(),
            "reason": one.reason,
        }


def _open_requests(subscriber: Subscriber) -> list[str]:
    return [
        _("connection request of ticket № %(number)s is not over") % {"number": one.ticket.number}
        for one in _requests(subscriber).unfinished().select_related("ticket").order_by("pk")
    ]


def _named_requests(subscriber: Subscriber) -> QuerySet[ConnectionRequest]:
    blank = Q(name="", phone="", tariff="") & (Q(address="") | Q(address=ERASED)) & Q(flat="")
    return _requests(subscriber).exclude(blank & (Q(reason="") | Q(reason=ERASED)))


def _erase_requests(subscriber: Subscriber) -> int:
    found = list(_named_requests(subscriber).values_list("pk", flat=True))
    rows = ConnectionRequest.objects.filter(pk__in=found)
    rows.exclude(address="").update(address=ERASED)
    rows.exclude(reason="").update(reason=ERASED)
    return rows.update(name="", phone="", tariff="", flat="")


def _votes(subscriber: Subscriber) -> QuerySet[HouseVote]:
    return HouseVote.objects.filter(contact__in=contacts_of(subscriber)).exclude(address="")


def register_all() -> None:
    register(
        Holding(
            name="connections",
            title=gettext_lazy("Connection requests"),
            columns={
                "at": gettext_lazy("When"),
                "place": gettext_lazy("Address"),
                "name": gettext_lazy("Name"),
                "phone": gettext_lazy("Number"),
                "wants": gettext_lazy("What is wanted"),
                "tariff": gettext_lazy("Tariff wish"),
                "state": gettext_lazy("State"),
                "reason": gettext_lazy("Reason"),
            },
            export=_export_requests,
            order=90,
            count=lambda one: _named_requests(one).count(),
            erase=_erase_requests,
            blockers=_open_requests,
            kept=gettext_lazy("that somebody of the building asked to be connected, and what became of it"),
        )
    )
    register(
        Holding(
            name="house_votes",
            title=gettext_lazy("Wishes for houses outside the network"),
            columns={"at": gettext_lazy("When"), "place": gettext_lazy("Address")},
            export=lambda one: [{"at": vote.at, "place": vote.address} for vote in _votes(one).order_by("at")],
            order=91,
            count=lambda one: _votes(one).count(),
            erase=lambda one: _votes(one).delete()[0],
        )
    )
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
