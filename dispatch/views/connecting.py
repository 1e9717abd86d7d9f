"""A connection request beside the call, and on the ticket that was made of it."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from contacts.models import Contact
from customers.shield import public_words
from dispatch import actions, connecting, connection_queries, permissions
from dispatch.models import ConnectionRequest, HouseVote, RequestState, Wants
from network.models import Building
from staff.access import StaffRequest, may, needs
from tickets.models import Ticket

PAGE = "dispatch/connect.html"
GROUP = "connection"
LEAST_LETTERS = 4
TYPED = ("address", "flat", "name", "phone", "wants", "tariff")


# Her own typing comes back as it was; what others typed goes through `shielded`.
@public_words
@require_http_methods(["GET", "POST"])
@needs(permissions.CONNECT)
def connect_contact(request: StaffRequest, contact_id: int) -> HttpResponse:
    """GET shows it; POST with `do=look` judges another address, with `do=ask` takes the request.

    A look is a POST too: names and numbers do not belong into an address.
    """
    rows = Contact.objects.visible_to(request.user).select_related("building__street", "topic__group")
    contact = get_object_or_404(rows, pk=contact_id)
    if request.method == "POST" and request.POST.get("do") == "ask":
        return _ask(request, contact)
    done = connection_queries.of_contact(contact.pk)
    is_open = "open" in request.GET or request.method == "POST"
    is_about = contact.topic is not None and contact.topic.group.code == GROUP
    if done is None and not is_open and not is_about:
        return render(request, PAGE, {"contact": contact, "is_closed": True})
    return _shown(request, contact, done=done)


def _shown(
    request: StaffRequest,
    contact: Contact,
    *,
    done: ConnectionRequest | None = None,
    vote: HouseVote | None = None,
    error: DomainError | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"contact": contact, "done": done, "vote": vote, "error": error, "wants": Wants.choices}
    if done is None and vote is None:
        context |= _judged(request, contact)
    return render(request, PAGE, context, status=422 if error else 200)


def _judged(request: StaffRequest, contact: Contact) -> dict[str, Any]:
    """The address that is meant, its verdict, and the windows of a green one."""
    typed = {name: request.POST.get(name, "").strip()[:200] for name in TYPED}
    building = _building(request, contact)
    found = []
    if building is None and len(typed["address"]) >= LEAST_LETTERS:
        found = list(Building.objects.visible_to(request.user).search(typed["address"]).select_related("street")[:6])
    context: dict[str, Any] = {"typed": typed, "building": building, "found": found}
    if building is not None:
        typed["address"] = ""
    if building is not None or (len(typed["address"]) >= LEAST_LETTERS and not found):
        verdict = connecting.judge(building=building, address=typed["address"])
        context |= {"verdict": verdict, "why": connecting.words(verdict)}
        if verdict.state == "green":
            context["windows"] = connecting.windows()
            context["start"] = request.POST.get("start", "")
    return context


def _building(request: StaffRequest, contact: Contact) -> Building | None:
    """A house just chosen, else the one that stood there unless something else was typed, else the caller's."""
    said = request.POST
    if request.method != "POST":
        return contact.building
    chosen = said.get("pick") or ("" if said.get("address", "").strip() else said.get("building", ""))
    if not chosen.isdecimal() or len(chosen) > 18:
        return None
    return Building.objects.visible_to(request.user).select_related("street").filter(pk=int(chosen)).first()


def _start(said: QueryDict) -> datetime | None:
    try:
        start = parse_datetime(said.get("start", ""))
    except ValueError:
        start = None
    if said.get("start") and (start is None or start.tzinfo is None):
        raise actions.Unclear(_("Choose a window."))
    return start


def _ask(request: StaffRequest, contact: Contact) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in TYPED}
    said["wants"] = said["wants"] or Wants.INTERNET
    try:
        start, building = _start(request.POST), _building(request, contact)
        made = actions.ask_connection(contact=contact, building=building, start=start, by=request.user, **said)
    except DomainError as error:
        return _shown(request, contact, error=error)  # with fresh windows and all that was typed
    if not request.htmx:
        return redirect("firstline:contact", contact_id=contact.pk)
    if isinstance(made, HouseVote):
        return _shown(request, contact, vote=made)
    reply = _shown(request, contact, done=connection_queries.of_contact(contact.pk))
    reply["HX-Trigger"] = "contact-changed"
    return reply


@require_http_methods(["GET", "POST"])
@needs(permissions.BOOK)
def connect_ticket(request: StaffRequest, number: str) -> HttpResponse:
    """Who wants to be connected and what comes next: the engineer's word, or a window."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), number=number)
    rows = ConnectionRequest.objects.visible_to(request.user).select_related("building__street", "ticket", "visit")
    asked = rows.filter(ticket=ticket).first()
    if asked is None:
        return HttpResponse("")
    error = None
    if request.method == "POST":
        try:
            _deed(request, asked)
        except DomainError as refusal:
            error = refusal
        if not request.htmx and error is None:
            return redirect("tickets:ticket", number=number)
        asked = rows.get(pk=asked.pk)
    needs_window = asked.state in {RequestState.NEW, RequestState.OFFERED}
    context = {
        "ticket": ticket,
        "asked": asked,
        "error": error,
        "reason": request.POST.get("reason", "") if error else "",
        "may_check": may(request.user, permissions.CHECK_CONNECTION) and asked.state == RequestState.CHECKING,
        "windows": connecting.windows() if needs_window and asked.building_id else [],
        "needs_window": needs_window,
        "house": request.POST.get("house", "") if error else asked.address,
    }
    return render(request, "dispatch/connection_of_ticket.html", context, status=422 if error else 200)


def _deed(request: StaffRequest, asked: ConnectionRequest) -> None:
    do, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    if do in {"yes", "no"} and may(request.user, permissions.CHECK_CONNECTION):
        actions.answer_check(request=asked, is_possible=do == "yes", reason=reason, by=request.user)
    elif do == "lose":
        actions.lose(request=asked, reason=reason, by=request.user)
    elif do == "house":
        found = list(Building.objects.visible_to(request.user).search(request.POST.get("house", "")[:80])[:2])
        if len(found) != 1:
            raise actions.Unclear(_("Which house? A few letters of the street and the number."))
        actions.set_house(request=asked, building=found[0], by=request.user)
    elif start := _start(request.POST):
        actions.choose_window(request=asked, start=start, by=request.user)
    else:
        raise actions.Unclear(_("Choose a window."))
