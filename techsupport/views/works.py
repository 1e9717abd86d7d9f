"""Planned works: announced here, told everywhere, quiet for the detector."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from common import clock
from common.errors import DomainError, into_form
from common.http import render_page
from incidents import actions
from incidents.models import PlannedWorks
from staff.access import StaffRequest, may, needs
from techsupport import permissions
from techsupport.forms import WorksForm

PAGE = "techsupport/works.html"


def _page(request: StaffRequest, form: WorksForm) -> HttpResponse:
    planned = (
        PlannedWorks.objects.select_related("node", "announced_by")
        .prefetch_related("buildings__street")
        .order_by("-starts_at")
    )
    context = {
        "works": planned[:100],
        "now": clock.now(),
        "form": form,
        "may_care": may(request.user, permissions.CARE),
    }
    return render_page(request, PAGE, context, parts=("works",), status=422 if form.errors else 200)


@needs(permissions.SEE)
def works(request: StaffRequest) -> HttpResponse:
    return _page(request, WorksForm())


@require_POST
@needs(permissions.CARE)
def announce(request: StaffRequest) -> HttpResponse:
    form = WorksForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    data = form.cleaned_data
    try:
        actions.announce_works(
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            text=data["text"],
            node=data["node"],
            buildings=data["houses"],
            by=request.user,
        )
    except DomainError as refusal:
        into_form(form, refusal)
        return _page(request, form)
    return redirect("techsupport:works")


@require_POST
@needs(permissions.CARE)
def cancel_works(request: StaffRequest, works_id: int) -> HttpResponse:
    actions.cancel_works(works=get_object_or_404(PlannedWorks, pk=works_id), by=request.user)
    return redirect("techsupport:works")
