"""Who works when: a week of the masters' shifts, and what each can be sent to."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from common import clock
from common.http import render_page
from dispatch import actions, permissions, queries
from dispatch.forms import ShiftForm, masters
from dispatch.models import Shift, Skill
from staff.access import StaffRequest, may, needs

PAGE = "dispatch/shifts.html"
MOST_WEEKS = 52


@needs(permissions.READ_BOARD)
def shifts(request: StaffRequest, form: ShiftForm | None = None) -> HttpResponse:
    """`?week=1` is the next seven days."""
    week = _week(request.GET.get("week", "0"))
    today = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today + timedelta(days=7 * week + n) for n in range(7)]
    context: dict[str, Any] = {
        "week": week,
        "days": days,
        "rows": queries.week(list(masters()), days),
        "skills": Skill.choices,
        "form": form or ShiftForm(initial={"day": days[0].date(), "start": "08:00", "end": "20:00"}),
        "may_manage": may(request.user, permissions.MANAGE),
    }
    return render_page(request, PAGE, context, parts=("week",), status=422 if form and form.errors else 200)


def _week(text: str) -> int:
    try:
        return max(-MOST_WEEKS, min(MOST_WEEKS, int(text)))
    except ValueError:
        return 0


@require_POST
@needs(permissions.MANAGE)
def set_shifts(request: StaffRequest) -> HttpResponse:
    form = ShiftForm(request.POST)
    if not form.is_valid():
        return shifts(request, form)
    actions.set_shifts(user=form.cleaned_data["master"], hours=form.hours(), by=request.user)
    return redirect("dispatch:shifts")


@require_POST
@needs(permissions.MANAGE)
def remove_shift(request: StaffRequest, shift_id: int) -> HttpResponse:
    actions.remove_shift(shift=get_object_or_404(Shift, pk=shift_id), by=request.user)
    return redirect("dispatch:shifts")


@require_POST
@needs(permissions.MANAGE)
def set_skills(request: StaffRequest, user_id: int) -> HttpResponse:
    user = get_object_or_404(masters(), pk=user_id)
    actions.set_skills(user=user, skills=request.POST.getlist("skill"), by=request.user)
    return redirect("dispatch:shifts")
