"""Which houses can be connected: looked up by a few letters, said by support or dispatch."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from common.http import render_page
from dispatch import permissions
from network import actions as network
from network.models import Building, ConnectionState
from staff.access import StaffRequest, needs

SHOWN = 30


@require_http_methods(["GET", "POST"])
@needs(permissions.SET_HOUSES)
def connect_houses(request: StaffRequest) -> HttpResponse:
    """`?q=оранж 21` finds houses; without words, those that are not green."""
    said = request.POST if request.method == "POST" else request.GET
    words = said.get("q", "").strip()[:80]
    context: dict[str, Any] = {"q": words, "states": ConnectionState.choices}
    status = 200
    if request.method == "POST":
        pk = said.get("building", "")
        house = get_object_or_404(Building, pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0)
        try:
            network.set_connection(
                building=house, state=said.get("state", ""), reason=said.get("reason", ""), by=request.user
            )
        except DomainError as error:
            typed = {"building": house.pk, "state": said.get("state"), "reason": said.get("reason"), "text": error.text}
            context["error"], status = typed, 422
        else:
            return redirect(f"{reverse('dispatch:connect_houses')}?{urlencode({'q': words})}")
    rows = Building.objects.visible_to(request.user).select_related("street")
    found = rows.search(words) if words else rows.exclude(connection=ConnectionState.GREEN).by_address()
    context["houses"] = found[:SHOWN]
    return render_page(request, "dispatch/connect_houses.html", context, parts=("list",), status=status)
