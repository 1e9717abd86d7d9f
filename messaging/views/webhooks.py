from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError, into_form
from common.http import render_page
from messaging import actions, permissions, queries
from messaging.forms import WebhookForm
from messaging.models import Webhook, WebhookDelivery
from staff.access import StaffRequest, needs

PAGE = "messaging/webhook.html"
SHOWN = 20


@needs(permissions.WEBHOOKS)
def webhooks(request: StaffRequest) -> HttpResponse:
    """Who is told, and how it goes."""
    return render(request, "messaging/webhooks.html", {"webhooks": queries.webhooks()})


def _shown(request: StaffRequest, webhook: Webhook, form: WebhookForm | None = None, secret: str = "") -> HttpResponse:
    if form is None:
        form = WebhookForm(initial={"title": webhook.title, "url": webhook.url, "facts": webhook.facts})
    deliveries = [(one, queries.reason(one)) for one in queries.log(webhook)]
    context = {
        "webhook": webhook,
        "form": form,
        "secret": secret,
        "deliveries": deliveries,
        "events": webhook.history.select_related("by_user").order_by("-at", "-pk")[:SHOWN],
    }
    return render_page(request, PAGE, context, parts=("log",), status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(permissions.WEBHOOKS)
def new_webhook(request: StaffRequest) -> HttpResponse:
    """Set one up; the answer to the form is the only page that ever shows its secret."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_webhook(by=request.user, **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            return _shown(request, made, secret=made.secret)
    return render(request, PAGE, {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(permissions.WEBHOOKS)
def webhook(request: StaffRequest, pk: int) -> HttpResponse:
    """One webhook: what it is told, the log, who changed it."""
    chosen = get_object_or_404(Webhook, pk=pk)
    if request.method != "POST":
        return _shown(request, chosen)
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            actions.change_webhook(webhook=chosen, by=request.user, **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("messaging:webhook", pk=pk)
    return _shown(request, chosen, form)


@require_POST
@needs(permissions.WEBHOOKS)
def switch(request: StaffRequest, pk: int) -> HttpResponse:
    """On or off."""
    chosen = get_object_or_404(Webhook, pk=pk)
    actions.change_webhook(webhook=chosen, by=request.user, is_active=request.POST.get("on") == "1")
    return redirect("messaging:webhook", pk=pk)


@require_POST
@needs(permissions.WEBHOOKS)
def replace_secret(request: StaffRequest, pk: int) -> HttpResponse:
    """A new secret, shown by this answer alone."""
    chosen = actions.replace_secret(webhook=get_object_or_404(Webhook, pk=pk), by=request.user)
    return _shown(request, chosen, secret=chosen.secret)


@require_POST
@needs(permissions.WEBHOOKS)
def send_test(request: StaffRequest, pk: int) -> HttpResponse:
    actions.send_test(webhook=get_object_or_404(Webhook, pk=pk), by=request.user)
    messages.success(request, _("A test is on its way: see the log."))
    return redirect("messaging:webhook", pk=pk)


@require_POST
@needs(permissions.WEBHOOKS)
def replay(request: StaffRequest, pk: int) -> HttpResponse:
    chosen = get_object_or_404(WebhookDelivery.objects.select_related("webhook"), pk=pk)
    actions.replay(delivery=chosen, by=request.user)
    messages.success(request, _("Told again: see the log."))
    return redirect("messaging:webhook", pk=chosen.webhook_id)
