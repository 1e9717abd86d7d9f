from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing import actions, permissions, queries
from billing.forms import DayField, fresh_key, today
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
    key = forms.CharField(max_length=40, widget=forms.HiddenInput, initial=fresh_key)


class BookForm(forms.Form):
    """The times stand on the page as buttons: those of the chosen day that are free."""

    subscriber = AccountField()
    note = forms.CharField(label=gettext_lazy("What about"), max_length=200, required=False)
    on = DayField(label=gettext_lazy("Day"), initial=today)
    at = forms.TimeField(
        label=gettext_lazy("Time"), error_messages={"required": gettext_lazy("Choose one of the free times.")}
    )

    def day(self) -> date:
        """The chosen one, or today where it is no day."""
        try:
            chosen = self.fields["on"].clean(self["on"].value())
        except forms.ValidationError:
            return today()
        return chosen if isinstance(chosen, date) else today()


@needs(permissions.READ)
def front_desk(request: StaffRequest) -> HttpResponse:
    """Who is at my desk, who waits, who comes later."""
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    deed = request.POST.get("deed", "")
    number = NumberForm(request.POST if deed == "number" else None, prefix="number")
    book = BookForm(request.POST if deed == "book" else None, prefix="book", initial=_typed(request))
    if deed == "number" and number.is_valid():
        made = actions.take_number(by=request.user, **_own(request, number.cleaned_data))
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


def _typed(request: StaffRequest) -> dict[str, str]:
    """What was typed before another day was chosen."""
    typed = {name: str(request.GET.get(f"book-{name}", "")) for name in BookForm.base_fields}
    return {name: value for name, value in typed.items() if value}


def _own(request: StaffRequest, data: dict[str, Any]) -> dict[str, Any]:
    """A key is its form's and its user's: nobody gets the number of somebody else's form."""
    return data | {"key": f"{request.user.pk}:{data['key']}"[:40]}


def _book(request: StaffRequest, form: BookForm) -> None:
    data = form.cleaned_data
    starts_at = timezone.make_aware(datetime.combine(data["on"], data["at"]))
    actions.book(subscriber=data["subscriber"], starts_at=starts_at, note=data["note"], by=request.user)


def _page(request: StaffRequest, number: NumberForm, book: BookForm) -> HttpResponse:
    day = today()
    everybody = WalkIn.objects.visible_to(request.user).select_related("subscriber", "appointment", "called_by")
    here = everybody.filter(day=day)
    coming = Appointment.objects.visible_to(request.user).filter(
        state=Appointment.State.BOOKED, starts_at__date__gte=day
    )
    context: dict[str, Any] = {
        # Of yesterday too: the desk is his until somebody says that he has gone.
        "current": everybody.filter(state=WalkIn.State.CALLED, called_by=request.user).first(),
        "others": here.filter(state=WalkIn.State.CALLED).exclude(called_by=request.user),
        "queue": here.in_turn(),
        "coming": coming.select_related("subscriber").order_by("starts_at", "place")[:AHEAD],
        "day": day,
        "number": number,
        "book": book,
        "times": queries.free_times(book.day()),
    }
    seen = [context["current"], *context["others"], *context["queue"], *context["coming"]]
    shows(request, *(one.subscriber.account for one in seen if one and one.subscriber))
    status = 422 if number.errors or book.errors else 200
    return render_page(request, "billing/front_desk.html", context, parts=("queue", "times"), status=status)


@require_POST
@needs(permissions.POST)
def call_next(request: StaffRequest) -> HttpResponse:
    """The page says whom it showed at the desk: a second click calls nobody."""
    shown = request.POST.get("at_desk", "")
    at_desk = int(shown) if shown.isdecimal() and len(shown) < 19 else None
    if actions.call_next(by=request.user, at_desk=at_desk) is None:
        messages.success(request, _("Nobody waits."))
    return go(request, "/front-desk/")


@require_POST
@needs(permissions.POST)
def name(request: StaffRequest, pk: int) -> HttpResponse:
    """The visitor has said who he is."""
    found = get_object_or_404(WalkIn.objects.visible_to(request.user), pk=pk)
    try:
        subscriber = AccountField().clean(request.POST.get("account", ""))
        assert subscriber is not None  # the field is required
        actions.name_visitor(walk_in=found, subscriber=subscriber, by=request.user)
    except forms.ValidationError as error:
        messages.error(request, "; ".join(error.messages))
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
