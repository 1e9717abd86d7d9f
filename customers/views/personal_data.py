"""The supervisor's pages about personal data: what we hold, to give out, to erase; the acts."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from common.errors import DomainError, into_form
from common.http import render_page
from customers import actions, permissions, queries
from customers.forms import ConfirmForm, ErasureForm
from customers.models import Erasure, ErasureAct, Subscriber
from staff.access import StaffRequest, needs

HOME, CARD, EXPORT, ACT = (f"customers/personal_data{part}.html" for part in ("", "_subscriber", "_export", "_act"))
PER_PAGE = 50


def _subscriber(request: StaffRequest, account: str) -> Subscriber:
    return get_object_or_404(Subscriber.objects.visible_to(request.user).with_address(), account=account)


@require_safe
@needs(permissions.PERSONAL_DATA)
def personal_data(request: StaffRequest) -> HttpResponse:
    """Find a subscriber; the requests and acts, newest first."""
    text = request.GET.get("q", "").strip()[:100]
    context = {
        "q": text,
        "found": queries.find(text, viewer=request.user) if text else None,
        "page": Paginator(queries.erasures(), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, HOME, context)


@require_safe
@needs(permissions.PERSONAL_DATA)
def subscriber_data(request: StaffRequest, account: str) -> HttpResponse:
    """What we hold about one subscriber, what erasing would do to it, and how far a request came."""
    return _card(request, account)


def _card(request: StaffRequest, account: str, **forms: Any) -> HttpResponse:
    shown = _subscriber(request, account)
    erasure = shown.erasures.select_related("asked_by", "confirmed_by", "act").first()
    context = {
        "subscriber": shown,
        "erasure": erasure,
        "plan": queries.erasure_plan(shown, erasure),
        "form": ErasureForm(),
        "confirm_form": ConfirmForm(),
        "asked_it_himself": bool(erasure and erasure.asked_by_id == request.user.pk),
        "events": shown.history.select_related("by_user").order_by("-at", "-pk")[:PER_PAGE],
        **forms,
    }
    return render_page(request, CARD, context, parts=("card",), status=422 if forms else 200)


@require_POST
@needs(permissions.PERSONAL_DATA)
def export(request: StaffRequest, account: str) -> HttpResponse:
    """`format`: `json` and `zip` are files, anything else the page that people read and print. Each is written down."""
    shown, kind = _subscriber(request, account), request.POST.get("format", "")
    made = actions.export_data(subscriber=shown, by=request.user, archive=kind == "zip")
    if kind not in {"json", "zip"}:
        return render(request, EXPORT, {"subscriber": shown, "export": made})
    types = {"json": "application/json; charset=utf-8", "zip": "application/zip"}
    return _file(made.content, types[kind], f"personal-data-{shown.pk}.{kind}")


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_POST
@needs(permissions.PERSONAL_DATA)
def erase(request: StaffRequest, account: str) -> HttpResponse:
    """Ask to erase; somebody has to confirm it."""
    form = ErasureForm(request.POST)
    if form.is_valid():
        try:
            actions.ask_erasure(subscriber=_subscriber(request, account), by=request.user, **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            return redirect("customers:subscriber_data", account=account)
    return _card(request, account, form=form)


def _erasure(request: StaffRequest, account: str) -> Erasure:
    waiting = Erasure.objects.filter(subscriber=_subscriber(request, account)).order_by("-pk")
    return get_object_or_404(waiting[:1])


@require_POST
@needs(permissions.PERSONAL_DATA)
def confirm(request: StaffRequest, account: str) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            actions.confirm_erasure(erasure=_erasure(request, account), by=request.user, **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            return redirect("customers:subscriber_data", account=account)
    return _card(request, account, confirm_form=form)


@require_POST
@needs(permissions.PERSONAL_DATA)
def cancel(request: StaffRequest, account: str) -> HttpResponse:
    actions.cancel_erasure(erasure=_erasure(request, account), by=request.user)
    return redirect("customers:subscriber_data", account=account)


@require_safe
@needs(permissions.PERSONAL_DATA)
def act(request: StaffRequest, act_id: int) -> HttpResponse:
    """The act, to be printed and signed."""
    shown = get_object_or_404(ErasureAct.objects.select_related("subscriber", "asked_by", "confirmed_by"), pk=act_id)
    return render(request, ACT, {"act": shown, "document": queries.document_of(shown)})


@require_safe
@needs(permissions.PERSONAL_DATA)
def act_document(request: StaffRequest, act_id: int) -> HttpResponse:
    """The export of the event log, word for word as the act's hash has it."""
    shown = get_object_or_404(ErasureAct, pk=act_id)
    return _file(shown.document.encode(), "application/json; charset=utf-8", f"erasure-act-{shown.pk}.json")
