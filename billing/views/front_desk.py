from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing import actions, permissions
from billing.forms import DayField, today
from billing.models import Appointment, WalkIn
from billing.shown import shows
from common.errors import DomainError, into_form
from common.http import go, render_page
from customers.models import Subscriber
from staff.access import StaffRequest, needs

AHEAD = 30


class AccountField(forms.CharField):
    """An account's number as its subscriber."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_length=20, label=gettext_lazy("Account"), **kwargs)  # type: ignore[arg-type]
        self.widget.attrs.update(inputmode="numeric", autocomplete="off")

    def clean(self, value: object) -> Subscriber | None:
        number = super().clean(value)
        if not number:
            return None
        found = Subscriber.objects.filter(account=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no account %(number)s.") % {"number": number})
        return found


class NumberForm(forms.Form):
    subscriber = AccountField(required=False, help_text=gettext_lazy("If it is known."))
    note = forms.CharField(label=gettext_lazy("What about"), max_length=200, required=False)


class BookForm(forms.Form):
    subscriber = AccountField()
    on = DayField(label=gettext_lazy("Day"), initial=today)
    at = forms.TimeField(
        label=gettext_lazy("Time"),
        widget=forms.TimeInput(attrs={"type": "time", "step": 900, "min": "09:00", "max": "17:45"}, format="%H:%M"),
    )
    note = forms.CharField(label=gettext_lazy("What about"), max_length=200, required=False)


@needs(permissions.READ)
def front_desk(request: StaffRequest) -> HttpResponse:
    """Who is at my desk, who waits, who comes later."""
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    deed = request.POST.get("deed", "")
    number = NumberForm(request.POST if deed == "number" else None, prefix="number")
    book = BookForm(request.POST if deed == "book" else None, prefix="book")
    if deed == "number" and number.is_valid():
        made = actions.take_number(by=request.user, **number.cleaned_data)
        messages.success(request, _("Number %(n)s.") % {"n": made.number})
        return go(request, "/front-desk/")
    if deed == "book" and book.is_valid():
        try:
            _book(request, book)
        except DomainError as error:
            into_form(book, error)
        else:
            messages.success(request, _("The appointment is booked."))
            return go(request, "/front-desk/")
    return _page(request, number, book)


def _book(request: StaffRequest, form: BookForm) -> None:
    data = form.cleaned_data
    starts_at = timezone.make_aware(datetime.combine(data["on"], data["at"]))
    actions.book(subscriber=data["subscriber"], starts_at=starts_at, note=data["note"], by=request.user)


def _page(request: StaffRequest, number: NumberForm, book: BookForm) -> HttpResponse:
    day = today()
    waiting = (
        WalkIn.objects.visible_to(request.user).filter(day=day).select_related("subscriber", "appointment", "called_by")
    )
    coming = Appointment.objects.visible_to(request.user).filter(
        state=Appointment.State.BOOKED, starts_at__date__gte=day
    )
    context: dict[str, Any] = {
        "current": waiting.filter(state=WalkIn.State.CALLED, called_by=request.user).first(),
        "others": waiting.filter(state=WalkIn.State.CALLED).exclude(called_by=request.user),
        "queue": waiting.filter(state=WalkIn.State.WAITS).order_by("number"),
        "coming": coming.select_related("subscriber").order_by("starts_at")[:AHEAD],
        "number": number,
        "book": book,
    }
    here = [context["current"], *context["others"], *context["queue"], *context["coming"]]
    shows(request, *(one.subscriber.account for one in here if one and one.subscriber))
    status = 422 if number.errors or book.errors else 200
    return render_page(request, "billing/front_desk.html", context, parts=("queue",), status=status)


@require_POST
@needs(permissions.POST)
def call_next(request: StaffRequest) -> HttpResponse:
    called = actions.call_next(by=request.user)
    if called is None:
        messages.success(request, _("Nobody waits."))
    return go(request, "/front-desk/")


@require_POST
@needs(permissions.POST)
def end(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(WalkIn.objects.visible_to(request.user), pk=pk)
    actions.end_visit(walk_in=found, state=request.POST.get("state", ""), by=request.user)
    return go(request, "/front-desk/")


def _appointment(request: StaffRequest, pk: int) -> Appointment:
    return get_object_or_404(Appointment.objects.visible_to(request.user), pk=pk)


@require_POST
@needs(permissions.POST)
def arrive(request: StaffRequest, pk: int) -> HttpResponse:
    actions.arrive(appointment=_appointment(request, pk), by=request.user)
    return go(request, "/front-desk/")


@require_POST
@needs(permissions.POST)
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    actions.cancel(appointment=_appointment(request, pk), by=request.user)
    return go(request, "/front-desk/")
