from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from staff import actions
from staff.access import StaffRequest, needs_sign_in
from staff.models import Presence


@require_http_methods(["GET", "POST"])
@needs_sign_in
def presence(request: StaffRequest) -> HttpResponse:
    """The pill in the bar: what I am doing now, and the menu to change it."""
    if request.method == "POST":
        actions.set_presence(
            user=request.user,
            state=request.POST.get("state", ""),
            reason=request.POST.get("reason", ""),
            by=request.user,
        )
        if not request.htmx:
            return redirect("home")
    mine = Presence.objects.filter(user=request.user).first()
    return render(
        request,
        "staff/_presence.html",
        {"presence": mine or Presence(user=request.user), "states": Presence.State, "reasons": Presence.Reason},
    )
