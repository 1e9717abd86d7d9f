"""A wish to be connected, from the question to the working line."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common import clock, history
from common.errors import DomainError
from contacts import actions as contacts
from contacts.models import Channel, Contact, Outcome, Topic
from dispatch import connecting, events
from dispatch.actions import planning
from dispatch.actions.rules import Actor
from dispatch.models import (
    Cause,
    ConnectionRequest,
    HouseVote,
    RequestState,
    Skill,
    Visit,
    VisitState,
    Wants,
)
from network.models import ConnectionState
from staff.models import Desk, User
from tickets import actions as tickets
from tickets.actions import clocks
from tickets.models import Ticket

if TYPE_CHECKING:
    from network.models import Building

TOPIC = "new_connection"
CHECK_WITHIN = timedelta(hours=4)  # working hours of technical support


class AlreadyAsked(DomainError):
    code = "already_asked"


class Unclear(DomainError):
    code = "unclear"
    status = 422


class NotNow(DomainError):
    code = "not_now"


@transaction.atomic
def ask_connection(
    *,
    by: Actor,
    contact: Contact | None = None,
    building: "Building | None" = None,
    address: str = "",
    flat: str = "",
    name: str = "",
    phone: str = "",
    wants: str = Wants.INTERNET,
    tariff: str = "",
    start: datetime | None = None,
) -> ConnectionRequest | HouseVote:
    """Take a wish to be connected; where we are not, it is a vote for the house.

    Green: a ticket at dispatch and, with `start`, the visit in the same transaction. Amber: a ticket at technical
    support, to be answered within four working hours. The contact ends with a ticket. Raises Unclear, AlreadyAsked,
    SlotTaken, TooLate; then nothing is stored.
    """
    address, flat = " ".join(address.split())[:200], "".join(flat.split())[:20]
    if building is not None:
        address = ""
    _check(building, address, flat, wants)
    if contact is not None:  # two hands on one contact come one after the other
        contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    verdict = connecting.judge(building=building, address=address)
    if verdict.state == ConnectionState.RED:
        return _vote(contact, building, address, by)
    _refuse_second(building, address, flat)
    is_green = verdict.state == ConnectionState.GREEN
    topic = Topic.objects.filter(code=TOPIC).first()
    if contact is not None and contact.topic_id is None:
        contacts.set_topic(contact=contact, topic=topic, by=by)
    due = None if is_green else clocks.in_working_time(desk=Desk.SUPPORT, amount=CHECK_WITHIN, topic=topic)
    ticket = _open(contact, building, flat, topic, due, by, text=_wish(wants, tariff))
    state = RequestState.CHECKING if due else RequestState.OFFERED if connecting.windows() else RequestState.NEW
    request = ConnectionRequest(
        contact=contact,
        ticket=ticket,
        building=building,
        address=address,
        flat=flat,
        name=name.strip()[:120],
        phone=(phone.strip() or (contact.phone if contact else ""))[:40],
        wants=wants,
        tariff=tariff.strip()[:200],
        verdict=verdict.state,
        why=connecting.words(verdict)[:300],
        is_feasible=True if is_green else None,
        check_by=due,
        state=state,
        asked_by=by if isinstance(by, User) else None,
    )
    _save(request)
    history.record(request, events.connection_asked, by=by, verdict=verdict.state, state=[None, state])
    if start is not None and is_green:
        _book(request, start, by)
    if contact is not None:
        contacts.close(contact=contact, outcome=Outcome.TICKET, by=by)
    return request


def _check(building: "Building | None", address: str, flat: str, wants: str) -> None:
    if building is None and len(address) < 4:
        text = _("Which house? A few letters of the street and the number.")
        raise Unclear(text, fields={"address": text})
    if building is not None and not flat and building.premises_count > 1:
        text = _("Which flat? The house has several.")
        raise Unclear(text, fields={"flat": text})
    if wants not in Wants.values:
        raise Unclear(_("Choose what is wanted."), fields={"wants": _("Required.")})


def _refuse_second(building: "Building | None", address: str, flat: str) -> None:
    """Raises AlreadyAsked with the way to the open request of the same flat."""
    rows = ConnectionRequest.objects.unfinished().filter(flat__iexact=flat)
    rows = rows.filter(building=building) if building else rows.filter(building=None, address__iexact=address)
    if known := rows.select_related("ticket").first():
        text = _("This flat has an open request already: ticket № %(number)s, “%(state)s”.")
        told = {"number": known.ticket.number, "state": known.get_state_display()}
        raise AlreadyAsked(text % told, link=known.ticket.get_absolute_url())


def _vote(contact: Contact | None, building: "Building | None", address: str, by: Actor) -> HouseVote:
    """One vote of a contact for a place, however often it is asked."""
    rows = HouseVote.objects.filter(contact=contact, building=building, address__iexact=address)
    if contact is not None and (known := rows.first()):
        return known
    person = by if isinstance(by, User) else None
    return HouseVote.objects.create(contact=contact, building=building, address=address, by=person)


def _open(
    contact: Contact | None,
    building: "Building | None",
    flat: str,
    topic: Topic | None,
    due: datetime | None,
    by: Actor,
    text: str,
) -> Ticket:
    subject = _("New connection") + (f": {building.title}" + (f", кв. {flat}" if flat else "") if building else "")
    # A subscriber who asks for another flat than his own is not who will be connected there.
    someone = contact.subscriber if contact else None
    home = someone.premise if someone else None
    is_his = home is not None and building is not None and (home.building_id, home.number) == (building.pk, flat)
    return tickets.open_ticket(
        desk=Desk.SUPPORT if due else Desk.DISPATCH,
        subject=subject,
        channel=contact.channel if contact else Channel.WEB_FORM,
        topic=topic,
        contact=contact,
        subscriber=someone if is_his else None,
        building=building,
        text=text,
        due_at=due,
        handed_from=Desk.FIRST_LINE if contact else None,
        by=by,
    )


def _wish(wants: str, tariff: str) -> str:
    return f"{Wants(wants).label}. {tariff.strip()}" if tariff.strip() else str(Wants(wants).label)


def _locked(request: ConnectionRequest) -> ConnectionRequest:
    rows = ConnectionRequest.objects.select_for_update(of=("self",)).select_related("ticket", "building__street")
    return rows.get(pk=request.pk)


def _save(request: ConnectionRequest) -> None:
    """The database has the last word on one open request a flat. Raises AlreadyAsked."""
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        if "dispatch_connection_one_a" not in str(error):
            raise
        raise AlreadyAsked(_("A colleague has just taken a request for this flat.")) from error


def _move(request: ConnectionRequest, to: str, *, by: Actor, reason: str = "") -> None:
    old, request.state, request.changed_at = request.state, to, clock.now()
    request.reason = reason[:300] if reason else request.reason
    request.save()
    fact = events.connection_checked if old == RequestState.CHECKING else events.connection_moved
    history.record(request, fact, by=by, state=[old, to])


def _book(request: ConnectionRequest, start: datetime, by: Actor) -> None:
    """The visit's own fact carries the request on (`follow_visit`)."""
    now = clock.now()
    if not now - timedelta(days=1) < start < now + timedelta(days=60):  # no arithmetic with the year 9999
        raise Unclear(_("Choose a window."))
    # The database knows no zone as far off as a client may write.
    start = start.astimezone(UTC)
    planning.book(ticket=request.ticket, start=start, skill=Skill.CONNECTION, building=request.building, by=by)
    request.refresh_from_db(fields=["state", "visit", "changed_at"])


