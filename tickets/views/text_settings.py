from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import DomainError, into_form
from staff.access import StaffRequest, needs
from tickets import actions, permissions
from tickets.forms import TextModuleForm
from tickets.models import TextModule

SHOWN = 20


@require_http_methods(["GET", "POST"])
@needs(permissions.WRITE_TEXTS)
def texts_settings(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Ready-made texts: all of them, and a form for one or for a new one."""
    chosen = get_object_or_404(TextModule, pk=pk) if pk else None
    form = TextModuleForm(request.POST or None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_text(by=request.user, module=chosen, **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("tickets:text", pk=saved.pk)
    context = {
        "form": form,
        "chosen": chosen,
        "texts": TextModule.objects.order_by("-is_active", "shortcut"),
        "variables": form.variables(),
        "events": chosen.history.select_related("by_user").order_by("-at", "-pk")[:SHOWN] if chosen else [],
    }
    return render(request, "tickets/settings/texts.html", context, status=422 if form.errors else 200)
