from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import actions, limits, permissions
from billing.forms import DayLimitForm, ReasonForm
from billing.models import DayLimit, Reason
from common.errors import into_form
from staff.access import StaffRequest, may, needs
from staff.listed import SHOWN, Listed, listed


@require_safe
@needs(permissions.SEE_QUESTIONS)
def reasons(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Why charges are corrected: all reasons beside a form for one or for a new one; accountants read them."""
    return _page(request, pk)


@require_POST
@needs(permissions.CONFIGURE)
def save_reason(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    return _page(request, pk)


def _page(request: StaffRequest, pk: int | None) -> HttpResponse:
    chosen = get_object_or_404(Reason, pk=pk) if pk else None
    page = Listed(
        template="billing/reasons.html",
        form=ReasonForm(request.POST or None, instance=chosen),
        chosen=chosen,
        rows=Reason.objects.all(),
        url_name="questions:reason",
        write=lambda data: actions.save_reason(by=request.user, reason=chosen, **data),
        more={"may_change": may(request.user, permissions.CONFIGURE), "day_limit": limits.day_limit()},
    )
    return listed(request, page, into_form)


@require_http_methods(["GET", "POST"])
@needs(permissions.CONFIGURE)
def day_limit(request: StaffRequest) -> HttpResponse:
    """How much one accountant gives in a day without a second person, and who set it when."""
    form = DayLimitForm(request.POST or None, initial={"amount": limits.day_limit()})
    if request.method == "POST" and form.is_valid():
        actions.set_day_limit(amount=form.cleaned_data["amount"], by=request.user)
        messages.success(request, _("Saved."))
        return redirect("questions:day_limit")
    context = {"form": form, "rows": DayLimit.objects.select_related("by")[:SHOWN]}
    return render(request, "billing/day_limit.html", context, status=422 if form.errors else 200)
