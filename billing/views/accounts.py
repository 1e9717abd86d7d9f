from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from billing import actions, permissions
from billing.models import Account
from customers.models import Subscriber
from staff.access import StaffRequest, needs

LEAST_LETTERS = 4
PER_PAGE = 20


@needs(permissions.READ)
def accounts(request: StaffRequest) -> HttpResponse:
    """Find an account by its number or the beginning of the name."""
    text = request.GET.get("q", "").strip()[:60]
    found = (
        Subscriber.objects.visible_to(request.user).filter(Q(account=text) | Q(name__istartswith=text))[:PER_PAGE]
        if len(text) >= LEAST_LETTERS
        else []
    )
    return render(request, "billing/accounts.html", {"q": text, "found": found, "least": LEAST_LETTERS})


def _subscriber(request: StaffRequest, account_number: str) -> Subscriber:
    return get_object_or_404(Subscriber.objects.visible_to(request.user).with_address(), account=account_number)


@needs(permissions.READ)
def account(request: StaffRequest, account_number: str) -> HttpResponse:
    subscriber = _subscriber(request, account_number)
    kept = Account.objects.visible_to(request.user).filter(subscriber=subscriber).first()
    events = kept.history.select_related("by_user").order_by("-at", "-pk") if kept else []
    return render(request, "billing/account.html", {"subscriber": subscriber, "account": kept, "events": events})


@require_POST
@needs(permissions.SUSPEND)
def suspend(request: StaffRequest, account_number: str) -> HttpResponse:
    subscriber = _subscriber(request, account_number)
    actions.suspend(subscriber=subscriber, reason=request.POST.get("reason", ""), by=request.user)
    return redirect("billing:account", account_number=account_number)


@require_POST
@needs(permissions.SUSPEND)
def resume(request: StaffRequest, account_number: str) -> HttpResponse:
    actions.resume(subscriber=_subscriber(request, account_number), by=request.user)
    return redirect("billing:account", account_number=account_number)
