from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import DomainError, into_form
from staff.access import StaffRequest, needs
from staff.models import Desk
from tickets import actions, permissions
from tickets.forms import PolicyForm
from tickets.models import TICKET_DESKS, DeskPolicy

SHOWN = 20


@needs(permissions.CONFIGURE)
def policies(request: StaffRequest) -> HttpResponse:
    """How the desks work: starts at the first of them."""
    return redirect("tickets:policy", desk=TICKET_DESKS[0])


@require_http_methods(["GET", "POST"])
@needs(permissions.CONFIGURE)
def policy(request: StaffRequest, desk: str) -> HttpResponse:
    """One desk's rules, and who changed them."""
    if desk not in TICKET_DESKS:
        raise Http404
    chosen = DeskPolicy.of(desk)
    form = PolicyForm(request.POST or None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_policy(desk=desk, by=request.user, **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("tickets:policy", desk=desk)
    context = {
        "form": form,
        "desks": [Desk(one) for one in TICKET_DESKS],
        "desk": Desk(desk),
        "matrix": form.matrix(),
        "events": chosen.history.select_related("by_user").order_by("-at", "-pk")[:SHOWN],
    }
    return render(request, "tickets/settings/policies.html", context, status=422 if form.errors else 200)
