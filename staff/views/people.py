"""An administrator helps somebody who cannot sign in."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from staff import actions, permissions
from staff.access import StaffRequest, needs
from staff.forms import ResetForm
from staff.models import User

SHOWN = 20


@require_http_methods(["GET", "POST"])
@needs(permissions.MANAGE)
def reset_sign_in(request: StaffRequest, user_id: int) -> HttpResponse:
    """A new password, told once, or a lost second factor taken away; with what was done before."""
    person = get_object_or_404(User, pk=user_id)
    form = ResetForm(request.POST or None)
    is_done, password = False, None
    if request.method == "POST" and form.is_valid():
        password = actions.reset_sign_in(user=person, by=request.user, **form.cleaned_data)
        is_done = True
    context = {
        "person": person,
        "form": form,
        "is_done": is_done,
        "password": password,
        "events": person.history.select_related("by_user").order_by("-at", "-pk")[:SHOWN],
    }
    return render(request, "staff/reset_sign_in.html", context, status=422 if form.errors else 200)
