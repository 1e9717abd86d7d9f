"""How far the wishes to be connected come, and where we are asked for in vain."""

import csv
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse

from common.http import render_page
from dispatch import connection_queries as queries
from dispatch import permissions
from dispatch.models import RequestState
from staff.access import StaffRequest, needs

PAGE_SIZE = 50
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@needs(permissions.MANAGE)
def connections(request: StaffRequest) -> HttpResponse:
    """`?state=booked`: those alone; the counts stay those of all."""
    rows = queries.requests(request.user)
    state = request.GET.get("state", "")
    state = state if state in RequestState.values else ""
    shown = Paginator(rows.filter(state=state) if state else rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "rows": shown,
        "funnel": queries.funnel(rows),
        "reasons": queries.reasons(rows),
        "states": RequestState.choices,
        "state": state,
    }
    return render_page(request, "dispatch/connections.html", context, parts=("list",))


@needs(permissions.MANAGE)
def demand(request: StaffRequest) -> HttpResponse:
    """`?as=csv` is the same table as a file."""
    rows = queries.demand()
    if request.GET.get("as") != "csv":
        return render_page(request, "dispatch/demand.html", {"rows": rows})
    reply = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    reply["Content-Disposition"] = 'attachment; filename="demand.csv"'
    writer = csv.writer(reply, delimiter=";")
    writer.writerow(["address", "votes", "newest"])
    for row in rows:
        # A typed address must not become a formula in somebody's spreadsheet.
        place = f"'{row.place}" if row.place.startswith(_FORMULA) else row.place
        writer.writerow([place, row.votes, row.newest.isoformat()])
    return reply
