from django.core.paginator import Paginator
from django.http import HttpResponse

from billing import permissions
from billing.models import FinanceReading, OfficeAlarm
from common.http import render_page
from staff.access import StaffRequest, needs

PER_PAGE = 100
ALARMS = 20


@needs(permissions.AUDIT)
def readings(request: StaffRequest) -> HttpResponse:
    """Who looked at which account, and whose session was used outside the office."""
    text = request.GET.get("q", "").strip()[:80]
    rows = FinanceReading.objects.select_related("user")
    if text:
        rows = rows.filter(of=text)
    context = {
        "q": text,
        "rows": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "alarms": OfficeAlarm.objects.select_related("user")[:ALARMS],
    }
    return render_page(request, "billing/readings.html", context, parts=("list",))
