from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.search import providers
from staff.access import StaffRequest, may, needs
from tickets import permissions, search
from tickets.models import Ticket

EACH = 5  # hits of a kind
LEAST = 2


@require_safe
@needs(permissions.READ)
def find(request: StaffRequest) -> HttpResponse:
    """What the search box shows under what is typed, by kind. A ticket's number comes first."""
    text = " ".join(request.GET.get("q", "").split())[: search.LONGEST]
    least = search.LEAST_OUTSOURCED if request.user.is_outsourced else LEAST
    exact = search.exactly(text)
    if exact and not Ticket.objects.visible_to(request.user).filter(pk=exact.pk).exists():
        exact = None
    asked = [one for one in providers() if may(request.user, one.permission)] if len(text) >= least else []
    found = [(one, hits) for one in asked if (hits := one.find(request.user, text, EACH))]
    context = {"text": text, "exact": exact, "found": found, "is_short": len(text) < least, "least": least}
    return render(request, "tickets/_found.html", context)
