from django.core.paginator import Paginator
from django.http import HttpResponse

from common import clock
from common.http import render_page
from staff.access import StaffRequest, may, needs
from staff.models import Desk
from tickets import permissions, queries
from tickets.models import TICKET_DESKS

PAGE = "tickets/board.html"
PER_PAGE = 50


@needs(permissions.READ)
def board(request: StaffRequest) -> HttpResponse:
    """A queue: my desk's, mine, nobody's, or what was resolved."""
    view = request.GET.get("view", "desk")
    desk = request.GET.get("desk", "")
    text = request.GET.get("q", "").strip()[:100]
    rows = queries.board(
        request.user,
        view=view if view in queries.VIEWS else "desk",
        desk=desk if desk in TICKET_DESKS else "",
        text=text,
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "view": view,
        "desk": desk,
        "q": text,
        "desks": [Desk(d) for d in TICKET_DESKS],
        "chooses_desk": may(request.user, permissions.SEE_ALL_DESKS),
        "now": clock.now(),
    }
    return render_page(request, PAGE, context, parts=("rows",))
