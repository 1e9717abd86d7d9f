"""A ticket's whole history: who, when, from where, what changed; to read, to print, to take along."""

import csv
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import changes
from common.history import Event
from common.http import render_page
from staff.access import StaffRequest, may, needs
from staff.models import Desk
from tickets import permissions, queries
from tickets.models import Ticket

PAGE = "tickets/history.html"
PER_PAGE = 100


@require_safe
@needs(permissions.READ)
def history(request: StaffRequest, number: str) -> HttpResponse:
    """`?who=&kind=&via=` narrow it; `?format=csv` gives all the rows. Network addresses are for supervisors."""
    shown = get_object_or_404(Ticket.objects.visible_to(request.user), number=number)
    sees_addresses = may(request.user, permissions.SEE_ADDRESSES)
    chosen = {name: request.GET.get(name, "")[:60] for name in ("who", "kind", "via")}
    found = queries.full_history(shown, **chosen)
    if request.GET.get("format") == "csv":
        return _csv(shown, changes.told(found), sees_addresses)
    context = {
        "ticket": shown,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "choices": queries.history_choices(shown),
        "chosen": chosen,
        "desk_time": _desk_time(shown),
        "is_narrowed": any(chosen.values()),
        "query": urlencode({name: value for name, value in chosen.items() if value}),
        "sees_addresses": sees_addresses,
    }
    return render_page(request, PAGE, context, parts=("rows",))


def _desk_time(ticket: Ticket) -> dict[str, Any]:
    """For the head of the page: (desk, hours and minutes), and how often it was handed on."""
    found = queries.desk_time_of(ticket)
    spent = [(Desk(desk).label, queries.hours(int(time.total_seconds()))) for desk, time in found.spent.items()]
    return {"spent": spent, "handed": found.handed, "returned": found.returned}


def _csv(ticket: Ticket, events: Iterable[Event], sees_addresses: bool) -> HttpResponse:
    response = HttpResponse(
        "\ufeff",  # or Excel reads Cyrillic letters as something else
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="ticket-{ticket.number}-history.csv"'},
    )
    rows = csv.writer(response, delimiter=";")
    head = [_("When"), _("Who"), _("What"), _("Changed"), _("Words"), _("From where")]
    rows.writerow([*head, _("Network address")] if sees_addresses else head)
    for event in events:
        said = "\n".join(
            f"{one.label}: {one.new}" if one.old is None else f"{one.label}: {one.old} → {one.new}"
            for one in event.changes
        )
        row = [f"{timezone.localtime(event.at):%d.%m.%Y %H:%M:%S}", event.actor, event.label, said, event.text]
        row += [event.way, event.address or ""] if sees_addresses else [event.way]
        rows.writerow([_harmless(cell) for cell in row])
    return response


def _harmless(cell: str) -> str:
    """A spreadsheet takes such beginnings for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
