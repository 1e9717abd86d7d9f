"""How a contact ends: the topic, the outcome, another desk."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from common.errors import DomainError
from contacts import actions as contacts
from contacts.models import Topic
from firstline import actions, permissions
from firstline.views.calls import again, contact_of, number, on
from firstline.views.moments import moment_in
from firstline.views.wrap_up import boxes, learned, typed
from incidents.models import Incident
from staff.access import StaffRequest, needs
from tickets import actions as tickets
from tickets.field_boxes import values_of
from tickets.models import Ticket


@require_POST
@needs(permissions.ANSWER)
def set_topic(request: StaffRequest, contact_id: int) -> HttpResponse:
    contact = contact_of(request, contact_id)
    topic = get_object_or_404(Topic.objects.active(), code=request.POST.get("topic", ""))
    contacts.set_topic(contact=contact, topic=topic, by=request.user)
    return again(request, contact)


@require_POST
@needs(permissions.ANSWER)
def close(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Wrap up: topic, outcome and note; the screen goes on to the next call."""
    contact = contact_of(request, contact_id)
    actions.wrap_up(
        contact=contact,
        outcome=request.POST.get("outcome", ""),
        note=_note(request),
        topic=Topic.objects.active().filter(code=request.POST.get("topic", "")).first(),
        seen=request.POST.get("seen"),
        call_back_at=moment_in(request.POST.get("call_back_at", "")),
        call_back_phone=request.POST.get("call_back_phone", "").strip()[:40],
        by=request.user,
    )
    return on(request, contact)


@require_POST
@needs(permissions.ANSWER)
def open_ticket(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Hand the contact to a desk as a ticket, in one step. What the desk misses is asked for; nothing typed is lost."""
    contact = contact_of(request, contact_id)
    said = {name: request.POST.get(name, "").strip() for name in ("desk", "subject")}
    note = _note(request)
    is_warm = "warm" in request.POST
    topic = contact.topic or Topic.objects.active().filter(code=request.POST.get("topic", "")).first()
    asked = boxes(request, said["desk"], topic)
    values, wrong = values_of(asked, typed(request), request.user)
    values |= learned(contact, asked, values)
    try:
        if wrong:
            raise tickets.FieldErrors("", fields=wrong)
        actions.pass_on(
            contact=contact, topic=topic, is_warm=is_warm, values=values, note=note, by=request.user, **said
        )
    except (tickets.MissingFields, tickets.FieldErrors) as error:
        return _ask(request, contact_id, topic, error, said | {"note": contact.note if note is None else note})
    return again(request, contact) if is_warm else on(request, contact)


def _ask(
    request: StaffRequest, contact_id: int, topic: Topic | None, error: DomainError, said: dict[str, str]
) -> HttpResponse:
    shown = boxes(request, said["desk"], topic, errors=dict(error.fields))
    more = {"boxes": shown, "is_asked": True, "typed": {**said, "warm": "warm" in request.POST}, "status": 422}
    return again(request, contact_of(request, contact_id), **more)


@require_POST
@needs(permissions.ANSWER)
def let_go(request: StaffRequest, contact_id: int) -> HttpResponse:
    """The caller is with the desk now."""
    contact = contact_of(request, contact_id)
    actions.let_go(contact=contact, note=_note(request), by=request.user)
    return on(request, contact)


@require_POST
@needs(permissions.ANSWER)
def hand_again(request: StaffRequest, contact_id: int) -> HttpResponse:
    """A desk gave the caller's ticket back: it goes there again with what is new."""
    contact = contact_of(request, contact_id)
    own = Ticket.objects.visible_to(request.user).filter(contact=contact)
    ticket = get_object_or_404(own, number=request.POST.get("ticket", ""))
    desk, reason = request.POST.get("desk", ""), request.POST.get("reason", "").strip()
    tickets.hand_over(ticket=ticket, to=desk, by=request.user, reason=reason)
    return again(request, contact)


@require_POST
@needs(permissions.ANSWER)
def tell_incident(request: StaffRequest, contact_id: int) -> HttpResponse:
    """The caller was told about the incident: attach the contact to it and be done. A suspicion is told to nobody."""
    contact = contact_of(request, contact_id)
    incident = get_object_or_404(
        Incident.objects.visible_to(request.user).open(), pk=number(request.POST.get("incident", ""))
    )
    actions.tell_of_incident(
        contact=contact,
        incident=incident,
        note=_note(request),
        wants_word="wants_word" in request.POST,
        by=request.user,
    )
    return on(request, contact)


@require_POST
@needs(permissions.ANSWER)
def set_apart(request: StaffRequest, contact_id: int) -> HttpResponse:
    """The contact is not about the incident that it was attached to."""
    contact = contact_of(request, contact_id)
    actions.set_apart(contact=contact, by=request.user)
    return again(request, contact)


def _note(request: StaffRequest) -> str | None:
    """The note as it stands on the screen; None where the request brings none."""
    return request.POST["note"].strip() if "note" in request.POST else None
