from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing import inbox, permissions
from billing.shown import shows
from common.http import go, render_page
from staff.access import StaffRequest, needs
from tickets import actions as tickets
from tickets.models import Ticket


@needs(permissions.READ)
def handed(request: StaffRequest) -> HttpResponse:
    """What other desks handed over, who waits longest first."""
    rows = inbox.handed(request.user)
    shows(request, *(one.subscriber.account for one in rows if one.subscriber))
    return render_page(request, "billing/handed.html", {"rows": rows}, parts=("list",))


def _ticket(request: StaffRequest, number: str) -> Ticket:
    return get_object_or_404(inbox.tickets(request.user), number=number)


@require_POST
@needs(permissions.POST)
def take(request: StaffRequest, number: str) -> HttpResponse:
    tickets.take(ticket=_ticket(request, number), by=request.user)
    return go(request, "/handed/")


@require_POST
@needs(permissions.POST)
def give_back(request: StaffRequest, number: str) -> HttpResponse:
    """Back to the desk that handed it over, and why."""
    ticket = _ticket(request, number)
    to = inbox.came_from(ticket)
    tickets.hand_over(ticket=ticket, to=to, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, _("Returned: the other desk reads why."))
    return go(request, "/handed/")
