from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.http import render_page
from staff.access import StaffRequest, needs
from tickets import boards, counts, permissions
from tickets.boards import Filters
from tickets.models import TICKET_DESKS, Ticket

PAGE = "tickets/home.html"
SHOWN = 10
_URGENT = ("subject", "address", "status", "due")
_CHANGED = ("subject", "status", "changed")


@require_safe
@needs(permissions.READ)
def home(request: StaffRequest) -> HttpResponse:
    """One's work at a glance: how much of what kind, the most urgent, what changed. Five statements."""
    viewer, board = request.user, reverse("tickets:board")
    has_desk = viewer.desk in TICKET_DESKS
    desks = frozenset(str(desk) for desk in ([viewer.desk] if has_desk else TICKET_DESKS))
    kept, (late_mine, late_here) = counts.of(viewer, desks), counts.late(viewer, desks)
    mine = Ticket.objects.visible_to(viewer).unresolved().filter(assignee=viewer.pk)
    figures = [
        (_("My open ones"), kept.mine_open, f"{board}?view=mine&state=open", False),
        (_("Mine that wait"), kept.mine_paused, f"{board}?view=mine&state=paused", False),
        (_("Mine, late"), late_mine, f"{board}?view=mine&late=1", True),
        (_("Nobody's"), kept.free, f"{board}?view=free&state=open", False),
        (_("Open at the desk") if has_desk else _("Open everywhere"), kept.desk_open, f"{board}?state=open", False),
        (
            _("Late at the desk") if has_desk else _("Late everywhere"),
            late_here,
            f"{board}?late=1",
            True,
        ),
    ]

    context = {
        "figures": [(title, n, url, is_bad and n != "0") for title, n, url, is_bad in figures],
        "urgent": boards.table(mine.order_by("priority", "due_at", "pk")[:SHOWN], _URGENT, viewer),
        "changed": boards.table(mine.order_by("-changed_at", "-pk")[:SHOWN], _CHANGED, viewer),
        "asked": Filters(),
    }
    return render_page(request, PAGE, context, parts=("work",))
