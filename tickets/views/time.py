from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from staff.access import StaffRequest, needs
from tickets import actions, permissions, queries
from tickets.forms_relations import TimeForm
from tickets.models import Ticket, TimeEntry
from tickets.views.common import ticket_of

PART = "tickets/_time.html"


@require_safe
@needs(permissions.READ)
def time(request: StaffRequest, number: str) -> HttpResponse:
    """Who worked on it and how long; a form for minutes that no page noticed."""
    return _time(request, ticket_of(request, number))


def _time(request: StaffRequest, shown: Ticket, form: TimeForm | None = None) -> HttpResponse:
    context = {
        "ticket": shown,
        "spent": queries.time_spent(shown),
        "entries": list(TimeEntry.objects.filter(ticket=shown).select_related("user", "taken_back_by")),
        "form": form or TimeForm(),
        "is_open": True,
    }
    return render(request, PART, context, status=422 if form else 200)


@require_POST
@needs(permissions.WORK)
def add_time(request: StaffRequest, number: str) -> HttpResponse:
    shown = ticket_of(request, number)
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _time(request, shown, form)
    actions.add_time(ticket=shown, by=request.user, **form.cleaned_data)
    return _time(request, shown)


@require_POST
@needs(permissions.WORK)
def take_back_time(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    shown = ticket_of(request, number)
    actions.take_back_time(entry=get_object_or_404(TimeEntry, ticket=shown, pk=pk), by=request.user)
    return _time(request, shown)
