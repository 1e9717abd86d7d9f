from django.core.paginator import Paginator
from django.http import HttpResponse

from billing import permissions
from billing.models import Letter
from billing.shown import shows
from common.http import render_page
from messaging.models import State
from staff.access import StaffRequest, needs

PER_PAGE = 50
STATES = (State.QUEUED, State.SENDING, State.SENT, State.FAILED)


@needs(permissions.READ)
def letters(request: StaffRequest) -> HttpResponse:
    """What subscribers were written, and what became of each letter; newest first."""
    state = request.GET.get("state", "")
    rows = Letter.objects.visible_to(request.user).select_related("account__subscriber")
    if state in STATES:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shows(request, *(one.account.subscriber.account for one in page))
    context = {"rows": page, "state": state, "states": [(one.value, one.label) for one in STATES]}
    return render_page(request, "billing/letters.html", context, parts=("list",))
