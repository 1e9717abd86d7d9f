"""A panel on the ticket page: its visits, and the windows that can really be promised."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dispatch import actions, permissions, queries, slots
from dispatch.models import Skill
from dispatch.views.board import WrongChoice
from staff.access import StaffRequest, needs
from tickets.models import Ticket


def _ticket(request: StaffRequest, number: str) -> Ticket:
    return get_object_or_404(Ticket.objects.visible_to(request.user).with_people(), number=number)


def _skill(request: StaffRequest) -> str:
    chosen = request.POST.get("skill") or request.GET.get("skill") or Skill.COPPER
    return chosen if chosen in Skill.values else Skill.COPPER


@needs(permissions.BOOK)
def slots_panel(request: StaffRequest, number: str) -> HttpResponse:
    ticket = _ticket(request, number)
    skill = _skill(request)
    context = {
        "ticket": ticket,
        "visits": queries.visits_of(ticket),
        "slots": slots.free_slots(skill=skill) if not ticket.is_resolved else [],
        "skill": skill,
        "skills": Skill,
    }
    return render(request, "dispatch/_slots.html", context)


@require_POST
@needs(permissions.BOOK)
def book(request: StaffRequest, number: str) -> HttpResponse:
    ticket = _ticket(request, number)
    start = parse_datetime(request.POST.get("start", "") or "")
    if start is None or start.tzinfo is None:
        raise WrongChoice(_("Choose a window."))
    actions.book(ticket=ticket, start=start, skill=_skill(request), by=request.user)
    return slots_panel(request, number) if request.htmx else redirect("tickets:ticket", number=number)
