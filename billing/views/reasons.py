from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from billing import actions, permissions
from billing.forms import ReasonForm
from billing.models import Reason
from common.errors import into_form
from staff.access import StaffRequest, needs
from staff.listed import Listed, listed


@needs(permissions.CONFIGURE)
def reasons(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Why charges are corrected: all reasons beside a form for one or for a new one."""
    chosen = get_object_or_404(Reason, pk=pk) if pk else None
    page = Listed(
        template="billing/reasons.html",
        form=ReasonForm(request.POST or None, instance=chosen),
        chosen=chosen,
        rows=Reason.objects.all(),
        url_name="questions:reason",
        write=lambda data: actions.save_reason(by=request.user, reason=chosen, **data),
    )
    return listed(request, page, into_form)