@transaction.atomic
def answer_check(*, request: ConnectionRequest, is_possible: bool, reason: str, by: Actor) -> ConnectionRequest:
    """The engineer's word. Yes: on to dispatch. No: refused; the ticket stays until the person was told.

    Raises Unclear without a reason, NotNow when it was answered before.
    """
    reason = reason.strip()
    if not reason:
        raise Unclear(_("Say why: the person is told."), fields={"reason": _("Required.")})
    request = _locked(request)
    if request.state != RequestState.CHECKING:
        raise NotNow(_("Somebody has answered already: “%(state)s”.") % {"state": request.get_state_display()})
    request.is_feasible = is_possible
    if is_possible:
        _move(request, RequestState.NEW, by=by)
        tickets.note(ticket=request.ticket, text=_("It can be connected: %(why)s") % {"why": reason}, by=by)
        tickets.hand_over(ticket=request.ticket, to=Desk.DISPATCH, by=by, reason=reason)
    else:
        _move(request, RequestState.REFUSED, by=by, reason=reason)
        text = _("It cannot be connected: %(why)s. Tell the person, then resolve the ticket.") % {"why": reason}
        tickets.note(ticket=request.ticket, text=text, by=by)
    return request


@transaction.atomic
def set_house(*, request: ConnectionRequest, building: "Building", by: Actor) -> ConnectionRequest:
    """A typed address has its house in the register by now. Raises NotNow, AlreadyAsked."""
    request = _locked(request)
    if request.building_id or not request.is_open:
        raise NotNow(_("It is “%(state)s” by now.") % {"state": request.get_state_display()})
    _refuse_second(building, "", request.flat)
    request.building, request.address, request.changed_at = building, "", clock.now()
    _save(request)
    history.record(request, events.connection_moved, by=by, building=building.pk)
    return request


