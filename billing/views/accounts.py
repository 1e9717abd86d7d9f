from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from billing import permissions, queries, timeline
from billing.forms import PaymentForm, PromiseForm, SuspendForm, TariffForm
from billing.models import Account, PromisedPayment
from billing.shown import shows
from common.http import render_page
from customers.models import Subscriber
from staff.access import StaffRequest, needs

LEAST_LETTERS = 4
PER_PAGE = 20
PARTS = ("timeline", "standing")
FORMS: dict[str, type[Form]] = {
    "payment": PaymentForm,
    "promise": PromiseForm,
    "tariff": TariffForm,
    "suspend": SuspendForm,
}


@needs(permissions.READ)
def accounts(request: StaffRequest) -> HttpResponse:
    """Find an account by its number or the beginning of the name."""
    text = request.GET.get("q", "").strip()[:60]
    found = (
        Subscriber.objects.visible_to(request.user).filter(queries.by_number(text))[:PER_PAGE]
        if len(text) >= LEAST_LETTERS
        else []
    )
    shows(request, *(one.account for one in found))
    return render(request, "billing/accounts.html", {"q": text, "found": found, "least": LEAST_LETTERS})


def subscriber_of(request: StaffRequest, account_number: str) -> Subscriber:
    return get_object_or_404(Subscriber.objects.visible_to(request.user).with_address(), account=account_number)


@needs(permissions.READ)
def account(request: StaffRequest, account_number: str) -> HttpResponse:
    return account_page(request, subscriber_of(request, account_number))


def account_page(request: StaffRequest, subscriber: Subscriber, **bound: Form) -> HttpResponse:
    """The account's page; `bound` forms come back with what was typed and what to mend. At most 15 statements."""
    shows(request, subscriber.account)
    kept = Account.objects.visible_to(request.user).filter(subscriber=subscriber).first()
    kept = kept or Account(subscriber=subscriber)
    before = request.GET.get("before", "")
    context: dict[str, Any] = {"subscriber": subscriber, "account": kept, "before": before}
    if kept.pk:
        tariffs = queries.tariffs_of(kept)
        context["timeline"] = timeline.page(kept, subscriber, request.user, tariffs=tariffs, before=before)
        context["tariffs"] = queries.in_force(tariffs)
        context["promise"] = kept.promises.filter(state=PromisedPayment.State.OPEN).first()
    context["forms"] = {name: bound.get(name) or form(prefix=name) for name, form in FORMS.items()}
    context["open_form"] = next(iter(bound), "")
    status = 422 if bound else 200
    return render_page(request, "billing/account.html", context, parts=PARTS, status=status)
