"""The master's phone: today in order, the emergency on top, one big next step."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.errors import DomainError
from common.http import render_page
from dispatch import actions, permissions, queries
from dispatch.models import CAUSES_OF_FAILURE, Cause, Visit, VisitState
from staff.access import StaffRequest, needs

PAGE = "dispatch/today.html"
STEPS: dict[str, Callable[..., Visit]] = {
    "accept": actions.accept,
    "set_out": actions.set_out,
    "arrive": actions.arrive,
    "finish": actions.finish,
    "fail": actions.fail,
}
ENDING = ("finish", "fail")


class NoSuchStep(DomainError):
    code = "no_such_step"
    status = 422


@needs(permissions.WORK)
def today(request: StaffRequest) -> HttpResponse:
    visits = list(queries.today_of(request.user))
    pending = [visit for visit in visits if not visit.is_ended]
    loud = [v for v in pending if v.kind == "immediate" and v.accepted_at is None]
    under_way = next((v for v in pending if v.state in (VisitState.EN_ROUTE, VisitState.ON_SITE)), None)
    context = {
        "loud": loud,
        "under_way": under_way,
        "next": next((v for v in pending if v not in loud), None),
        "pending": sorted(pending, key=lambda v: (v not in loud, v != under_way)),
        "total": len(visits),
        "ended": [visit for visit in visits if visit.is_ended],
        "causes_done": [cause for cause in Cause if cause not in CAUSES_OF_FAILURE],
        "causes_failed": [cause for cause in Cause if cause in CAUSES_OF_FAILURE],
    }
    return render_page(request, PAGE, context, parts=("visits",))


@require_POST
@needs(permissions.WORK)
def step(request: StaffRequest, visit_id: int, name: str) -> HttpResponse:
    """One step of the master's work on a visit of his own."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user), pk=visit_id)
    if name not in STEPS:
        raise NoSuchStep(_("There is no such step."))
    words = {"cause": request.POST.get("cause", ""), "report": request.POST.get("report", "")} if name in ENDING else {}
    STEPS[name](visit=visit, by=request.user, **words)
    if not request.htmx:
        return redirect("dispatch:today")
    request.GET = request.GET.copy()
    request.GET["part"] = "visits"
    return today(request)
