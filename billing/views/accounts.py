from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import override

from billing import extract, permissions, queries, timeline
from billing.forms import PaymentForm, PromiseForm, SpanForm, SuspendForm, TariffForm
from billing.models import Account, PromisedPayment
from billing.shown import shows
from common import phones
from common.http import render_page
from customers.models import Phone, Subscriber
from customers.queries import at_address, find
from staff.access import StaffRequest, needs

LEAST_LETTERS = 4
PARTS = ("timeline", "standing", "turnover")
FORMS: dict[str, type[Form]] = {
    "payment": PaymentForm,
    "promise": PromiseForm,
    "tariff": TariffForm,
    "suspend": SuspendForm,
}


@needs(permissions.READ)
def accounts(request: StaffRequest) -> HttpResponse:
    """Find an account by its number, a phone, the beginning of the name, or the address with the flat."""
    text = request.GET.get("q", "").strip()[:60]
    found: list[Subscriber] = []
    if len(text) >= LEAST_LETTERS:
        found = find(text, viewer=request.user) or at_address(text, viewer=request.user)
    shows(request, *(one.account for one in found))
    return render(request, "billing/accounts.html", {"q": text, "found": found, "least": LEAST_LETTERS})


def subscriber_of(request: StaffRequest, account_number: str) -> Subscriber:
    """With the address and the `numbers` of his phones, in one statement."""
    numbers = Phone.objects.filter(subscriber=OuterRef("pk")).order_by("pk").values("number")
    found = Subscriber.objects.visible_to(request.user).with_address().annotate(numbers=ArraySubquery(numbers))
    return get_object_or_404(found, account=account_number)


def account_of(request: StaffRequest, subscriber: Subscriber) -> Account:
    """His account; one that is not kept yet where he has none."""
    kept = Account.objects.visible_to(request.user).filter(subscriber=subscriber).first()
    return kept or Account(subscriber=subscriber)


@needs(permissions.READ)
def account(request: StaffRequest, account_number: str) -> HttpResponse:
    return account_page(request, subscriber_of(request, account_number))


def account_page(request: StaffRequest, subscriber: Subscriber, **bound: Form) -> HttpResponse:
    """The account's page; `bound` forms come back with what was typed and what to mend.

    At most 15 statements, two more where the balance of a span is asked for.
    """
    shows(request, subscriber.account)
    kept = account_of(request, subscriber)
    before = request.GET.get("before", "")
    context: dict[str, Any] = {"subscriber": subscriber, "account": kept, "before": before}
    if kept.pk:
        context |= _moved(request, kept, subscriber, before)
    context["phones"] = [phones.shown(one) for one in subscriber.numbers]  # type: ignore[attr-defined]
    context["contacts"] = queries.last_contacts(subscriber, request.user)
    context |= _turnover(request, kept)
    context["forms"] = {name: bound.get(name) or form(prefix=name) for name, form in FORMS.items()}
    context["open_form"] = next(iter(bound), "")
    status = 422 if bound else 200
    return render_page(request, "billing/account.html", context, parts=PARTS, status=status)


def _moved(request: StaffRequest, kept: Account, subscriber: Subscriber, before: str) -> dict[str, Any]:
    changes = queries.tariff_changes(kept)
    read = timeline.Kept(changes, queries.tariffs_from(changes), list(kept.promises.all()))
    return {
        "timeline": timeline.page(kept, subscriber, request.user, kept=read, before=before),
        "tariffs": queries.in_force(read.tariffs),
        "changes": changes[::-1],
        "promise": next((one for one in read.promises if one.state == PromisedPayment.State.OPEN), None),
    }


def _turnover(request: StaffRequest, kept: Account) -> dict[str, Any]:
    """The span that was asked for with its sums; before anybody asks, the running month without them."""
    form = SpanForm(request.GET)
    is_asked = bool(kept.pk) and ("since" in request.GET or "until" in request.GET) and form.is_valid()
    found = queries.turnover(kept, form.cleaned_data["since"], form.cleaned_data["until"]) if is_asked else None
    return {"span": form, "turnover": found}


@needs(permissions.READ)
def account_extract(request: StaffRequest, account_number: str) -> HttpResponse:
    """What moved the account in a span of days, on paper for the subscriber: in Russian, whoever prints it."""
    subscriber = subscriber_of(request, account_number)
    shows(request, subscriber.account)
    kept = account_of(request, subscriber)
    form = SpanForm(request.GET)
    with override("ru"):
        found = extract.of(kept, form.cleaned_data["since"], form.cleaned_data["until"]) if form.is_valid() else None
    context = {"subscriber": subscriber, "span": form, "extract": found, "most": extract.MOST_LINES}
    return render(request, "billing/extract.html", context, status=200 if found else 422)
