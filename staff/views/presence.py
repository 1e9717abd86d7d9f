from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from staff import actions
from staff.access import StaffRequest, needs_sign_in


@require_http_methods(["GET", "POST"])
@needs_sign_in
def presence(request: StaffRequest) -> HttpResponse:
    """The pill in the bar: what I am doing now, and the menu to change it. A break comes as `break:<reason>`."""
    if request.method == "POST":
        state, _, reason = request.POST.get("state", "").partition(":")
        actions.set_presence(
            user=request.user, state=state, reason=reason or request.POST.get("reason", ""), by=request.user
        )
        if not request.htmx:
            return redirect("home")
    return render(request, "staff/_presence.html")
