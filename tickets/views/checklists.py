from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from common.errors import into_form
from staff.access import StaffRequest, needs
from staff.listed import Listed, listed
from tickets import actions, permissions
from tickets.checklist import checklist
from tickets.forms_settings import ChecklistForm
from tickets.models import ChecklistItem, ChecklistTemplate, Ticket
from tickets.views.common import ticket_of

PART = "tickets/_checklist.html"


def _again(request: StaffRequest, shown: Ticket, focus: str = "") -> HttpResponse:
    if not request.htmx:
        return redirect("tickets:ticket", number=shown.number)
    return render(request, PART, {"ticket": shown, "checklist": checklist(shown), "focus": focus})


@require_POST
@needs(permissions.WORK)
def add_to_checklist(request: StaffRequest, number: str) -> HttpResponse:
    shown = ticket_of(request, number)
    actions.add_step_to(ticket=shown, text=request.POST.get("text", ""), by=request.user)
    return _again(request, shown, "new")


@require_POST
@needs(permissions.WORK)
def check_step(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Tick a step off (`done=1`) or take the tick away (`done=0`): said, not toggled, so that a repeat does no harm."""
    shown = ticket_of(request, number)
    item = get_object_or_404(ChecklistItem, ticket=shown, pk=pk)
    actions.check_step(item=item, done=request.POST.get("done") != "0", by=request.user)
    return _again(request, shown, str(pk))


@require_POST
@needs(permissions.WORK)
def remove_step(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    shown = ticket_of(request, number)
    actions.remove_step_of(item=get_object_or_404(ChecklistItem, ticket=shown, pk=pk), by=request.user)
    return _again(request, shown, "new")


@needs(permissions.CONFIGURE)
def checklists_settings(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Templates of checklists, and a form for one or for a new one."""
    chosen = get_object_or_404(ChecklistTemplate, pk=pk) if pk else None
    page = Listed(
        template="tickets/settings/checklists.html",
        form=ChecklistForm(request.POST or None, instance=chosen),
        chosen=chosen,
        rows=ChecklistTemplate.objects.order_by("-is_active", "title"),
        url_name="tickets:checklist_settings",
        write=lambda data: actions.save_checklist(by=request.user, template=chosen, **data),
    )
    return listed(request, page, into_form)
