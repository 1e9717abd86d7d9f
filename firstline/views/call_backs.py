"""People who are to be called: the list, and what became of each."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from common import clock
from common.http import go, render_page
from firstline import actions, permissions, queries
from firstline.models import CallBack
from firstline.views.moments import moment_in
from staff.access import StaffRequest, needs

PAGE = "firstline/call_backs.html"
SHOWN, DONE = 200, 20


@needs(permissions.CALL_BACK)
def call_backs(request: StaffRequest) -> HttpResponse:
    """Who is to be called, the most urgent first; below, what was finished today."""
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    done = CallBack.objects.visible_to(request.user).filter(done_at__gte=midnight)
    waiting = list(queries.call_backs(request.user)[:SHOWN])
    context: dict[str, Any] = {
        "call_backs": waiting,
        # Whose rows the keys belong to: my first one, and the first that is nobody's.
        "own": next((one.pk for one in waiting if one.owner_id == request.user.pk), None),
        "free": next((one.pk for one in waiting if one.owner_id is None), None),
        "done": done.select_related("subscriber", "done_by").order_by("-done_at", "-pk")[:DONE],
        "now": clock.now(),
    }
    return render_page(request, PAGE, context, parts=("rows",))


def _after(request: StaffRequest) -> HttpResponse:
    if not request.htmx:
        return redirect("firstline:call_backs")
    request.GET = request.GET.copy()
    request.GET["part"] = "rows"
    return call_backs(request)


def _deed(deed: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
    @require_POST
    @needs(permissions.CALL_BACK)
    def view(request: StaffRequest, pk: int) -> HttpResponse:
        one = get_object_or_404(CallBack.objects.visible_to(request.user), pk=pk)
        deed(request, one)
        return _after(request)

    return view


def _finish(request: HttpRequest, one: CallBack) -> None:
    actions.finish(call_back=one, result=request.POST.get("result", ""), by=request.user)  # type: ignore[arg-type]


def _put_off(request: HttpRequest, one: CallBack) -> None:
    at = moment_in(request.POST.get("due_at", ""))
    actions.put_off(call_back=one, due_at=at, by=request.user)  # type: ignore[arg-type]


@require_POST
@needs(permissions.CALL_BACK)
def reached(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody answered: on to the call screen, where the conversation gets its topic and its outcome."""
    one = get_object_or_404(CallBack.objects.visible_to(request.user), pk=pk)
    talk = actions.begin_talk(call_back=one, by=request.user)
    return go(request, reverse("firstline:contact", args=[talk.pk]))


take = _deed(lambda request, one: actions.take_call_back(call_back=one, by=request.user))
release = _deed(lambda request, one: actions.release_call_back(call_back=one, by=request.user))
nobody = _deed(lambda request, one: actions.nobody_answered(call_back=one, by=request.user))
finish = _deed(_finish)
put_off = _deed(_put_off)
