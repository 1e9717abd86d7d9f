"""A script beside the call, and on the ticket that was made of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from contacts.models import Contact
from customers.shield import public_words
from guidance import actions, permissions, queries
from guidance.models import CalmingPhrase, Script, Walk
from staff.access import StaffRequest, may, needs
from tickets.models import Ticket

PAGE = "guidance/panel.html"


def _contact(request: StaffRequest, contact_id: int) -> Contact:
    rows = Contact.objects.visible_to(request.user).select_related("topic", "subscriber", "building__node")
    return get_object_or_404(rows, pk=contact_id)


def _ticket(request: StaffRequest, number: str) -> Ticket:
    rows = Ticket.objects.visible_to(request.user).select_related("topic", "subscriber", "building__node")
    return get_object_or_404(rows, number=number)


@public_words
@require_safe
@needs(permissions.READ)
def of_contact(request: StaffRequest, contact_id: int) -> HttpResponse:
    """What is asked in this contact: the script under way, else those that its topic has; and phrases that calm."""
    return _on_contact(request, _contact(request, contact_id))


def _on_contact(request: StaffRequest, contact: Contact) -> HttpResponse:
    walks = queries.walks_of(request.user, contact=contact)
    context: dict[str, Any] = {
        "contact": contact,
        "walks": queries.shown(walks),
        "offers": _others(contact.topic, walks) if contact.topic else [],
        "phrases": CalmingPhrase.objects.filter(is_active=True),
        "may_walk": may(request.user, permissions.WALK),
    }
    reply = render(request, PAGE, context)
    if request.method == "POST" and walks and walks[0].leaf in queries.OUTCOMES:
        reply["HX-Trigger"] = "contact-changed"  # the wrap-up has something to offer now
    return reply


@public_words
@require_safe
@needs(permissions.READ)
def of_ticket(request: StaffRequest, number: str) -> HttpResponse:
    """What was asked before the ticket came here, and where to go on."""
    return _on_ticket(request, _ticket(request, number))


def _on_ticket(request: StaffRequest, ticket: Ticket) -> HttpResponse:
    walks = queries.walks_of(request.user, ticket=ticket)
    works = may(request.user, permissions.WALK) and not ticket.is_resolved
    context: dict[str, Any] = {
        "ticket": ticket,
        "walks": queries.shown(walks),
        "offers": _others(ticket.topic, walks) if works and ticket.topic else [],
        "may_walk": works,
    }
    return render(request, PAGE, context)


def _others(topic: Any, walks: list[Walk]) -> list[Script]:
    known = {walk.script_id for walk in walks}
    return [one for one in queries.scripts_for(topic)[:5] if one.pk not in known]


@public_words
@require_POST
@needs(permissions.WALK)
def begin_on_contact(request: StaffRequest, contact_id: int) -> HttpResponse:
    contact = _contact(request, contact_id)
    actions.begin(script=_script(request), contact=contact, by=request.user)
    return _again(request, contact=contact)


@public_words
@require_POST
@needs(permissions.WALK)
def begin_on_ticket(request: StaffRequest, number: str) -> HttpResponse:
    ticket = _ticket(request, number)
    script = _script(request)
    if ticket.contact is None:
        actions.begin(script=script, ticket=ticket, by=request.user)
    else:
        actions.begin(script=script, contact=ticket.contact, by=request.user)
    return _again(request, ticket=ticket)


def _script(request: StaffRequest) -> Script:
    return get_object_or_404(Script.objects.published().select_related("published"), pk=_number(request, "script"))


def _number(request: StaffRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _walk(request: StaffRequest, pk: int) -> Walk:
    return get_object_or_404(Walk.objects.visible_to(request.user), pk=pk)


@public_words
@require_POST
@needs(permissions.WALK)
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    walk = _walk(request, pk)
    node, key = request.POST.get("node", ""), request.POST.get("answer", "")
    actions.answer(walk=walk, node=node, key=key, words=request.POST.get("words", ""), by=request.user)
    return _home(request, walk)


@public_words
@require_POST
@needs(permissions.WALK)
def back(request: StaffRequest, pk: int) -> HttpResponse:
    walk = _walk(request, pk)
    actions.take_back(walk=walk, by=request.user)
    return _home(request, walk)


@public_words
@require_POST
@needs(permissions.WALK)
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    walk = _walk(request, pk)
    actions.resume(walk=walk, by=request.user)
    return _home(request, walk)


def _home(request: StaffRequest, walk: Walk) -> HttpResponse:
    """Back to where the button was pressed: the ticket that the page names, else the contact."""
    if number := request.POST.get("ticket", ""):
        return _again(request, ticket=_ticket(request, number))
    if walk.contact_id is None:
        assert walk.ticket is not None
        return _again(request, ticket=_ticket(request, walk.ticket.number))
    return _again(request, contact=_contact(request, walk.contact_id))


def _again(request: StaffRequest, *, contact: Contact | None = None, ticket: Ticket | None = None) -> HttpResponse:
    if ticket is not None:
        return _on_ticket(request, ticket) if request.htmx else redirect("tickets:ticket", number=ticket.number)
    assert contact is not None
    return _on_contact(request, contact) if request.htmx else redirect("firstline:contact", contact_id=contact.pk)
