"""What an accountant does to an account. A refusal brings the page back as it was typed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing import actions, permissions
from billing.forms import ReverseForm
from billing.models import Account, Entry
from billing.views.accounts import FORMS, account_page, subscriber_of
from common import clock
from common.errors import DomainError, into_form
from staff.access import StaffRequest, needs

Write = Callable[[Account, dict[str, Any]], object]


def _deed(request: StaffRequest, account_number: str, name: str, write: Write, said: str) -> HttpResponse:
    subscriber = subscriber_of(request, account_number)
    form = FORMS[name](request.POST, prefix=name)
    if form.is_valid():
        try:
            with transaction.atomic():
                write(actions.account_of(subscriber), form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, said)
            return redirect("billing:account", account_number=subscriber.account)
    return account_page(request, subscriber, **{name: form})


@require_POST
@needs(permissions.POST)
def pay(request: StaffRequest, account_number: str) -> HttpResponse:
    """Money taken at the desk. The form's key makes that a second click posts nothing."""

    def write(account: Account, data: dict[str, Any]) -> None:
        key = f"desk:{request.user.pk}:{data.pop('key')}"
        actions.record_payment(account=account, key=key, by=request.user, **data)

    return _deed(request, account_number, "payment", write, _("The payment is posted."))


@require_POST
@needs(permissions.POST)
def promise(request: StaffRequest, account_number: str) -> HttpResponse:
    def write(account: Account, data: dict[str, Any]) -> None:
        actions.promise(account=account, by=request.user, **data)

    return _deed(request, account_number, "promise", write, _("The promise is written down: the service goes on."))


@require_POST
@needs(permissions.POST)
def tariff(request: StaffRequest, account_number: str) -> HttpResponse:
    def write(account: Account, data: dict[str, Any]) -> None:
        actions.set_tariff(account=account, by=request.user, **data)

    return _deed(request, account_number, "tariff", write, _("The tariff is changed."))


@require_POST
@needs(permissions.SUSPEND)
def suspend(request: StaffRequest, account_number: str) -> HttpResponse:
    def write(account: Account, data: dict[str, Any]) -> None:
        actions.suspend(subscriber=account.subscriber, by=request.user, **data)

    return _deed(request, account_number, "suspend", write, _("The service is suspended."))


@require_POST
@needs(permissions.SUSPEND)
def resume(request: StaffRequest, account_number: str) -> HttpResponse:
    actions.resume(subscriber=subscriber_of(request, account_number), by=request.user)
    return redirect("billing:account", account_number=account_number)


@require_POST
@needs(permissions.POST)
def reverse(request: StaffRequest, account_number: str, pk: int) -> HttpResponse:
    """Undo an entry by its opposite. Says why it cannot be, where it cannot."""
    subscriber = subscriber_of(request, account_number)
    found = Entry.objects.visible_to(request.user).filter(account__subscriber=subscriber)
    entry = get_object_or_404(found.select_related("account"), pk=pk)
    undo(request, entry)
    return redirect("billing:account", account_number=subscriber.account)


def undo(request: StaffRequest, entry: Entry) -> None:
    """Reverse it for the reason that was typed."""
    form = ReverseForm(request.POST)
    data = form.cleaned_data if form.is_valid() else {"reason": ""}
    actions.reverse(entry=entry, on=timezone.localdate(clock.now()), by=request.user, **data)
    messages.success(request, _("The entry is reversed; both stay in the ledger."))
