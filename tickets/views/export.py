from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from staff.access import StaffRequest, needs
from tickets import permissions
from tickets.models import Export
from tickets.takeout import as_file

SHOWN = 100


@require_safe
@needs(permissions.EXPORT)
def export_csv(request: StaffRequest) -> HttpResponse:
    """The board of this address, all its pages, in its columns; at most `boards.MOST_ROWS`."""
    return as_file("csv", request.GET, request.user)  # type: ignore[return-value]


@require_safe
@needs(permissions.EXPORT)
def export_xlsx(request: StaffRequest) -> HttpResponse:
    """The same as a workbook."""
    return as_file("xlsx", request.GET, request.user)  # type: ignore[return-value]


@require_safe
@needs(permissions.SEE_EXPORTS)
def exports(request: StaffRequest) -> HttpResponse:
    """Who took rows away: when, how many, what he had asked for."""
    taken = Export.objects.select_related("by")[:SHOWN]
    return render(request, "tickets/settings/exports.html", {"exports": taken})
