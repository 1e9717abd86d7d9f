from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError, into_form
from staff.access import StaffRequest, needs
from tickets import actions, permissions
from tickets import promise_queries as queries
from tickets.forms_promises import DayForm, PromiseForm, StepForm, WeekForm
from tickets.models import CalendarDay, SlaPolicy, SlaStep, WorkCalendar


def _promises(request: StaffRequest, step: StepForm) -> HttpResponse:
    context = {"promises": queries.promises(), "steps": queries.steps(), "form": step, "stale": queries.stale()}
    return render(request, "tickets/settings/promises.html", context, status=422 if step.errors else 200)


@needs(permissions.CONFIGURE)
def promises(request: StaffRequest) -> HttpResponse:
    """What each desk promises, with what a ticket opened now would be due; and the steps on the way to being late."""
    return _promises(request, StepForm())


@require_http_methods(["GET", "POST"])
@needs(permissions.CONFIGURE)
def promise(request: StaffRequest, policy_id: int | None = None) -> HttpResponse:
    """One promise, new or known, and who changed it."""
    policy = get_object_or_404(SlaPolicy, pk=policy_id, is_active=True) if policy_id else None
    form = PromiseForm(request.POST or None, instance=policy)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_promise(policy=policy, by=request.user, **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, _("Saved. Open tickets are being counted anew."))
            return redirect("tickets:promises")
    events = policy.history.select_related("by_user").order_by("-at", "-pk")[:20] if policy else []
    context = {"form": form, "policy": policy, "events": events}
    return render(request, "tickets/settings/promise.html", context, status=422 if form.errors else 200)


@require_POST
@needs(permissions.CONFIGURE)
def retire_promise(request: StaffRequest, policy_id: int) -> HttpResponse:
    actions.retire_promise(policy=get_object_or_404(SlaPolicy, pk=policy_id), by=request.user)
    messages.success(request, _("The promise is retired: the desk's general one holds."))
    return redirect("tickets:promises")


@require_http_methods(["GET", "POST"])
@needs(permissions.CONFIGURE)
def add_step(request: StaffRequest) -> HttpResponse:
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_step(by=request.user, **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            return redirect("tickets:promises")
    return _promises(request, form)


@require_POST
@needs(permissions.CONFIGURE)
def remove_step(request: StaffRequest, step_id: int) -> HttpResponse:
    actions.remove_step(step=get_object_or_404(SlaStep, pk=step_id), by=request.user)
    return redirect("tickets:promises")


@needs(permissions.CONFIGURE)
def calendars(request: StaffRequest) -> HttpResponse:
    """Working hours: starts at the first calendar that is not round the clock."""
    first = WorkCalendar.objects.order_by("-follows_holidays", "pk").first()
    return redirect("tickets:calendar", calendar_id=first.pk if first else 0)


def _calendar(
    request: StaffRequest, calendar: WorkCalendar, *, week: WeekForm | None = None, day: DayForm | None = None
) -> HttpResponse:
    week = week or WeekForm(week=list(calendar.pure({}).week))
    context: dict[str, Any] = {
        "calendar": calendar,
        "calendars": WorkCalendar.objects.all(),
        "week": week,
        "day": day or DayForm(),
        "days": queries.days(calendar),
        "events": calendar.history.select_related("by_user").order_by("-at", "-pk")[:20],
    }
    is_wrong = bool(week.errors or (day and day.errors))
    return render(request, "tickets/settings/calendar.html", context, status=422 if is_wrong else 200)


@require_http_methods(["GET", "POST"])
@needs(permissions.CONFIGURE)
def calendar(request: StaffRequest, calendar_id: int) -> HttpResponse:
    """The hours of a week, and the days that differ."""
    chosen = get_object_or_404(WorkCalendar, pk=calendar_id)
    if request.method != "POST":
        return _calendar(request, chosen)
    form = WeekForm(request.POST, week=list(chosen.pure({}).week))
    if form.is_valid():
        try:
            actions.set_week(calendar=chosen, week=form.week, by=request.user)
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, _("Saved. Open tickets are being counted anew."))
            return redirect("tickets:calendar", calendar_id=calendar_id)
    return _calendar(request, chosen, week=form)


@require_POST
@needs(permissions.CONFIGURE)
def set_day(request: StaffRequest, calendar_id: int) -> HttpResponse:
    chosen = get_object_or_404(WorkCalendar, pk=calendar_id)
    form = DayForm(request.POST)
    if not form.is_valid():
        return _calendar(request, chosen, day=form)
    data = form.cleaned_data
    actions.set_day(calendar=chosen, day=data["date"], hours=data["hours"], title=data["title"], by=request.user)
    return redirect("tickets:calendar", calendar_id=calendar_id)


@require_POST
@needs(permissions.CONFIGURE)
def forget_day(request: StaffRequest, day_id: int) -> HttpResponse:
    day = get_object_or_404(CalendarDay.objects.select_related("calendar"), pk=day_id)
    actions.forget_day(day=day, by=request.user)
    return redirect("tickets:calendar", calendar_id=day.calendar_id)