@transaction.atomic
def choose_window(*, request: ConnectionRequest, start: datetime, by: Actor) -> ConnectionRequest:
    """Book a window for a request that has none. Raises NotNow, SlotTaken, TooLate, NowhereToGo."""
    request = _locked(request)
    if request.state not in {RequestState.NEW, RequestState.OFFERED}:
        raise NotNow(_("It is “%(state)s” by now.") % {"state": request.get_state_display()})
    _book(request, start, by)
    return request


@transaction.atomic
def lose(*, request: ConnectionRequest, reason: str, by: Actor) -> ConnectionRequest:
    """The person does not want it any more. Its visit is called off, its ticket resolved. Raises Unclear, NotNow."""
    reason = reason.strip()
    if not reason:
        raise Unclear(_("Say why: the supervisor counts the reasons."), fields={"reason": _("Required.")})
    request = _locked(request)
    if not request.is_open:
        raise NotNow(_("It is “%(state)s” by now.") % {"state": request.get_state_display()})
    _move(request, RequestState.LOST, by=by, reason=reason)
    for visit in Visit.objects.filter(ticket=request.ticket).pending():
        planning.cancel(visit=visit, by=by, why=reason)
    ticket = Ticket.objects.get(pk=request.ticket_id)
    if not ticket.is_resolved:
        tickets.resolve(ticket=ticket, text=reason, by=by)
    return request


@transaction.atomic
def follow_visit(*, visit: Visit, by: Actor) -> None:
    """What happens to a visit happens to the request of its ticket: booked, connected, or a window is needed again."""
    if visit.ticket_id is None:
        return
    request = ConnectionRequest.objects.unfinished().select_for_update(of=("self",)).filter(ticket=visit.ticket).first()
    if request is None:
        return
    if visit.state == VisitState.SCHEDULED and request.state in {RequestState.NEW, RequestState.OFFERED}:
        request.visit = visit
        _move(request, RequestState.BOOKED, by=by)
    elif request.visit_id != visit.pk or request.state != RequestState.BOOKED:
        return
    elif visit.state == VisitState.DONE and visit.cause == Cause.CONNECTED:
        _move(request, RequestState.CONNECTED, by=by)
    elif visit.is_ended:
        _move(request, RequestState.OFFERED, by=by)


@transaction.atomic
def end_with_ticket(*, ticket: Ticket, text: str, by: Actor) -> None:
    """A resolved ticket leaves no open request behind: its flat could never ask again."""
    request = ConnectionRequest.objects.unfinished().select_for_update(of=("self",)).filter(ticket=ticket).first()
    if request is not None:
        _move(request, RequestState.LOST, by=by, reason=text.strip() or _("The ticket was resolved"))
