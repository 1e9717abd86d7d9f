"""The dispatcher's board: emergencies on top, masters by hours, what waits for a master at the left."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common import clock
from common.errors import DomainError
from common.http import render_page
from customers.models import Subscriber
from dispatch import actions, permissions, queries
from dispatch.models import Master, Visit
from incidents.models import Incident
from staff.access import StaffRequest, may, needs

PAGE = "dispatch/board.html"


class WrongChoice(DomainError):
    code = "wrong_choice"
    status = 422


@needs(permissions.READ_BOARD)
def board(request: StaffRequest) -> HttpResponse:
    """One day of the board: `?day=1` is tomorrow, `?visit=7` opens a visit, `?hours=24` shows the night too."""
    shift = _day(request.GET.get("day", "0"))
    now = clock.now()
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=shift)
    shown = queries.board(request.user, day=day)
    chosen = _chosen(request)
    is_whole_day = request.GET.get("hours") == "24" or shown.has_night(day, now)
    context = {
        "board": shown,
        "day": day,
        "shift": shift,
        "now": now,
        "chosen": chosen,
        "start": timezone.localtime(chosen.window.lower if chosen and chosen.window else _next_quarter(now)),
        "history": chosen.history.select_related("by_user").order_by("-at", "-pk")[:30] if chosen else [],
        "may_manage": may(request.user, permissions.MANAGE),
        "is_whole_day": is_whole_day,
        "hours": _hours(is_whole_day=is_whole_day),
    }
    return render_page(request, PAGE, context, parts=("board",))


def _chosen(request: StaffRequest) -> Visit | None:
    number = request.GET.get("visit", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    return Visit.objects.visible_to(request.user).with_place().filter(pk=int(number)).first()


def _next_quarter(at: datetime) -> datetime:
    past = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at - past + timedelta(minutes=15)


def _hours(*, is_whole_day: bool) -> list[dict[str, Any]]:
    """Marks of the board's axis, in quarters of an hour from midnight."""
    hours, step = (range(0, 24, 2), 2) if is_whole_day else (range(7, 23), 1)
    return [{"quarter": hour * 4, "until": (hour + step) * 4, "label": f"{hour:02}"} for hour in hours]


def _day(text: str) -> int:
    try:
        return max(-7, min(7, int(text)))
    except ValueError:
        return 0


def _visit(request: StaffRequest, visit_id: int) -> Visit:
    return get_object_or_404(Visit.objects.visible_to(request.user).with_place(), pk=visit_id)


def _again(request: StaffRequest) -> HttpResponse:
    if not request.htmx:
        return redirect("dispatch:board")
    request.GET = request.GET.copy()
    request.GET["part"] = "board"
    return board(request)


@require_POST
@needs(permissions.MANAGE)
def assign(request: StaffRequest, visit_id: int) -> HttpResponse:
    """Give a visit to a master from a moment on."""
    master_id = request.POST.get("master", "")
    start = parse_datetime(request.POST.get("start", "") or "")
    if not master_id.isdecimal() or start is None:
        raise WrongChoice(_("Choose a master and a time."))
    if timezone.is_naive(start):
        start = timezone.make_aware(start)
    master = get_object_or_404(Master, pk=int(master_id))
    actions.reschedule(visit=_visit(request, visit_id), master=master, start=start, by=request.user)
    return _again(request)


@require_POST
@needs(permissions.MANAGE)
def cancel(request: StaffRequest, visit_id: int) -> HttpResponse:
    actions.cancel(visit=_visit(request, visit_id), by=request.user, why=request.POST.get("why", "").strip()[:200])
    return _again(request)


@require_POST
@needs(permissions.MANAGE)
def acknowledge(request: StaffRequest, visit_id: int) -> HttpResponse:
    """The dispatcher has seen why the visit was flagged."""
    actions.clear_flag(visit=_visit(request, visit_id), by=request.user)
    return _again(request)


@needs(permissions.READ)
def of_caller(request: StaffRequest, subscriber_id: int) -> HttpResponse:
    """A panel on the call screen: what visits this person was promised, and in which windows."""
    someone = get_object_or_404(Subscriber.objects.visible_to(request.user), pk=subscriber_id)
    visits = Visit.objects.visible_to(request.user).pending().filter(subscriber=someone).select_related("master__user")
    return render(request, "dispatch/_of_caller.html", {"visits": visits[:5]})


@needs(permissions.READ_BOARD)
def of_incident(request: StaffRequest, incident_id: int) -> HttpResponse:
    """A panel on the incident's page: who goes there."""
    incident = get_object_or_404(Incident.objects.visible_to(request.user), pk=incident_id)
    visits = queries.visits_of_incident(incident, request.user)
    return render(request, "dispatch/_of_incident.html", {"visits": visits})
