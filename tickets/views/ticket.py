from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.errors import into_form
from common.http import go, render_page
from common.panels import panels
from customers.shield import HiddenNumbers
from staff.access import StaffRequest, may, needs
from tickets import actions, permissions, queries
from tickets.checklist import checklist
from tickets.composer import composer
from tickets.field_boxes import boxes
from tickets.forms import EditForm
from tickets.forms_relations import KINDS
from tickets.models import Ticket
from tickets.relations import relations
from tickets.timeline import timeline
from tickets.views.common import number_in, ticket_of

PAGE = "tickets/ticket.html"


@needs(permissions.READ)
def ticket(request: StaffRequest, number: str) -> HttpResponse:
    """One ticket: what it is about, its timeline, what can be done now, and what other desks add to it."""
    shown = ticket_of(request, number, steps=True)
    talk = timeline(shown, request.user, whole="whole" in request.GET)
    context: dict[str, Any] = {
        "ticket": shown,
        "timeline": talk,
        "composer": composer(shown, talk),
        "clocks": queries.clocks(shown),
        "bound": relations(shown, request.user),
        "boxes": boxes(shown, request.user),
        "checklist": checklist(shown),
        "link_kinds": KINDS,
        **vars(queries.deeds(shown, request.user)),
        "panels": [panel for panel in panels("ticket") if may(request.user, panel.permission)],
        "guides": [panel for panel in panels("ticket-work") if may(request.user, panel.permission)],
        "now": clock.now(),
    }
    return render_page(request, PAGE, context, parts=("ticket",))


def again(request: StaffRequest, number: str) -> HttpResponse:
    """The page after a deed: its fragment for htmx, a redirect for a plain browser."""
    if not request.htmx:
        return redirect("tickets:ticket", number=number)
    request.GET = request.GET.copy()
    request.GET["part"] = "ticket"
    return ticket(request, number)


@require_POST
@needs(permissions.WORK)
def take(request: StaffRequest, number: str) -> HttpResponse:
    actions.take(ticket=ticket_of(request, number), by=request.user)
    return again(request, number)


@require_POST
@needs(permissions.WORK)
def take_over(request: StaffRequest, number: str) -> HttpResponse:
    actions.take_over(ticket=ticket_of(request, number), by=request.user, reason=request.POST.get("reason", ""))
    return again(request, number)


@require_safe
@needs(permissions.WORK)
def colleagues(request: StaffRequest, number: str) -> HttpResponse:
    """Whom the ticket can be given to: options of a list that is asked for when it is opened."""
    shown = ticket_of(request, number)
    people = queries.workers(shown.desk).exclude(pk=shown.assignee_id or 0)
    return render(request, "tickets/_colleagues.html", {"colleagues": people})


@require_POST
@needs(permissions.WORK)
def give(request: StaffRequest, number: str) -> HttpResponse:
    shown = ticket_of(request, number)
    chosen = request.POST.get("assignee", "")
    to = get_object_or_404(queries.workers(shown.desk), pk=int(chosen) if chosen.isdecimal() else 0)
    actions.give(ticket=shown, to=to, by=request.user, reason=request.POST.get("reason", ""))
    return again(request, number)


@require_POST
@needs(permissions.WORK)
def release(request: StaffRequest, number: str) -> HttpResponse:
    actions.release(ticket=ticket_of(request, number), by=request.user, reason=request.POST.get("reason", ""))
    return again(request, number)


@require_POST
@needs(permissions.WORK)
def hand_over(request: StaffRequest, number: str) -> HttpResponse:
    """Move it to another desk. Whoever may not see that desk's tickets goes back to his board."""
    moved = actions.hand_over(
        ticket=ticket_of(request, number),
        to=request.POST.get("desk", ""),
        reason=request.POST.get("reason", "").strip(),
        by=request.user,
    )
    if not Ticket.objects.visible_to(request.user).filter(pk=moved.pk).exists():
        return go(request, reverse("tickets:board"))
    return again(request, number)


@require_POST
@needs(permissions.WORK)
def move(request: StaffRequest, number: str) -> HttpResponse:
    """Change the state; `until`, local time, comes with postponing. What is no time is refused by the action."""
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        until = None
    if until is not None and is_naive(until):
        until = make_aware(until)
    actions.set_status(
        ticket=ticket_of(request, number),
        status=request.POST.get("status", ""),
        until=until,
        reason=request.POST.get("reason", ""),
        by=request.user,
    )
    return again(request, number)


@require_http_methods(["GET", "POST"])
@needs(permissions.WORK)
def edit(request: StaffRequest, number: str) -> HttpResponse:
    """What it is about and whose it is. A wrong field is said beside it, and nothing typed is lost."""
    shown = ticket_of(request, number)
    form = EditForm(request.POST or None, ticket=shown, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(ticket=shown, by=request.user, **form.changes())
        except HiddenNumbers as error:
            into_form(form, error)
        else:
            return redirect("tickets:ticket", number=number)
    context = {"ticket": shown, "form": form}
    return render(request, "tickets/edit.html", context, status=422 if form.errors else 200)


@require_POST
@needs(permissions.WORK)
def resolve(request: StaffRequest, number: str) -> HttpResponse:
    actions.resolve(
        ticket=ticket_of(request, number),
        text=request.POST.get("text", ""),
        code=request.POST.get("code", ""),
        seen=number_in(request.POST, "seen") if "seen" in request.POST else None,
        by=request.user,
    )
    return again(request, number)


@require_POST
@needs(permissions.WORK)
def reopen(request: StaffRequest, number: str) -> HttpResponse:
    actions.reopen(ticket=ticket_of(request, number), by=request.user, reason=request.POST.get("text", ""))
    return again(request, number)


@require_POST
@needs(permissions.WORK)
def open_again(request: StaffRequest, number: str) -> HttpResponse:
    """A new ticket that continues this resolved one, where the desk's rule keeps the old one closed."""
    new = actions.open_again(ticket=ticket_of(request, number), by=request.user, reason=request.POST.get("text", ""))
    return go(request, reverse("tickets:ticket", args=[new.number]))
