"""The call screen: who calls, what is known, what to say, and how it ended."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.http import go, render_page
from common.panels import panels
from contacts import actions as contacts
from contacts.models import Contact, Topic
from customers.models import Subscriber
from firstline import actions, permissions, queries
from firstline.views.moments import moment_in
from incidents.models import Incident
from network.models import Building
from staff.access import StaffRequest, may, needs

PAGE = "firstline/calls.html"
LEAST_LETTERS = 3


@needs(permissions.ANSWER)
def calls(request: StaffRequest, contact_id: int | None = None) -> HttpResponse:
    """The screen, or one of its regions: the queue on the left, the contact in the middle and on the right."""
    return _page(request, _contact(request, contact_id) if contact_id else queries.current(request.user))


def _page(request: StaffRequest, contact: Contact | None) -> HttpResponse:
    context: dict[str, Any] = {
        "queue": queries.queue(request.user),
        "unfinished": queries.unfinished(request.user),
        "contact": contact,
        "topics": Topic.objects.all(),
        "outcomes": [(outcome.value, outcome.label) for outcome in actions.BY_HAND],
        "desks": actions.DESKS,
        "call_backs": list(queries.call_backs(request.user)[:6]),
        "by_hand_key": uuid4().hex,
        "panels": [one for one in panels("caller") if may(request.user, one.permission)],
        "may_open": may(request.user, permissions.OPEN_CARD),
    }
    if contact is not None:
        contact = _contact(request, contact.pk)
        context |= {
            "contact": contact,
            "others": [call for call in queries.mine(request.user) if call.contact_id != contact.pk][:2],
            "call": queries.call_of(contact),
            "person": queries.person(
                contact, request.user, flat=_sought(request, "flat"), sought=_sought(request, "house")
            ),
            **_found(request),
        }
    return render_page(request, PAGE, context, parts=("queue", "contact"))


def _sought(request: StaffRequest, name: str) -> str:
    return request.GET.get(name, "").strip()[:80]


def _found(request: StaffRequest) -> dict[str, Any]:
    """What the finder of an unknown number shows: houses by a few letters, one person by the whole account."""
    text = _sought(request, "house")
    if len(text) < LEAST_LETTERS:
        return {}
    people = Subscriber.objects.visible_to(request.user).with_address().filter(account=text)[:1]
    return {"people": people, "found": Building.objects.visible_to(request.user).search(text)[:8]}


def _contact(request: StaffRequest, contact_id: int) -> Contact:
    return get_object_or_404(queries.by_id(request.user, contact_id), pk=contact_id)


def _again(request: StaffRequest, contact: Contact) -> HttpResponse:
    """After an action: the contact's region for htmx, the screen for a plain browser."""
    if not request.htmx:
        return redirect("firstline:contact", contact_id=contact.pk)
    request.GET = request.GET.copy()
    request.GET["part"] = "contact"
    return _page(request, contact)


def _on(request: StaffRequest) -> HttpResponse:
    """After an ending: to the call or contact that is next."""
    return go(request, reverse("firstline:calls"))


@needs(permissions.ANSWER)
def bar(request: StaffRequest) -> HttpResponse:
    """The call bar of every other page: what I talk on, and what rings at my place."""
    return render(request, "firstline/_bar.html", {"calls": queries.mine(request.user)})


@require_POST
@needs(permissions.ANSWER)
def by_hand(request: StaffRequest) -> HttpResponse:
    """A call typed in by hand, when the exchange is away."""
    phone, key = request.POST.get("phone", ""), request.POST.get("key", "")[:40] or uuid4().hex
    contact = actions.note_call(phone=phone, key=key, by=request.user)
    return go(request, reverse("firstline:contact", args=[contact.pk]))


@require_POST
@needs(permissions.ANSWER)
def identify(request: StaffRequest, contact_id: int) -> HttpResponse:
    """This is who calls, or at least from which house."""
    contact = _contact(request, contact_id)
    people = Subscriber.objects.visible_to(request.user).with_address()
    if pk := request.POST.get("subscriber"):
        someone = get_object_or_404(people, pk=_number(pk))
        contact = contacts.identify(contact=contact, subscriber=someone, by=request.user)
        if request.POST.get("said") == someone.account:  # he was found by the whole account that he said
            actions.verify(contact=contact, said=someone.account, by=request.user)
    elif pk := request.POST.get("building"):
        building = get_object_or_404(Building.objects.visible_to(request.user), pk=_number(pk))
        contacts.identify(contact=contact, building=building, by=request.user)
    else:
        contacts.identify(contact=contact, by=request.user)
    return _again(request, contact)


@require_POST
@needs(permissions.ANSWER)
def verify(request: StaffRequest, contact_id: int) -> HttpResponse:
    """The caller said his account, or his flat and its last digits."""
    contact = _contact(request, contact_id)
    actions.verify(contact=contact, said=request.POST.get("said", "")[:60], by=request.user)
    return _again(request, contact)


@require_POST
@needs(permissions.OPEN_CARD)
def open_card(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Our own people may open a card without the caller's answers: the reason is logged."""
    contact = _contact(request, contact_id)
    actions.open_card(contact=contact, reason=request.POST.get("reason", ""), by=request.user)
    return _again(request, contact)


@require_POST
@needs(permissions.ANSWER)
def set_topic(request: StaffRequest, contact_id: int) -> HttpResponse:
    contact = _contact(request, contact_id)
    topic = get_object_or_404(Topic, code=request.POST.get("topic", ""))
    contacts.set_topic(contact=contact, topic=topic, by=request.user)
    return _again(request, contact)


@require_POST
@needs(permissions.ANSWER)
def close(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Wrap up: outcome and note; the screen goes on to the next call."""
    contact = _contact(request, contact_id)
    outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "").strip()
    at = moment_in(request.POST.get("call_back_at", ""))
    actions.wrap_up(contact=contact, outcome=outcome, note=note, by=request.user, call_back_at=at)
    return _on(request)


@require_POST
@needs(permissions.ANSWER)
def open_ticket(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Hand the contact to a desk as a ticket, in one step."""
    contact = _contact(request, contact_id)
    is_warm = "warm" in request.POST
    actions.pass_on(
        is_warm=is_warm,
        contact=contact,
        desk=request.POST.get("desk", ""),
        subject=request.POST.get("subject", ""),
        note=request.POST.get("note", "").strip(),
        by=request.user,
    )
    return _again(request, contact) if is_warm else _on(request)


@require_POST
@needs(permissions.ANSWER)
def let_go(request: StaffRequest, contact_id: int) -> HttpResponse:
    """The caller is with the desk now."""
    actions.let_go(contact=_contact(request, contact_id), note=request.POST.get("note", "").strip(), by=request.user)
    return _on(request)


@require_POST
@needs(permissions.ANSWER)
def tell_incident(request: StaffRequest, contact_id: int) -> HttpResponse:
    """The caller was told about the incident: attach the contact to it and be done."""
    contact = _contact(request, contact_id)
    incident = get_object_or_404(
        Incident.objects.visible_to(request.user).active(), pk=_number(request.POST.get("incident", ""))
    )
    actions.tell_of_incident(contact=contact, incident=incident, by=request.user)
    return _on(request)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
