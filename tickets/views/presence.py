from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from staff.access import StaffRequest, needs
from tickets import actions, permissions, queries
from tickets.models import Ticket


def _ticket(request: StaffRequest, number: str) -> Ticket:
    return get_object_or_404(Ticket.objects.visible_to(request.user).only("pk", "number"), number=number)


@require_http_methods(["GET", "POST"])
@needs(permissions.READ)
def presence(request: StaffRequest, number: str) -> HttpResponse:
    """Who else looks at the ticket or types. A page posts that it is still open, whether its person types,
    and whether he does anything at all (`active`)."""
    ticket = _ticket(request, number)
    if request.method == "POST":
        typing, is_active = request.POST.get("typing", ""), "active" in request.POST
        actions.see(ticket=ticket, by=request.user, typing=typing, active=is_active)
    viewers = queries.viewers(ticket, but=request.user)
    return render(request, "tickets/_viewers.html", {"ticket": ticket, "viewers": viewers})


@require_POST
@needs(permissions.READ)
def leave(request: StaffRequest, number: str) -> HttpResponse:
    """The page was closed."""
    actions.leave(ticket=_ticket(request, number), by=request.user)
    return HttpResponse(status=204)
